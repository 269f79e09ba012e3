"""Which is the largest? A sentence tells it in so many words, or tells of several, which can be compared."""

from __future__ import annotations

import re
from collections import Counter

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.reading.units import found_quantities

_MOST = "最[大高多长强快重贵小低少短]"
_ASKED = re.compile(rf"{_MOST}的?[^最]{{0,8}}?(?:是|为|在)?(?:哪|谁|什么)|(?:哪|谁)[^,.]{{0,12}}{_MOST}")
_TOLD = re.compile(any_of("rag/ranks"))


def asks_for_the_most(question: str) -> bool:
    """Tell whether a question, folded, asks which of many is the largest, highest, fewest: not by how much, nor when at the latest."""
    return _ASKED.search(question) is not None


def may_tell_the_most(text: str) -> bool:
    """Tell whether a sentence says what stands before all others, or two amounts of one unit."""
    return _TOLD.search(fold(text)) is not None or (
        max(Counter((one.measure, one.unit) for one in found_quantities(text)).values(), default=0) > 1
    )
