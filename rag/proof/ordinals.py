"""«第一…第二…», «一是…二是…»: the numbering is the writer's own when it counts on, and in the order of the source."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.chinese.numerals import COUNT
from corpus.chinese.text import fold

_MARK = re.compile(
    f"(?<=[,;:.])(?:第(?P<nth>[{COUNT}])[朵层档步个点条类项位]?(?:是|为)?|(?P<bare>[{COUNT}])(?:是|为))|^第(?P<first>[{COUNT}])[朵层档步个点条类项位]?(?:是|为)?"
)
_COUNT = re.compile(f"(?:分成?|是指|有|共)?(?P<count>[{COUNT}两])(?:个?[步项个点条类档层朵])(?:指标)?")


@dataclass(frozen=True, slots=True)
class Numbered:
    """A sentence without its ordinals, and the things that they number."""

    text: str
    items: tuple[str, ...]

    def in_order(self, texts: Sequence[str]) -> bool:
        """Whether the texts name the items in this order: by the first two characters of each."""
        whole = "\n".join(fold(text) for text in texts)
        places = [whole.find(re.sub(r"\W", "", fold(item))[:2]) for item in self.items]
        return places == sorted(places)


def numbered(sentence: str) -> Numbered | None:
    """Return a sentence whose parts are numbered on from one; None when they are not."""
    folded = fold(sentence)
    marks = list(_MARK.finditer(folded))
    told = [next(group for group in mark.groups() if group) for mark in marks]
    if len(marks) < 2 or told != list(COUNT[: len(told)]):
        return None
    ends = [mark.start() for mark in marks[1:]] + [len(sentence)]
    items = tuple(sentence[mark.end() : end].strip("，；。、") for mark, end in zip(marks, ends, strict=True))
    lead = sentence[: marks[0].start()]
    counted = _COUNT.search(fold(lead))
    if counted and counted["count"] == COUNT[len(told) - 1]:  # 分三步: the count is that of the items
        lead = lead[: counted.start()] + lead[counted.end() :]
    return Numbered(lead + "、".join(items) + "。", items)
