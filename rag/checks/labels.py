"""The words that stand around a figure: what it is of, to be compared with what else stands around figures of the kind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from corpus.chinese.facts import Quantity, comparable, quantities
from corpus.chinese.text import fold
from rag.figures.figure import short_form

_IDLE = re.compile("[的了在有和与是为]|增长|增速|面积|人数|数量|规模|企业|新增")
_NAMED = 12  # characters before a figure in which its own span may name the thing
CLOSE = 10  # characters before a figure that name what it measures, apart from whom and when


@dataclass(frozen=True, slots=True)
class LabelledFigure:
    """A figure and the words that stand around it: those before it up to the last figure of the kind, and right after it."""

    quantity: Quantity
    before: str
    after: str

    @property
    def named(self) -> set[str]:
        """What the words around it name, as pairs of characters."""
        return naming_pairs(f"{self.before}|{self.after}")

    def named_close(self, characters: int = CLOSE) -> set[str]:
        """Return what the last characters before it and the words after it name."""
        return naming_pairs(f"{self.before[-characters:]}|{self.after}")


@lru_cache(maxsize=1024)
def labelled(text: str, before: str = "") -> tuple[LabelledFigure, ...]:
    """Return the figures of a span with their labels; `before` is what precedes the span and may name the thing."""
    folded, found = fold(text), quantities(text)
    made: list[LabelledFigure] = []
    for one in found:
        alike = [other.end for other in found if other.end <= one.start and comparable(other, one)]
        start = max(alike, default=0)
        tail = re.split("[,.;]", folded[one.end : one.end + 14])[0]
        lead = folded[start : one.start] if start or one.start >= _NAMED else fold(before)[-60:] + folded[: one.start]
        made.append(LabelledFigure(one, lead, tail))
    return tuple(made)


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether two figures are of one value, whatever is said of its exactness."""
    return (a.low, a.base) == (b.low, b.base)


def naming_pairs(text: str) -> set[str]:
    """Return the pairs of neighbouring characters that name a thing: without figures and words that stand by any figure."""
    words = re.sub("[^\u3400-\u9fffa-z]", " ", _IDLE.sub("", short_form(text))).split()
    return {first + second for word in words for first, second in pairwise(word)}


def fit(one: set[str], other: set[str], a: LabelledFigure, b: LabelledFigure) -> int:
    """Return how much better the words around `a` name `one`, and those around `b` the other, than the other way round."""
    mine, theirs = a.named, b.named
    straight = len(one & mine - theirs) + len(other & theirs - mine)
    crossed = len(one & theirs - mine) + len(other & mine - theirs)
    return straight - crossed
