"""Counts that need no source: of what the sentence itself tells, of its operands and spans, of what the question counts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Measure, Quantity
from corpus.chinese.text import fold
from rag.checks.reckoning import Formula
from rag.checks.statements import Statement

_FIRST = 2  # characters before a count of what the sentence itself tells: 这两项
_OWN = re.compile("[两二三四2-4][项者篇种处个]")
_EACH = re.compile("(?<![第其])(?:另?一|各)[项篇种处个家]")
_COUNTING = re.compile("[一两二三四五六七八九十][个条种项步类朵家位部座年天]")


def counts_itself(statement: Statement, quantity: Quantity, shown: Sequence[Formula], spans: int) -> bool:
    """Whether a sentence begins with a count of its operands, of the spans or of what it tells one by one: 两项合计, 两篇都写."""
    if quantity.start > _FIRST or _OWN.fullmatch(fold(quantity.text)) is None:
        return False
    told = len(_EACH.findall(statement.folded))
    return quantity.low in {*(len(formula.operands) for formula in shown), spans if spans > 1 else 0, told}


def listed(statement: Statement, quantity: Quantity) -> bool:
    """Whether a count is that of the things which the sentence itself lists: 共3家：甲、乙和丙."""
    if quantity.measure is not Measure.COUNT or not quantity.is_exact:
        return False
    before = re.split("[，。；：,;:是]|分为|有", statement.text[: quantity.start])[-1]
    if before.count("、") >= 1 and quantity.low == len(re.split("、|和|及", before)):
        return True  # 中国、韩国、印尼三个国家
    listing = re.search("[:：]|包括|分别是|有(?=[^，。；]{2,30}、)", statement.text[quantity.end :])
    if listing is None:
        return False
    body = re.split("[。；]", statement.text[quantity.end + listing.end() :])[0]
    items = [item for item in re.split("、|以及|和(?=[^、]*$)|及(?=[^、]*$)", body.rstrip("等。")) if item.strip()]
    return len(items) >= 2 and quantity.low == len(items)


def taken_up(quantity: Quantity, question: str) -> bool:
    """Whether a count is only taken up from the question: 哪三个方向, 一年."""
    text = fold(quantity.text)
    return _COUNTING.fullmatch(text) is not None and text in fold(question)
