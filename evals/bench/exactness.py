"""How much is lost by not looking at everything: `python -m evals.bench.exactness PASSAGES` prints a table.

The same questions to the same index, by passages: as a large index is searched (vectors by their codes first, the postings
of common words for likely texts alone), with every vector compared, and with every posting read as well. A smaller index
than those that have codes gets them here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from evals.bench.measure import LEAST, K
from evals.bench.passages import Question, read_task
from evals.bench.systems import Ours
from index.search.dense import CodedIndex, DenseIndex, Nearest, shorten
from index.search.retrieval import HybridRetriever
from index.storage.snapshot import Snapshot

_AT_ONCE = 50_000  # vectors


@dataclass(frozen=True, slots=True)
class Places:
    """By question, at which place of the first `K` its passage was found, from 1; 0 where it was not."""

    name: str
    found: tuple[int, ...]

    def recall(self, k: int) -> float:
        """Return the share of the questions whose passage is among the first `k`."""
        return sum(0 < place <= k for place in self.found) / len(self.found)

    def without(self, other: Places, k: int) -> int:
        """Return how many questions have their passage among the first `k` here and not in `other`."""
        return sum(0 < one <= k and not 0 < two <= k for one, two in zip(self.found, other.found, strict=True))


def ways(snapshot: Snapshot) -> Iterator[tuple[str, HybridRetriever]]:
    """Yield the name of each way to find passages, and the way: as a large index does, then the exact ones."""
    held = snapshot.by_passage
    exact = DenseIndex(_halves(held.dense))
    codes = held.dense if isinstance(held.dense, CodedIndex) else _coded(held.dense)
    everything = held.lexical.within(np.ones(len(held), dtype=bool))  # reads every posting
    yield "as it is searched", HybridRetriever(held.lexical, codes, held.weights)
    yield "every vector", HybridRetriever(held.lexical, exact, held.weights)
    yield "every vector and posting", HybridRetriever(everything, exact, held.weights)


def _halves(dense: Nearest) -> NDArray[np.float16]:
    halves = np.empty((len(dense), dense.dim), dtype=np.float16)
    for first in range(0, len(dense), _AT_ONCE):
        rows = np.arange(first, min(first + _AT_ONCE, len(dense)))
        halves[rows] = dense.vectors(rows)
    return halves


def _coded(dense: Nearest) -> Nearest:
    halves = _halves(dense)
    return CodedIndex(halves, *shorten(halves, flat_at_most=0))


def places(name: str, way: HybridRetriever, snapshot: Snapshot, questions: Sequence[Question]) -> Places:
    """Return where a way finds what is asked about."""
    found = []
    for question in questions:
        rows = way.rank(snapshot.query(question.text), K).rows.tolist()
        right = [snapshot.passages[row].id in question.passages for row in rows]
        found.append(right.index(True) + 1 if any(right) else 0)
    return Places(name, tuple(found))


def table(ours: Places, others: Sequence[Places]) -> str:
    """Return the first way beside each other one: differences are the first way's less the other's."""
    lines = [
        f"| {len(ours.found):,} questions | Recall@1 | Recall@5 | difference @1 | @5 | found first by the other alone | by ours alone |",
        "|---|--:|--:|--:|--:|--:|--:|",
        f"| {ours.name} | {ours.recall(1):.3f} | {ours.recall(K):.3f} | | | | |",
    ]
    for other in others:
        first, fifth = (ours.recall(k) - other.recall(k) for k in (1, K))
        lines.append(
            f"| {other.name} | {other.recall(1):.3f} | {other.recall(K):.3f} | {first:+.3f} | {fifth:+.3f} "
            f"| {other.without(ours, 1)} | {ours.without(other, 1)} |"
        )
    return "\n".join(lines)


@click.command(help=__doc__)
@click.argument("passages", type=click.IntRange(1))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--questions", type=click.IntRange(10), default=1000, show_default=True, help="At most so many.")
@click.option("--index", "kept", type=click.Path(path_type=Path), help="Asked where it is there, else made and kept.")
def main(passages: int, data: Path, questions: int, kept: Path | None) -> None:
    system = Ours()
    with tempfile.TemporaryDirectory() as scratch:
        home = kept or Path(scratch) / "index"
        if not (home / "CURRENT").exists():
            system.index(read_task(data, passages, questions), home)
        system.open(home)
        held = len(system.snapshot.passages)  # fewer than wanted where the data end
        click.echo(f"{held:,} passages in the index", err=True)
        asked = read_task(data, min(passages, LEAST), questions).questions  # the questions are the same
        ours, *others = (places(name, way, system.snapshot, asked) for name, way in ways(system.snapshot))
        click.echo(table(ours, others))


if __name__ == "__main__":
    main()
