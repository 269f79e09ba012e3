"""Figures: the printed value, unit and 约; the time that is said of it; what else of the kind a span prints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.chinese.facts import Approximation, Comparison, Measure, Quantity, compare, equal
from corpus.records import TimeMention
from rag.checks.statements import Ground, Statement

_WIDER = {Approximation.ABOUT: (Approximation.EXACT, Approximation.ABOUT)}


def same_amount(claimed: Quantity, printed: Quantity) -> bool:
    """Whether a figure is the printed one: value, unit, and 约 超 近 as printed; a claimed unit must be printed."""
    if not equal(claimed, printed):
        return False
    if claimed.measure is not printed.measure and (
        printed.measure is Measure.BARE or printed.measure not in (Measure.COUNT, Measure.PEOPLE)
    ):
        return False
    return printed.approximation in _WIDER.get(claimed.approximation, (claimed.approximation,))


def printings(quantity: Quantity, grounds: Sequence[Ground]) -> list[tuple[Ground, Quantity]]:
    """Return where the grounds print a figure."""
    return [(ground, one) for ground in grounds for one in ground.quantities if same_amount(quantity, one)]


def same_time(statement: Statement, claimed: Quantity, ground: Ground, printed: Quantity) -> bool:
    """Whether the time that is said of a figure may be the one that is printed of it; nothing said may be any time."""
    said = _last_time(statement.times(ground.published), claimed)
    given = _last_time(ground.times, printed)
    mine, theirs = said and said.bounds, given and given.bounds
    return not mine or not theirs or (mine[0] <= theirs[1] and theirs[0] <= mine[1])


def _last_time(times: Sequence[TimeMention], quantity: Quantity) -> TimeMention | None:
    """Return the time that was named last before a figure, or else the first one of the sentence."""
    before = [mention for mention in times if mention.end <= quantity.start]
    after = [mention for mention in times if mention.start >= quantity.end]
    return before[-1] if before else after[0] if after else None


def of_the_kind(
    statement: Statement, quantity: Quantity, grounds: Sequence[Ground]
) -> Iterator[tuple[bool, Ground, Quantity]]:
    """Yield the figures of the kind that may be meant, each with its ground and, first, whether it is the same amount.

    Another amount may be meant only where it is of the same time.
    """
    for ground in grounds:
        for other in ground.quantities:
            compared = compare(quantity, other)
            same = compared is Comparison.EQUAL
            if same or (compared is not Comparison.INCOMPARABLE and same_time(statement, quantity, ground, other)):
                yield same, ground, other
