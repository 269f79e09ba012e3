"""Why a sentence was cited: what it shares with the question, and its place among all that were considered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from index.search.lexical import matched_words
from rag.reading.candidates import Candidate
from rag.reading.finder import Found


class Explainer(Protocol):
    """What tells how it looked: a `rag.answerer.ExtractiveAnswerer`, or anything like it."""

    def find(self, question: str) -> Found: ...


@dataclass(frozen=True, slots=True)
class Why:
    """`matched` are words of the question found in the sentence. Ranks count from 1 among `considered` sentences.

    Ranks are None for a sentence that the context brought in: an item of a list, the other side of a difference.
    """

    matched: tuple[str, ...]
    considered: int
    by_words: int | None = None
    by_meaning: int | None = None
    final: int | None = None


def explain(finder: Explainer, question: str, article_id: str, start: int, end: int, text: str) -> Why:
    """Return why `text`, which stands at [start, end) of an article, was found. Raises QuestionError."""
    found = finder.find(question)
    ranked = [one.candidate for one in found.judged or found.ranked]
    here = next((one for one in ranked if one.article_id == article_id and one.start < end and start < one.end), None)
    matched = tuple(matched_words(found.prepared.standalone or question, text))
    if here is None:
        return Why(matched, len(ranked))

    def place(measure: Callable[[Candidate], float]) -> int:
        return 1 + sum(measure(one) > measure(here) for one in ranked)

    return Why(
        matched, len(ranked), place(lambda one: one.score), place(lambda one: one.similarity), 1 + ranked.index(here)
    )
