"""A sentence may give no other figure, date or item than the one that its span answers the question with."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Measure, comparable, equal, quantities
from corpus.chinese.text import fold
from rag.checks.dates import stated_date
from rag.checks.statements import BETWEEN_ITEMS, Ground, Statement
from rag.proof.values import SURE, Read, items_of, letters, shared

_WHO = re.compile("谁|哪[位家个所座]|叫啥|叫什么|什么名|名字|姓啥")
_FURTHER = re.compile("其中|此外|另外|同时|还")


def contradicts(statement: Statement, question: str, reads: Sequence[Read]) -> str:
    """Return the value that the spans answer with where a sentence gives another one of the kind; or nothing."""
    if _FURTHER.match(statement.folded):  # says itself that it tells of something else
        return ""
    for read in reads:
        if read.probability < SURE or not read.answers:
            continue
        first = read.answers[0]
        if _other_date(statement, first, question) or _other_item(statement.text, first):
            return first
        asked = [one for one in quantities(first) if one.measure is not Measure.BARE]
        own = [one for one in statement.quantities if not _asked_with(one.text, question)]
        if len(asked) == 1 and 2 * len(asked[0].text) >= len(first) and own and not re.search("[=≈]", statement.folded):
            alike = [one for one in own if comparable(one, asked[0])]
            if alike and not any(equal(one, asked[0]) for one in alike):
                return first
        elif _WHO.search(fold(question)) and not quantities(first) and 2 <= len(first) <= 12:
            text = letters(statement.text)
            if not any(shared(answer, text) >= 0.5 for answer in read.answers[:3] if answer):
                return first
    return ""


def _other_date(statement: Statement, answer: str, question: str) -> bool:
    """Whether a sentence gives a date where the answer is another one as fine."""
    given = [one for one in Statement(answer).dates if 2 * len(one.text) >= len(answer)]
    own = [one for one in statement.dates if not _asked_with(one.text, question)]
    fine = (
        [one for one in own if [one.month is None, one.day is None] == [given[0].month is None, given[0].day is None]]
        if given
        else []
    )
    return (
        bool(fine)
        and not any(stated_date(Statement(one.text), one, Ground(answer)) for one in fine)
        and all(one.year and given[0].year for one in fine)
    )


def _other_item(sentence: str, answer: str) -> bool:
    """Whether a list has most items of the answer, and one that is none of them."""
    items = items_of(answer)
    lists = re.findall("[^，。；：]*、[^，。；：]*", sentence)
    if len(items) < 3 or "、" not in answer or re.search("[，,0-9]", answer) or not lists:
        return False
    listed = max(lists, key=lambda one: sum(item in letters(one) for item in items))
    mine = [letters(item) for item in BETWEEN_ITEMS.split(listed)[1:]]
    told = [any(item[:2] == one[:2] or one in item for one in items) for item in mine if len(item) >= 2]
    return sum(item in letters(sentence) for item in items) >= 2 and told.count(False) == 1


def _asked_with(text: str, question: str) -> bool:
    return fold(text) in fold(question)
