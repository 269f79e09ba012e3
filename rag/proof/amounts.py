"""Figures: the printed value, unit and 约; the time that is said of it; of what it is; counts of what a sentence lists."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Approximation, Comparison, Measure, Quantity, compare
from corpus.records import TimeMention
from rag.proof.statements import Ground, Statement, pairs_of

_WIDER = {Approximation.ABOUT: (Approximation.EXACT, Approximation.ABOUT)}


def same_amount(claimed: Quantity, printed: Quantity) -> bool:
    """Whether a figure is the printed one: value, unit, and 约 超 近 as printed; a claimed unit must be printed."""
    if compare(claimed, printed) is not Comparison.EQUAL:
        return False
    if claimed.measure is not printed.measure and (
        printed.measure is Measure.BARE or printed.measure not in (Measure.COUNT, Measure.PEOPLE)
    ):
        return False
    return printed.approximation in _WIDER.get(claimed.approximation, (claimed.approximation,))


def same_time(statement: Statement, claimed: Quantity, ground: Ground, printed: Quantity) -> bool:
    """Whether the time that is said of a figure may be the one that is printed of it; nothing said may be any time."""
    said = _last_time(statement.times(ground.published), claimed)
    given = _last_time(ground.times, printed)
    if said is None or given is None or None in (said.first, said.last, given.first, given.last):
        return True
    assert said.first and said.last and given.first and given.last
    return said.first <= given.last and given.first <= said.last


def _last_time(times: Sequence[TimeMention], quantity: Quantity) -> TimeMention | None:
    """Return the time that was named last before a figure, or else the first one of the sentence."""
    before = [mention for mention in times if mention.end <= quantity.start]
    after = [mention for mention in times if mention.start >= quantity.end]
    return before[-1] if before else after[0] if after else None


def unbound(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the words around a figure are those of another figure of the same kind: right number, wrong thing."""
    if _led_by_another(statement, quantity, grounds):
        return True
    own = (_around(statement.folded, quantity, statement.quantities), _counted(statement.folded, quantity))
    best = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for ground in grounds:
        for other in ground.quantities:
            comparison = compare(quantity, other)
            equal = comparison is Comparison.EQUAL
            if comparison is Comparison.INCOMPARABLE or not (equal or same_time(statement, quantity, ground, other)):
                continue
            theirs = (_around(ground.evened, other, ground.quantities), _counted(ground.evened, other))
            for at in (0, 1):
                shared = len(own[at] & theirs[at]) / len(own[at]) if len(own[at]) >= 2 else 0.0
                best[equal][at] = max(best[equal][at], shared)
    around, counted = (best[False][at] - best[True][at] for at in (0, 1))
    return (best[False][0] >= 0.6 and around >= 0.3) or (best[False][1] >= 0.6 and counted >= 0.5)


_NOUN = re.compile("[\u3400-\u9fff]{2,5}")
_LED_BY = re.compile("[\u3400-\u9fff]{3}$")


def _led_by_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the three characters right before a figure stand right before another one of the kind, and not before it."""
    led = _LED_BY.search(statement.folded, 0, quantity.start)
    if led is None:
        return False
    found = {True: False, False: False}
    for ground in grounds:
        for other in ground.quantities:
            comparison = compare(quantity, other)
            equal = comparison is Comparison.EQUAL
            if comparison is Comparison.INCOMPARABLE or not ground.evened.endswith(led.group(), 0, other.start):
                continue
            if equal or same_time(statement, quantity, ground, other):
                found[equal] = True
    return found[False] and not found[True]


def _around(folded: str, quantity: Quantity, others: Sequence[Quantity]) -> set[str]:
    """Return the pairs of characters between the last figure of the kind and this one, and up to the next mark after it."""
    alike = [other for other in others if compare(quantity, other) is not Comparison.INCOMPARABLE]
    left = max((other.end for other in alike if other.end <= quantity.start), default=0)
    right = re.search("[,.;]", folded[quantity.end :])
    tail = folded[quantity.end : quantity.end + (right.start() if right else 8)][:8]
    return pairs_of(re.sub("[0-9.]+", " ", folded[left : quantity.start] + " " + tail))


def _counted(folded: str, quantity: Quantity) -> set[str]:
    """Return the pairs of characters of what is counted, right after the figure; none for amounts."""
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE):
        return set()
    noun = _NOUN.match(folded, quantity.end)
    return pairs_of(noun.group()) if noun else set()


def listed(statement: Statement, quantity: Quantity) -> bool:
    """Whether a count is that of the things which the sentence itself lists: 共3家：甲、乙和丙."""
    if quantity.measure is not Measure.COUNT or quantity.is_range or quantity.approximation is not Approximation.EXACT:
        return False
    before = re.split("[，。；：,;:是]|分为|有", statement.text[: quantity.start])[-1]
    if before.count("、") >= 1 and quantity.low == len(re.split("、|和|及", before)):
        return True  # 中国、韩国、印尼三个国家
    listing = re.search("[:：]|包括|分别是|有(?=[^，。；]{2,30}、)", statement.text[quantity.end :])
    if listing is None:
        return False
    body = re.split("[。；]", statement.text[quantity.end + listing.end() :])[0]
    items = [item for item in re.split("、|以及|和(?=[^、]*$)|及(?=[^、]*$)", body.rstrip("等。")) if item.strip()]
    return len(items) >= 2 and quantity.low == len(items)
