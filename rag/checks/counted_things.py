"""What a figure counts is what it counts in the spans: 2000条单车轮胎, no 2000条汽车轮胎."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Measure, Quantity
from corpus.chinese.words import any_of
from corpus.records import Span
from rag.checks.amounts import printings
from rag.checks.content import covered_characters
from rag.checks.own_counts import counts_itself
from rag.checks.reckoning import Formula
from rag.checks.statements import HAN_AFTER, LINKS, Ground, Statement, piece_at

_SAYS_LITTLE = re.compile(any_of("rag/beside_figures"))
_NOUN = 8  # characters of what is counted, after a figure
_FOREIGN = 2  # of them in a row that nothing holds
_SAID = 4  # characters of what is said of it


def counts_another(
    statement: Statement, shown: Sequence[Formula], grounds: Sequence[Ground], lenders: Sequence[Ground]
) -> str:
    """Return the words of what a figure counts where the spans do not have it count that; or nothing.

    Neither spans nor question (`lenders`) hold them, or the spans name them in other clauses than those of the figure.
    Figures of the formulas `shown` and the sentence's own counts are left out.
    """
    for quantity in statement.quantities:
        noun = HAN_AFTER.match(statement.folded, quantity.end)
        if (
            noun is None
            or quantity.measure not in (Measure.COUNT, Measure.PEOPLE)
            or any(formula.start <= quantity.start < formula.end for formula in shown)
            or counts_itself(statement, quantity, shown, len(grounds))
        ):
            continue
        if word := _unheld(statement, Span(*noun.span(1)), lenders) or _elsewhere(noun[1], quantity, grounds):
            return word
    return ""


def _unheld(statement: Statement, noun: Span, lenders: Sequence[Ground]) -> str:
    """Return the first two characters in a row of a noun that nothing holds; or nothing."""
    if _SAYS_LITTLE.match(statement.folded, noun.start, noun.end):
        return ""
    marks = covered_characters(statement, lenders)
    unheld = ""
    for at in range(noun.start, min(noun.end, noun.start + _NOUN)):
        if LINKS.match(statement.folded, at):
            return ""
        unheld = unheld + statement.folded[at] if not marks[at] and not statement.masked[at] else ""
        if len(unheld) >= _FOREIGN:
            return unheld
    return ""


def _elsewhere(noun: str, quantity: Quantity, grounds: Sequence[Ground]) -> str:
    """Return a noun that the spans name, but in no clause that prints the figure; or nothing."""
    if len(noun) < _SAID or not any(noun in ground.evened for ground in grounds):
        return ""
    pieces = [
        (ground.evened, piece_at(ground.evened, one.start, one.start)) for ground, one in printings(quantity, grounds)
    ]
    beside = any(text.find(noun[-2:], piece.start, piece.end) >= 0 for text, piece in pieces)
    return noun if pieces and not beside else ""
