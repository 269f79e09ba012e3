"""Every date of a sentence is given by a span that speaks of what the sentence tells; 今年, 去年 … by the very word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import DateFact, equal
from corpus.chinese.words import any_of
from rag.checks.content import Strictness, cover
from rag.checks.dates import stated_date
from rag.checks.faults import SOUND, Fault, Found
from rag.checks.reckoning import Formula
from rag.checks.statements import Ground, Statement, clauses_of, pairs_of

_SAME = 0.8  # of a clause's pairs of characters
_RELATIVE = re.compile(f"{any_of('rag/relative')}|(?<![比较])上年")


def date_fault(
    statement: Statement, grounds: Sequence[Ground], shown: Sequence[Formula], strictness: Strictness
) -> Found:
    """Return which date of a sentence no span gives, or only one that speaks of something else."""
    operands = [one for formula in shown for one in formula.operands]
    dated = any(ground.dates for ground in grounds)  # then no time of an earlier sentence is in force
    for fact in statement.dates:
        givers = [ground for ground in grounds if stated_date(statement, fact, ground, in_force=not dated)]
        if not givers:
            return Fault.DATE, fact.text
        reckoned = any(equal(one, other) for ground in givers for other in ground.quantities for one in operands)
        if not reckoned and max(cover(statement, [ground]) for ground in givers) < strictness.dated:
            return Fault.BOUND, fact.text
        if not statement.quantities and _dated_otherwise(statement, fact, grounds):
            return Fault.BOUND, fact.text
    text = "\n".join(ground.folded for ground in grounds)
    word = next((word for word in _RELATIVE.findall(statement.folded) if word not in text), "")
    return (Fault.DATE, word) if word else SOUND


def _dated_otherwise(statement: Statement, fact: DateFact, grounds: Sequence[Ground]) -> bool:
    """Tell whether the clauses that say nearly the same as the date's own each name a time, and none names that date.

    A figure is tied to its time by other checks; an opening or a prize is by this one alone.
    """
    clause = next((one for one in clauses_of(statement.text) if fact.text in one), "")
    mine = pairs_of(clause.replace(fact.text, " "))
    told = [(len(mine & pairs_of(one)), one, ground) for ground in grounds for one in ground.clauses]
    most = max((shared for shared, _, _ in told), default=0)
    if not mine or most < _SAME * len(mine):
        return False
    alike = [Ground(one, published=ground.published) for shared, one, ground in told if shared == most]
    return all(one.dates and not stated_date(statement, fact, one) for one in alike)
