"""Every date of a sentence is given by a span that speaks of what the sentence tells; 今年, 去年 … by the very word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import equal
from corpus.chinese.words import any_of
from rag.checks.content import Strictness, cover
from rag.checks.dates import stated_date
from rag.checks.faults import SOUND, Fault, Found
from rag.checks.reckoning import Formula
from rag.checks.statements import Ground, Statement

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
    text = "\n".join(ground.folded for ground in grounds)
    word = next((word for word in _RELATIVE.findall(statement.folded) if word not in text), "")
    return (Fault.DATE, word) if word else SOUND
