"""What a search returns, and what everyone who searches asks of a retriever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from corpus.records import BlockKind, Passage


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an article: the unit that answers are made of.

    Half-open code-point offsets into `Article.text`. `passage` is the row of the passage that owns it.
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: BlockKind
    passage: int

    @property
    def id(self) -> str:
        return f"{self.article_id}#{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well something fits a question.

    `row` is its place in `Snapshot.passages` or `.sentences`; `rank` counts from 1; `score` is the fused one and orders
    the hits of one question: it compares nothing across questions. `lexical` is BM25 (≥ 0), `dense` the cosine (-1
    to 1).
    `lexical_rank` and `dense_rank` are the ranks in each channel alone, None when the channel did not propose it.
    `matched` are the words of the question found in the text, longest runs, in the order of the question.
    """

    row: int
    rank: int
    score: float
    lexical: float
    dense: float
    lexical_rank: int | None = None
    dense_rank: int | None = None
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit(Fit):
    """A passage that was found."""

    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceHit(Fit):
    """A sentence that was found."""

    sentence: Sentence


class Retriever(Protocol):
    """Anything that finds passages."""

    def search_passages(self, question: str, k: int = 10) -> Sequence[Hit]:
        """Return at most `k` hits, best first."""
        ...
