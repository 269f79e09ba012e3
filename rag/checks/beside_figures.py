"""The words that touch a figure are those that touch it in the spans: 住宅800亩 is not 产业800亩."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity
from corpus.chinese.words import any_of
from rag.checks.amounts import of_the_kind
from rag.checks.statements import HAN_AFTER, HAN_BEFORE, LINKS, Ground, Statement

_CONJUNCTION = re.compile("[和与及或]")
_SAYS_LITTLE = re.compile(any_of("rag/beside_figures"))


def beside_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> str:
    """Return the word beside a figure that the spans print beside another one of the kind only: 住宅800亩 for 产业800亩."""
    found = [(same, _touching(ground.evened, one)) for same, ground, one in of_the_kind(statement, quantity, grounds)]
    for word in _touching(statement.folded, quantity):
        if _SAYS_LITTLE.search(word) or LINKS.search(word):
            continue
        if {same for same, touching in found if word in touching} == {False}:
            return word
    return ""


def _touching(folded: str, quantity: Quantity) -> set[str]:
    """Return the two characters right before a figure and the two right after it."""
    before = HAN_BEFORE.search(folded, 0, quantity.start)
    after = HAN_AFTER.match(folded, quantity.end)
    words = (before.group()[-2:] if before else "", after[1][:2] if after else "")
    return {word for word in words if len(word) == 2 and not _CONJUNCTION.search(word)}
