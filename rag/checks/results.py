"""A result is no plan."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.timing import modality
from corpus.records import Modality
from rag.checks.coming import COMING, NOT_YET, up_to
from rag.checks.statements import Ground, Statement, clauses_of, pairs_of


def result_told_as_plan(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a sentence says of something that it is to come, and no ground does."""
    for clause in clauses_of(statement.text):
        if not COMING.search(fold(clause)):
            continue
        mine = pairs_of(clause)
        alike = [one for ground in grounds for one in ground.clauses if len(mine & pairs_of(one)) >= 0.15 * len(mine)]
        before = [text for one in alike for text in up_to(one, grounds)]
        if before and not any(NOT_YET.search(fold(one)) or modality(one) is Modality.PLAN for one in before):
            return True
    return False
