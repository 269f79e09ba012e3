"""A plan is no result, and a result no plan."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.chinese.text import fold
from corpus.chinese.timing import modality
from corpus.chinese.words import any_of
from corpus.records import Modality
from rag.checks.statements import Ground, Statement, clauses_of, nearest_clause, pairs_of

_PURPOSE = re.compile("是指|为了|以便|是为|旨在|^要|^会|^还有|可以|能够?(?!级)|引导|鼓励|支持")
_DONE = re.compile("已(?!知)|夺得|荣获|建成|完成|竣工|投用|投入使用|实现了|达成|成了|落成")
_HAPPENED = re.compile("[\u4e00-\u9fff](?<![为除到])了(?![解望吗])")
_NOT_YET = re.compile(
    "将(?!军|近)|拟(?!人)|(?<!年度)计划|规划|目标|力争|预计|有望|即将|准备|打算|会(?=支持|引导|联动)|择机|致力于|正式动工|选址|努力|聚力|有望|排队|冲刺|旨在|正在(?!.{0,4}下)"
)
_COMING = re.compile('将(?!军|近|领|士|目标|原本)|即将|(?<![资度动年略展领])计划(?![”"》,.])|拟(?!人|态)|打算|预计')


def result_told_as_plan(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a sentence says of something that it is to come, and no ground does."""
    for clause in clauses_of(statement.text):
        if not _COMING.search(fold(clause)):
            continue
        mine = pairs_of(clause)
        alike = [one for ground in grounds for one in ground.clauses if len(mine & pairs_of(one)) >= 0.15 * len(mine)]
        before = [text for one in alike for text in _up_to(one, grounds)]
        if before and not any(_NOT_YET.search(fold(one)) or modality(one) is Modality.PLAN for one in before):
            return True
    return False


def _told_as_done(statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether a clause says that something is done, and what the grounds say of it nearest is to come."""
    for clause in clauses_of(statement.text):
        if not (_DONE.search(fold(clause)) or _HAPPENED.search(fold(clause))) or _NOT_YET.search(fold(clause)):
            continue
        nearest = nearest_clause(clause[-_PREDICATE:], grounds, 0.25)
        if nearest is None or re.search("已|了", nearest):
            continue
        before = next((one for one in _up_to(nearest, grounds)), "")
        done = _DONE.search(fold(nearest)) is not None
        if _NOT_YET.search(fold(nearest)) or (
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
        _COMING.search(statement.folded) or (question and _ASKS_PLAN.search(fold(question)))
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
    yield from _up_to(nearest, grounds)


def _up_to(nearest: str, grounds: Sequence[Ground]) -> Iterator[str]:
    """Yield the beginning of the ground that holds a clause, up to the end of that clause."""
    for ground in grounds:
        at = ground.text.find(nearest)
        if at >= 0:
            yield ground.text[: at + len(nearest)]
            return
