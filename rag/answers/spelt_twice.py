"""The best sentence and those that spell the name which is asked about in another way."""

from __future__ import annotations

from rag.answers.composition import Asking, Composition, labelled
from rag.answers.quoted import choose
from rag.figures.side_by_side import (
    other_spellings,
)
from rag.question.kinds import AnswerKind

_NAMING_KINDS = frozenset({AnswerKind.NAME, AnswerKind.OTHER, AnswerKind.YES_NO, AnswerKind.PLACE})


def spelt_twice(asking: Asking) -> Composition | None:
    """Return the best sentence and those that spell the name which is asked about in another way."""
    asked, ranked, snapshot = asking.asked, asking.ranked, asking.snapshot
    if asked.kind not in _NAMING_KINDS:
        return None
    chosen = choose(asked, ranked)
    others = other_spellings(asked.text, chosen[0].candidate, snapshot)
    if not others:
        return None
    candidates = [chosen[0].candidate, *(candidate for candidate, _, _ in others[:2])]
    return labelled(candidates, snapshot)
