"""A question in the words of the sentences that may answer it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from corpus.chinese.text import fold
from corpus.chinese.timing import modality
from corpus.records import Modality
from rag.question.kinds import AnswerKind, Asked, understand
from rag.question.rewording import Rewordings
from rag.reading.candidates import Candidate

_MOST = 3
_AIM = re.compile("的?(?:目标|计划|规划|指标)(?=是|为|有|定|要|[?]|$|多)")


def adaptions(asked: Asked, rewordings: Rewordings, candidates: Sequence[Candidate]) -> list[Asked]:
    """Return the question in other words, at most three, those first that suit the most and best of `candidates`.

    What is asked for stays what the question itself asks for, where that is clear.
    """
    if not rewordings.places and not _AIM.search(rewordings.question):
        return []
    suits: defaultdict[str, float] = defaultdict(float)
    for rank, one in enumerate(candidates, start=1):
        around = fold("\n".join((one.before, one.heading, one.passage)))
        suits[for_plan(rewordings.in_words_of(fold(one.text), around), one.text)] += 1 / rank
    suits.pop(rewordings.question, None)
    others = [understand(text) for text in sorted(suits, key=lambda text: -suits[text])[:_MOST]]
    if asked.kind is AnswerKind.OTHER:
        return others
    return [replace(other, kind=asked.kind, unit=asked.unit) for other in others]


def for_plan(question: str, sentence: str) -> str:
    """Return the question without its word for an aim where the sentence tells a plan: 到2028年突破3000亿元 is one unsaid."""
    return _AIM.sub("", question) if modality(sentence) is Modality.PLAN else question
