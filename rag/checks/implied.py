"""Figures that a sentence reckons without writing it out: 合起来51人, 大号贵300元, 降了2.3个百分点."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from corpus.chinese.facts import Measure, Quantity
from corpus.chinese.words import any_of
from rag.checks.statements import Ground, Statement

_APART = re.compile(f"(?:{any_of('rag/apart')})(?:了|出了?|到|约)?$")
_TOGETHER = re.compile(f"(?:{any_of('rag/together')})(?:是|有|为|达|约)?$")
_MOST = 4  # figures that are added


def reckoned(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a figure is the sum or the difference of printed ones, and the word before it says which.

    The operands stand in the sentence itself, or are the only two of their kind in one ground.
    """
    if not quantity.is_exact:
        return False
    before = statement.text[max(0, quantity.start - 5) : quantity.start]
    apart, together = _APART.search(before), _TOGETHER.search(before)
    if not (apart or together):
        return False
    for operands in _operands(statement, quantity, grounds):
        if together and quantity.low == sum(one.low for one in operands):
            return True
        if apart and len(operands) == 2 and quantity.low == abs(operands[0].low - operands[1].low):
            return True
    return False


def _operands(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> Iterator[tuple[Quantity, ...]]:
    """Yield the figures that may have been added or subtracted."""
    printed = [one for ground in grounds for one in ground.quantities if _may_be_part(one, quantity)]
    told = [
        one
        for one in statement.quantities
        if one.start != quantity.start and any(_equal(one, other) for other in printed)
    ]
    for count in range(2, min(_MOST, len(told)) + 1):
        yield from combinations(told, count)
    for ground in grounds:
        own = [one for one in ground.quantities if _may_be_part(one, quantity)]
        if len(own) == 2:
            yield tuple(own)


def _may_be_part(one: Quantity, of: Quantity) -> bool:
    if not one.is_exact:
        return False
    if of.measure is Measure.POINTS:
        return one.measure is Measure.SHARE
    return (one.measure, one.base) == (of.measure, of.base)


def _equal(a: Quantity, b: Quantity) -> bool:
    return (a.low, a.measure, a.base) == (b.low, b.measure, b.base)
