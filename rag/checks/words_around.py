"""The right number of the wrong thing: the words around a figure are those around it in the spans."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Measure, Quantity, comparable
from rag.checks.amounts import of_the_kind
from rag.checks.statements import Ground, Statement, pairs_of

_NOUN = re.compile("[\u3400-\u9fff]{2,5}")
_LED_BY = re.compile("[\u3400-\u9fff]{3}$")


def unbound(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the words around a figure are those of another figure of the same kind: right number, wrong thing."""
    found = list(of_the_kind(statement, quantity, grounds))
    led = _LED_BY.search(statement.folded, 0, quantity.start)
    if led and {same for same, ground, other in found if ground.evened.endswith(led.group(), 0, other.start)} == {
        False
    }:
        return True
    own = (_around(statement.folded, quantity, statement.quantities), _counted(statement.folded, quantity))
    best = {True: [0.0, 0.0], False: [0.0, 0.0]}
    for same, ground, other in found:
        theirs = (_around(ground.evened, other, ground.quantities), _counted(ground.evened, other))
        for at in (0, 1):
            shared = len(own[at] & theirs[at]) / len(own[at]) if len(own[at]) >= 2 else 0.0
            best[same][at] = max(best[same][at], shared)
    around, counted = (best[False][at] - best[True][at] for at in (0, 1))
    return (best[False][0] >= 0.6 and around >= 0.3) or (best[False][1] >= 0.6 and counted >= 0.5)


def _around(folded: str, quantity: Quantity, others: Sequence[Quantity]) -> set[str]:
    """Return the pairs of characters between the last figure of the kind and this one, and up to the next mark after it."""
    left = max((one.end for one in others if one.end <= quantity.start and comparable(quantity, one)), default=0)
    right = re.search("[,.;]", folded[quantity.end :])
    tail = folded[quantity.end : quantity.end + (right.start() if right else 8)][:8]
    return pairs_of(re.sub("[0-9.]+", " ", folded[left : quantity.start] + " " + tail))


def _counted(folded: str, quantity: Quantity) -> set[str]:
    """Return the pairs of characters of what is counted, right after the figure; none for amounts."""
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE):
        return set()
    noun = _NOUN.match(folded, quantity.end)
    return pairs_of(noun.group()) if noun else set()
