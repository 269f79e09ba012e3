"""What a page, a command or an eval needs of whatever answers: the smallest interface that they all use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from corpus.records import Article
from rag.question.limits import Limit
from rag.records import Answer

THRESHOLD = 0.27  # confidence below which nothing is answered, 0 to 1; docs/answering.md has the curve
History = Sequence[tuple[str, str]]  # (what the user said, what was answered), oldest first


class Answerer(Protocol):
    """Answers questions over a fixed set of articles; safe to call from several threads."""

    @property
    def articles(self) -> Mapping[str, Article]: ...

    def answer(self, question: str, history: History = ()) -> Answer:
        """Return one complete answer. Raises QuestionError for what cannot be asked."""
        ...

    def stream(self, question: str, history: History = ()) -> Iterator[Answer]:
        """Yield ever more complete answers; the last one is what `answer` would return."""
        ...


@runtime_checkable
class Limitable(Protocol):
    """An answerer that can be held to some of its articles."""

    def within(self, limit: Limit) -> Answerer:
        """Return an answerer that finds nothing outside of `limit`."""
        ...
