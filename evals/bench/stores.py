"""`python -m evals.bench.stores`: the same questions put to an index in a folder and to one in Milvus, into docs/index.md.

The questions about the five articles that have evidence, the plain ones answered as a whole, and CMRC's among passages of
news. Both indexes are built here, with the same vectors; `--uri` names the Milvus, by default a file of Milvus Lite.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

import click

from corpus import measured
from evals.bench.passages import read_task
from evals.cases import EvalCase
from evals.metrics.recall import recall_at_k
from evals.metrics.relevance import Retrieved, judge
from evals.run.suite import load_suite
from evals.run.systems import found_by
from evals.run.worlds import World, pinned_articles
from index.milvus.store import MilvusStore
from index.search.embedding import BUILTIN, STATIC, load_embedder
from index.storage.building import Splitter
from index.storage.snapshot import Snapshot
from index.storage.store import ArticleSource, build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.records import Answer

_QUESTIONS = 300
_COMMAND = "python -m evals.bench.stores"


@dataclass(frozen=True, slots=True)
class Compared:
    """One set of questions, the folder's figures before Milvus's: Recall@1 and @5 from 0 to 1, seconds a search in the median."""

    name: str
    questions: int
    first: tuple[float, float]
    fifth: tuple[float, float]
    seconds: tuple[float, float]

    def line(self) -> str:
        ours, theirs = (f"{1000 * one:.1f} ms" for one in self.seconds)
        told = " | ".join(f"{one:.3f}" for one in (*self.first, *self.fifth))
        return f"| {self.name} | {self.questions} | {told} | {ours} | {theirs} |"


@contextmanager
def both(
    corpus: ArticleSource, uri: str, embedder: str, split: Splitter | None = None
) -> Iterator[tuple[Snapshot, Snapshot]]:
    """Yield the corpus opened from a folder and from Milvus; the folder goes afterwards, a server keeps its generation."""
    with tempfile.TemporaryDirectory(prefix="linping-stores-") as folder:
        model = load_embedder(embedder)
        build_index(corpus, Path(folder) / "index", model, split=split)
        store = MilvusStore(uri or str(Path(folder) / "milvus.db"))
        store.build(corpus, model, split=split)
        yield open_index(Path(folder) / "index", model), store.open(embedder)


def compare(
    name: str,
    questions: Sequence[str],
    right: Callable[[int, Sequence[Retrieved], int], float],
    stores: Sequence[Snapshot],
) -> Compared:
    """Return how both stores find; `right(number, hits, k)` is the Recall@k of a question."""
    first: list[float] = []
    fifth: list[float] = []
    seconds: list[float] = []
    for snapshot in stores:
        found, times = [], []
        for question in questions:
            begun = perf_counter()
            found.append(found_by(snapshot, question))
            times.append(perf_counter() - begun)
        first.append(sum(right(number, hits, 1) for number, hits in enumerate(found)) / len(found))
        fifth.append(sum(right(number, hits, 5) for number, hits in enumerate(found)) / len(found))
        seconds.append(median(times))
    return Compared(name, len(questions), (first[0], first[1]), (fifth[0], fifth[1]), (seconds[0], seconds[1]))


def on_the_articles(world: World, stores: Sequence[Snapshot]) -> Compared:
    """Compare on the written questions that have evidence in the five articles."""
    cases = [case for case in load_suite("plain,dev,further", world.articles) if case.evidence and not case.history]

    def right(number: int, hits: Sequence[Retrieved], k: int) -> float:
        return recall_at_k(judge(cases[number], hits, world.by_id, ()), k)

    return compare("five articles, written questions", [case.question for case in cases], right, stores)


def differing(cases: Sequence[EvalCase], stores: Sequence[Snapshot]) -> list[tuple[str, Answer, Answer]]:
    """Return the questions that the two stores answer in other words, with both answers."""
    models = Models.built_in()
    one, other = (ExtractiveAnswerer(snapshot, models) for snapshot in stores)
    asked = ((case.question, one.answer(case.question), other.answer(case.question)) for case in cases)
    return [(question, ours, theirs) for question, ours, theirs in asked if _said(ours) != _said(theirs)]


def _said(answer: Answer) -> tuple[object, ...]:
    return (
        answer.status,
        answer.answer,
        answer.short_answer,
        tuple((one.article_id, one.start, one.end) for one in answer.citations),
    )


def on_news(data: Path, passages: int, uri: str) -> Compared:
    """Compare on CMRC's questions among so many passages, found by the static embedder. Raises OSError."""
    task = read_task(data, passages, _QUESTIONS)

    def right(number: int, hits: Sequence[Retrieved], k: int) -> float:
        wanted = task.questions[number].passages
        return float(any(f"{hit.article_id}#{hit.start}-{hit.end}" in wanted for hit in hits[:k]))

    with both(task, uri, STATIC, task.split) as stores:
        return compare(f"{passages:,} passages, CMRC", [one.text for one in task.questions], right, stores)


@click.command()
@click.option("--uri", default="", help="the Milvus; by default a file of Milvus Lite that goes afterwards")
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=Path("../shared/data"))
@click.option("--passages", multiple=True, type=int, default=(2_000,), show_default=True)
@click.option("--write", is_flag=True, help="put the figures into docs/index.md")
def main(uri: str, data: Path, passages: tuple[int, ...], write: bool) -> None:
    """Print how both stores find, and how many of the plain questions they answer alike."""
    world = World("five articles", pinned_articles())
    plain = load_suite("plain", world.articles)
    told = [
        "| | questions | Recall@1, folder | Milvus | Recall@5, folder | Milvus | a search, folder | Milvus |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    with both(world, uri, BUILTIN) as stores:
        told.append(on_the_articles(world, stores).line())
        others = differing(plain, stores)
    alike = f"Of the {len(plain)} plain questions {len(plain) - len(others)} are answered in the same words with the same evidence."
    for question, ours, theirs in others:
        click.echo(f"{question}\n  {ours.answer}\n  {theirs.answer}", err=True)
    told += [on_news(data, count, uri).line() for count in passages]
    told += ["", alike]
    click.echo("\n".join(told))
    if write:
        measured.write(measured.ROOT / "docs" / "index.md", _COMMAND, "\n".join(told))


if __name__ == "__main__":
    main()
