"""How long asking takes: cold against the import of sentence-transformers, warm per question, and the memory.

`python -m ui.benchmark QUESTIONS.jsonl [--index DIR] [--runs N]`. A single time means little on a shared machine: the
ratio is of medians of runs taken in turn, and the warm figures are of one process.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from time import perf_counter

import click

from index.embedding import load_embedder
from index.store import open_index
from rag.answerer import ExtractiveAnswerer, Models
from ui.settings import load_settings

_COLD = "临平2028工业目标是多少?"


@click.command()
@click.argument("questions", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--index", "index_dir", type=click.Path(path_type=Path), help="folder of the index")
@click.option("--runs", default=5, show_default=True, type=click.IntRange(1, 50))
def main(questions: Path, index_dir: Path | None, runs: int) -> None:
    """Print the figures as a Markdown table."""
    folder = index_dir or load_settings().index
    ask = [sys.executable, "-c", "from ui.cli import main; main()", "ask", _COLD, "--index", str(folder)]
    other = [sys.executable, "-c", "import sentence_transformers"]
    cold, imported = [], []
    for _ in range(runs):
        cold.append(_seconds(ask))
        imported.append(_seconds(other))
    started = perf_counter()
    answerer = ExtractiveAnswerer(open_index(folder, load_embedder()), Models.load())
    opened = perf_counter() - started
    rows = [json.loads(line) for line in questions.read_text(encoding="utf-8").splitlines() if line.strip()]
    asked = [row["question"] for row in rows if row["question"].strip()]
    for question in asked[:20]:
        answerer.answer(question)
    times = sorted(_answer_time(answerer, question) for question in asked)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    ratio = statistics.median(cold) / statistics.median(imported)
    click.echo("| what | figure |\n|---|--:|")
    click.echo(f"| one question, cold, whole process, median of {runs} | {statistics.median(cold):.2f} s |")
    click.echo(f"| … as a ratio to `import sentence_transformers` | {ratio:.2f} |")
    click.echo(f"| opening index ({len(answerer.articles)} articles) and models | {opened * 1000:.0f} ms |")
    click.echo(f"| warm, median of {len(times)} questions | {times[len(times) // 2] * 1000:.0f} ms |")
    click.echo(f"| warm, 95th percentile | {times[int(len(times) * 0.95)] * 1000:.0f} ms |")
    click.echo(f"| resident memory, at most | {memory} MB |")


def _seconds(command: list[str]) -> float:
    started = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - started


def _answer_time(answerer: ExtractiveAnswerer, question: str) -> float:
    started = perf_counter()
    answerer.answer(question)
    return perf_counter() - started


if __name__ == "__main__":
    main()
