"""A question in the words of the sentences that may answer it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.text import fold
from rag.asking import AnswerKind, Asked, understand
from rag.candidates import Candidate
from rag.wordings import Rewordings

_MOST = 3


def adaptions(asked: Asked, rewordings: Rewordings, candidates: Sequence[Candidate]) -> list[Asked]:
    """Return the question in other words, at most three, those first that suit the most and best of `candidates`.

    What is asked for stays what the question itself asks for, where that is clear.
    """
    if not rewordings.places:
        return []
    suits: defaultdict[str, float] = defaultdict(float)
    for rank, one in enumerate(candidates, start=1):
        around = fold("\n".join((one.before, one.heading, one.passage)))
        suits[rewordings.in_words_of(fold(one.text), around)] += 1 / rank
    suits.pop(rewordings.question, None)
    others = [understand(text) for text in sorted(suits, key=lambda text: -suits[text])[:_MOST]]
    if asked.kind is AnswerKind.OTHER:
        return others
    return [replace(other, kind=asked.kind, unit=asked.unit) for other in others]
