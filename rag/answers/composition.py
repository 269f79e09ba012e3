"""What the answer shapes take and what they make: sentences, what is said of them, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.chinese.timing import Period
from corpus.records import Span
from index.storage.snapshot import Snapshot
from rag.figures.side_by_side import (
    conflicts_among,
    label_of,
)
from rag.question.kinds import Asked
from rag.question.preparation import Prepared
from rag.reading.candidates import Candidate
from rag.reading.finder import Finder
from rag.reading.ranker import Ranked
from rag.records import Conflict


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, and the part of it that is the short answer (offsets into `candidate.text`).

    `label` tells it from the other sentences of the answer: an as-of date, the name of what it speaks of.
    """

    candidate: Candidate
    value: Span | None = None
    label: str = ""

    @property
    def value_text(self) -> str:
        return self.candidate.text[self.value.start : self.value.end] if self.value else ""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question with its sentences, best first and at least one, and where more can be found.

    A part of a question that is answered less surely than `least` is left open.
    """

    prepared: Prepared
    asked: Asked  # of the whole question, or of a part
    ranked: Sequence[Ranked]
    finder: Finder
    period: Period | None
    least: float

    @property
    def first(self) -> Candidate:
        """The best sentence."""
        return self.ranked[0].candidate

    @property
    def snapshot(self) -> Snapshot:
        return self.finder.snapshot

    def probability(self, ranked: Sequence[Ranked]) -> float:
        """Return how surely the first of `ranked` answers."""
        return self.finder.probability(self.prepared, ranked)


@dataclass(frozen=True, slots=True)
class Composition:
    """What an answer is made of: sentences in the order shown, and what is said of them.

    `conflicts` refer to `evidence` by index. `short` is None when the values of the sentences say it. `confidence` is
    that of the sentences chosen when they are not the first of the ranking; 1 when all operands were found.
    """

    evidence: tuple[Evidence, ...]
    conflicts: tuple[Conflict, ...] = ()
    calculation: str = ""
    short: str | None = None
    confidence: float | None = None
    corrects: bool = False  # the articles contradict what the question takes for granted
    untold: tuple[str, ...] = ()  # of several questions, those that nothing answers
    listed: int = 0  # how many things the sentence lists, when it surely lists all of them
    settled: bool = False  # the values are what is asked for: nobody chooses among the sentence's others


def labelled(candidates: Sequence[Candidate], snapshot: Snapshot) -> Composition:
    evidence = tuple(Evidence(candidate, None, label_of(candidate, snapshot)) for candidate in candidates)
    return Composition(evidence, conflicts_among(candidates, snapshot))
