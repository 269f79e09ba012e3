"""Figures that a sentence reckons without writing it out: 合起来51人, 大号贵300元, 降了2.3个百分点; counts of what it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from corpus.chinese.facts import Approximation, Measure, Quantity
from corpus.chinese.words import any_of
from rag.proof.statements import Ground, Statement

_APART = re.compile(f"(?:{any_of('rag/apart')})(?:了|出了?|到|约)?$")
_TOGETHER = re.compile(f"(?:{any_of('rag/together')})(?:是|有|为|达|约)?$")
_MOST = 4  # figures that are added
_ITEMS = re.compile("[^，。；：,;:]+(?:、[^，。；：,;:]+)+")
_BETWEEN = re.compile("、|以及|还有|[和与及跟](?=[^、和与及跟]+$)")
_PAIR = re.compile("[^，。；：,;:、]{2,24}[和与及跟][^，。；：,;:、]{2,24}")
_ALONE = re.compile("[只仅]|就是这")
_NAMED = (Measure.COUNT, Measure.PEOPLE)


def reckoned(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a figure is the sum or the difference of printed ones, and the word before it says which.

    The operands stand in the sentence itself, or are the only two of their kind in one ground.
    """
    if quantity.is_range or quantity.approximation is not Approximation.EXACT:
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
    if one.is_range or one.approximation is not Approximation.EXACT:
        return False
    if of.measure is Measure.POINTS:
        return one.measure is Measure.SHARE
    return (one.measure, one.base) == (of.measure, of.base)


def _equal(a: Quantity, b: Quantity) -> bool:
    return (a.low, a.measure, a.base) == (b.low, b.measure, b.base)


def counts_named(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a count is that of the things which the sentence, or a ground, names in one breath: A7cII和A7cR两款相机."""
    if quantity.measure not in _NAMED or quantity.is_range or quantity.approximation is not Approximation.EXACT:
        return False
    if not 2 <= quantity.low <= 12:
        return False
    told = {size for ground in grounds for size in _sizes(ground.text)}
    if _ALONE.search(statement.text):  # 只有两项: no more than the ground names
        return quantity.low in told
    return quantity.low in told | _sizes(statement.text) | {2 for _ in _PAIR.finditer(statement.text)}


def _sizes(text: str) -> set[int]:
    """Return how many things each enumeration of a text names."""
    return {len([item for item in _BETWEEN.split(run.group()) if item.strip()]) for run in _ITEMS.finditer(text)}


_ONE = re.compile("一(?:个(?:月|小时|钟头|季度)|[年天日周月亩米吨斤度])")
_LEADS = re.compile("[同上下每均]$")
_ONLY = re.compile("(?:[仅只光共年]|短短)$")


def is_measure_itself(quantity: Quantity, statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether 一 and a unit stand for the unit: 一年挑20个 of 每年选择20个, 一亩收入 of 亩产, 上一年, 同一天."""
    if _ONE.fullmatch(quantity.text) is None:
        return False
    before = statement.text[max(0, quantity.start - 2) : quantity.start]
    if _LEADS.search(before):
        return True
    unit = quantity.text[-1]
    return not _ONLY.search(before) and any(
        re.search(
            f"每[一个]*{unit}|{unit}[均产销]|/{unit}|(?<![一两二三四五六七八九十几\\d]){unit}(?![底初末中前后份])",
            ground.text,
        )
        for ground in grounds
    )
