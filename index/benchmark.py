"""How long an index of many articles takes, beside something everybody knows: `python -m index.benchmark`.

Builds from news texts in a temporary folder and prints one JSON object: seconds, memory, bytes, and each time as a
multiple of the time that it takes to import sentence_transformers in the same run, so that figures of two machines
compare.
"""

from __future__ import annotations

import gzip
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from corpus.loading import load_corpus
from index.search.embedding import load_embedder
from index.storage.store import build_index, open_index

T = TypeVar("T")
_OPEN = """
import json, sys, time
from pathlib import Path
from index.search.embedding import load_embedder
from index.storage.store import open_index
embedder = load_embedder(sys.argv[2])
wall, cpu = time.perf_counter(), time.process_time()
snapshot = open_index(Path(sys.argv[1]), embedder)
opened, spent = time.perf_counter(), time.process_time()
snapshot.search_sentences("今年的目标是多少", 10)
print(json.dumps({
    "open_s": opened - wall, "open_cpu_s": spent - cpu, "first_search_s": time.perf_counter() - opened,
    "answering_peak_rss_mb": int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024,
}))
"""


@click.command(help=__doc__)
@click.option("--articles", type=click.IntRange(1), default=2000, show_default=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--embedder", "name", default="builtin", show_default=True)
@click.option("--questions", type=click.IntRange(1), default=100, show_default=True)
def main(articles: int, data: Path, name: str, questions: int) -> None:
    """Build, open, search; print what it took."""
    with tempfile.TemporaryDirectory() as home:
        click.echo(json.dumps(measure(Path(home), articles, data, name, questions), ensure_ascii=False, indent=2))


def measure(home: Path, articles: int, data: Path, name: str, questions: int) -> dict[str, Any]:
    """Return seconds (on the clock and of the processor), megabytes and counts of a build, a change, an opening."""
    texts = _texts(data, articles + 1)
    folder, index = home / "articles", home / "index"
    _write(folder, texts[:articles])
    figures: dict[str, Any] = {"import_sentence_transformers_s": _imports("sentence_transformers")}
    embedder = load_embedder(name)
    corpus = _clocked(figures, "load_corpus", lambda: load_corpus(folder))
    built = _clocked(figures, "build", lambda: build_index(corpus, index, embedder))
    (folder / "更新.txt").write_text(texts[articles], encoding="utf-8")
    grown = load_corpus(folder)
    changed = _clocked(figures, "add_one_article", lambda: build_index(grown, index, embedder))
    figures |= {
        "articles": built.articles,
        "passages": built.passages,
        "sentences": built.sentences,
        "embedded_again": changed.embedded,
        "megabytes_on_disk": sum(p.stat().st_size for p in (index / changed.generation).iterdir()) / 1e6,
        "building_peak_rss_mb": peak_memory(),
    }
    done = subprocess.run([sys.executable, "-c", _OPEN, str(index), name], capture_output=True, text=True, check=True)
    figures |= json.loads(done.stdout)
    snapshot = open_index(index, embedder)
    asked = [snapshot.sentences[row * len(snapshot.sentences) // questions].text[:30] for row in range(questions)]
    for unit, search in (("passages", snapshot.search_passages), ("sentences", snapshot.search_sentences)):
        figures[f"search_{unit}_median_cpu_ms"] = 1000 * statistics.median(_timed(search, asked))
    base = figures["import_sentence_transformers_s"]
    figures |= {f"{step}_in_imports": figures[f"{step}_s"] / base for step in ("build", "open", "add_one_article")}
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}


def peak_memory() -> float:
    """Return the most that this process has held, in MB. Linux only; getrusage would count its parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _clocked(figures: dict[str, Any], step: str, work: Callable[[], T]) -> T:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    figures |= {f"{step}_s": time.perf_counter() - wall, f"{step}_cpu_s": time.process_time() - cpu}
    return result


def _timed(search: Callable[[str, int], object], asked: Sequence[str]) -> list[float]:
    taken = []
    for question in asked:
        begin = time.process_time()
        search(question, 10)
        taken.append(time.process_time() - begin)
    return taken


def _texts(data: Path, wanted: int) -> list[str]:
    texts: list[str] = []
    with gzip.open(data / "news_text.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            text = json.loads(line)["text"].strip()
            if text and text not in texts[-50:]:
                texts.append(text)
            if len(texts) == wanted:
                break
    return texts


def _write(folder: Path, texts: Sequence[str]) -> None:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number:06d}.txt").write_text(text, encoding="utf-8")


def _imports(module: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
