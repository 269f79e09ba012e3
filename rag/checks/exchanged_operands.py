"""«甲比乙多3家（…）» calculates with the figure of 甲 and that of 乙, not the other way round."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity
from corpus.chinese.text import fold
from rag.checks.labels import LabelledFigure, fit, naming_pairs, same_value

_THAN = re.compile(
    "(?P<one>[^,.;:()]{2,30}?)(?:比|是|占)(?P<other>[^,.;:()]{2,30}?)(?:多|大|高|快|少|小|低|的)(?=了|出|约|近|[0-9])"
)


def exchanged(sentence: str, operands: Sequence[Quantity], figures: Sequence[LabelledFigure]) -> bool:
    """Whether «甲比乙多 (a−b)» calculates with the figures of 乙 and 甲: each operand must be what its words name."""
    found = _THAN.search(fold(sentence))
    if found is None or len(operands) != 2:
        return False
    one, other = naming_pairs(found["one"]), naming_pairs(found["other"])
    apart = one - other, other - one
    if "占" in found.group() or "是" in found.group() or found.group()[-1] not in "少小低慢短":
        first, second = operands
    else:
        second, first = operands
    a, b = (
        max((x for x in figures if same_value(x.quantity, o)), key=lambda x: len(apart[at] & x.named), default=None)
        for at, o in enumerate((first, second))
    )
    if a is None or b is None:
        return False
    straight = fit(apart[0], apart[1], a, b)
    return straight < 0
