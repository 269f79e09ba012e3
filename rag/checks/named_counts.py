"""A count is proven by what the sentence or its spans name in one breath: A7cII和A7cR两款相机."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Measure, Quantity
from rag.checks.statements import Ground, Statement

_ITEMS = re.compile("[^，。；：,;:]+(?:、[^，。；：,;:]+)+")
_BETWEEN = re.compile("、|以及|还有|[和与及跟](?=[^、和与及跟]+$)")
_PAIR = re.compile("[^，。；：,;:、]{2,24}[和与及跟][^，。；：,;:、]{2,24}")
_ALONE = re.compile("[只仅]|就是这")


def counts_named(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a count is that of the things which the sentence, or a ground, names in one breath: A7cII和A7cR两款相机."""
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE) or not quantity.is_exact or not 2 <= quantity.low <= 12:
        return False
    told = {size for ground in grounds for size in _sizes(ground.text)}
    if _ALONE.search(statement.text):  # 只有两项: no more than the ground names
        return quantity.low in told
    return quantity.low in told | _sizes(statement.text) | ({2} if _PAIR.search(statement.text) else set())


def _sizes(text: str) -> set[int]:
    """Return how many things each enumeration of a text names."""
    return {len([item for item in _BETWEEN.split(run.group()) if item.strip()]) for run in _ITEMS.finditer(text)}
