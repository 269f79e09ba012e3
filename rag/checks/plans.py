"""A plan is no result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.chinese.text import fold
from corpus.chinese.timing import modality
from corpus.chinese.words import any_of
from corpus.records import Modality
from rag.checks.coming import COMING, NOT_YET, up_to
from rag.checks.statements import Ground, Statement, clauses_of, nearest_clause

_PURPOSE = re.compile("是指|为了|以便|是为|旨在|^要|^会|^还有|可以|能够?(?!级)|引导|鼓励|支持")
_DONE = re.compile("已(?!知)|夺得|荣获|建成|完成|竣工|投用|投入使用|实现了|达成|成了|落成")
_HAPPENED = re.compile("[\u4e00-\u9fff](?<![为除到])了(?![解望吗])")


def _told_as_done(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a clause says that something is done, and what the grounds say of it nearest is to come."""
    for clause in clauses_of(statement.text):
        if not (_DONE.search(fold(clause)) or _HAPPENED.search(fold(clause))) or NOT_YET.search(fold(clause)):
            continue
        nearest = nearest_clause(clause[-_PREDICATE:], grounds, 0.25)
        if nearest is None or re.search("已|了", nearest):
            continue
        before = next((one for one in up_to(nearest, grounds)), "")
        done = _DONE.search(fold(nearest)) is not None
        if NOT_YET.search(fold(nearest)) or (
            not done and modality(before) is Modality.PLAN and not _DONE.search(fold(before))
        ):
            return True
    return False


_PREDICATE = 10  # characters at the end of a clause that say what is done


def plan_told_as_result(statement: Statement, grounds: Sequence[Ground], question: str = "") -> bool:
    """Whether a goal is told as if it were reached. A date after the article's own is a goal by itself.

    A question about what is to come says so for its answer.
    """
    if _told_as_done(statement, grounds):
        return True
    if modality(statement.text) is Modality.PLAN or _PURPOSE.search(statement.folded):
        return False
    if not _DONE.search(statement.folded) and (
        COMING.search(statement.folded) or (question and _ASKS_PLAN.search(fold(question)))
    ):
        return False
    newest = max((ground.published.last for ground in grounds if ground.published), default=None)
    if newest is not None and any(fact.year and fact.year > newest.year for fact in statement.dates):
        return False
    return any(
        modality(before) is Modality.PLAN
        for clause in clauses_of(statement.text)
        for before in _up_to_nearest(clause, grounds)
    )


_ASKS_PLAN = re.compile(f"{any_of('rag/plan_asks')}|要(?!求|闻|点)|(?:建成|建好|完工|投用|开通|落成)之?后")


def _up_to_nearest(clause: str, grounds: Sequence[Ground]) -> Iterator[str]:
    nearest = nearest_clause(clause, grounds)
    if nearest is None or _DONE.search(fold(nearest)):
        return
    yield from up_to(nearest, grounds)
