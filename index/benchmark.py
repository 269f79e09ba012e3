"""How long an index of many articles takes, beside something everybody knows: `python -m index.benchmark`.

Builds from news texts in a temporary folder and prints one JSON object: seconds, memory, bytes, and each time as a
multiple of the time that it takes to import sentence_transformers in the same run, so that figures of two machines
compare.
"""

from __future__ import annotations

import gzip
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from corpus.loading import load_corpus
from index.embedding import load_embedder
from index.store import build_index, open_index

_OPEN = """
import resource, sys, time
from pathlib import Path
from index.embedding import load_embedder
from index.store import open_index
embedder = load_embedder(sys.argv[2])
begin = time.perf_counter()
snapshot = open_index(Path(sys.argv[1]), embedder)
opened = time.perf_counter()
snapshot.search_sentences("今年的目标是多少", 10)
print(opened - begin, time.perf_counter() - opened, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
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
    """Return seconds, megabytes and counts of one build, one change, one opening and many searches."""
    texts = _texts(data, articles + 1)
    folder = home / "articles"
    _write(folder, texts[:articles])
    figures: dict[str, Any] = {"import_sentence_transformers_s": _imports("sentence_transformers")}
    embedder = load_embedder(name)
    begin = time.perf_counter()
    corpus = load_corpus(folder)
    figures["load_corpus_s"] = time.perf_counter() - begin
    begin = time.perf_counter()
    built = build_index(corpus, home / "index", embedder)
    figures["build_s"] = time.perf_counter() - begin
    (folder / "更新.txt").write_text(texts[articles], encoding="utf-8")
    grown = load_corpus(folder)
    begin = time.perf_counter()
    changed = build_index(grown, home / "index", embedder)
    figures["add_one_article_s"] = time.perf_counter() - begin
    figures |= {
        "articles": built.articles, "passages": built.passages, "sentences": built.sentences,
        "embedded_again": changed.embedded,
        "megabytes_on_disk": sum(p.stat().st_size for p in (home / "index" / changed.generation).iterdir()) / 1e6,
        "building_peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    done = subprocess.run(
        [sys.executable, "-c", _OPEN, str(home / "index"), name], capture_output=True, text=True, check=True
    )
    opening, first, memory = (float(figure) for figure in done.stdout.split())
    figures |= {"open_s": opening, "first_search_s": first, "answering_peak_rss_mb": memory}
    snapshot = open_index(home / "index", embedder)
    asked = [snapshot.sentences[row * len(snapshot.sentences) // questions].text[:30] for row in range(questions)]
    for unit, search in (("passages", snapshot.search_passages), ("sentences", snapshot.search_sentences)):
        figures[f"search_{unit}_median_ms"] = 1000 * statistics.median(_timed(search, asked))
    base = figures["import_sentence_transformers_s"]
    figures |= {f"{key[:-2]}_in_imports": figures[key] / base for key in ("build_s", "open_s", "add_one_article_s")}
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in figures.items()}


def _timed(search: Any, asked: Sequence[str]) -> list[float]:
    taken = []
    for question in asked:
        begin = time.perf_counter()
        search(question, 10)
        taken.append(time.perf_counter() - begin)
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
