"""Every figure of a sentence is printed of what the sentence tells, or follows from what is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.chinese.facts import Approximation, Quantity, equal
from rag.checks.amounts import printings, same_time
from rag.checks.bare_units import is_measure_itself
from rag.checks.before_and_now import of_another_time
from rag.checks.beside_figures import beside_another
from rag.checks.faults import SOUND, Fault, Found
from rag.checks.fitting_labels import fits_another
from rag.checks.implied import reckoned
from rag.checks.labels import labelled
from rag.checks.named_counts import counts_named
from rag.checks.own_counts import counts_itself, listed, taken_up
from rag.checks.reckoning import Formula
from rag.checks.statements import Ground, Statement
from rag.checks.whose_figures import of_another_scope
from rag.checks.words_around import unbound

_AT_LEAST = re.compile("最[短少低小][^,.;]{0,4}$")
_AT_MOST = re.compile("最[长多高大久][^,.;]{0,4}$")


def figure_fault(statement: Statement, grounds: Sequence[Ground], shown: Sequence[Formula], question: str) -> Found:
    """Return which figure of a sentence is neither printed nor reckoned, or is printed of something else."""
    for quantity in _told(statement, grounds, shown, question):
        held = _hedged(statement, quantity)
        holders = printings(held, grounds)
        if not holders:
            held, holders = quantity, printings(quantity, grounds)
        if not holders:
            if reckoned(statement, quantity, grounds) or counts_named(statement, quantity, grounds):
                continue
            return Fault.NUMBER, quantity.text
        if not any(same_time(statement, quantity, ground, other) for ground, other in holders):
            return Fault.BOUND, quantity.text
        if of_another_time(statement, held, grounds) or beside_another(statement, held, grounds):
            return Fault.BOUND, quantity.text
        if scope := of_another_scope(statement, held, grounds):
            return Fault.BOUND, scope
        if unbound(statement, held, grounds) or (not shown and _fits_another(statement, quantity, grounds)):
            return Fault.BOUND, quantity.text
    return SOUND


def _told(
    statement: Statement, grounds: Sequence[Ground], shown: Sequence[Formula], question: str
) -> Iterator[Quantity]:
    """Yield the figures that the spans must print: none of a formula, and no count of what the sentence itself tells."""
    for quantity in statement.quantities:
        reckons = any(
            formula.start <= quantity.start < formula.end or equal(quantity, formula.result) for formula in shown
        )
        if not (
            reckons
            or counts_itself(statement, quantity, shown, len(grounds))
            or listed(statement, quantity)
            or taken_up(quantity, question)
            or is_measure_itself(quantity, statement, grounds)
        ):
            yield quantity


def _fits_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether the words before a figure fit another one of its kind and time better."""
    figures = [
        one
        for ground in grounds
        for one in labelled(ground.text, ground.before)
        if equal(quantity, one.quantity) or same_time(statement, quantity, ground, one.quantity)
    ]
    return fits_another(quantity, statement.text, figures)


def _hedged(statement: Statement, quantity: Quantity) -> Quantity:
    """Return a figure with the 约, 最多 or 最少 that stands a few words before it: 约需1天."""
    if quantity.approximation is not Approximation.EXACT:
        return quantity
    before = statement.folded[: quantity.start]
    if "约" in before[-2:]:
        return replace(quantity, approximation=Approximation.ABOUT)
    if _AT_MOST.search(before):
        return replace(quantity, approximation=Approximation.BELOW)
    if _AT_LEAST.search(before):
        return replace(quantity, approximation=Approximation.ABOVE)
    return quantity
