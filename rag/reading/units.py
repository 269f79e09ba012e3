"""Which quantities could answer a question: what is measured, and in which unit."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.facts import Measure, Quantity, quantities
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.question.kinds import AnswerKind, Asked

_COUNTED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON})
_WORDS = re.compile(
    "户籍|户外|年轻|年产|年收|家庭|家长|家电|天然|名牌|种植|种子"
)  # words that begin like a unit: 多少户籍人口
_COUNTED_THING = re.compile(
    f"(?:{any_of('rag/counted')}|{any_of('rag/organisations')}|{any_of('rag/people')})"
)  # 多少规上企业
_ANY_COUNT = frozenset("个种项")  # said of nearly everything that is counted
# In order; the first that matches decides. Words for what is measured, never for one thing that is measured.
_SAID: tuple[tuple[re.Pattern[str], frozenset[Measure]], ...] = tuple(
    (re.compile(pattern), frozenset(measures))
    for pattern, measures in (
        (r"(?:多少|几)个?百分点", {Measure.POINTS}),
        (
            r"占[^,?]{1,16}多少(?![万亿个家名人元平亩公])|占比|比例|比重|百分比|百分之几|几成|增速|增幅|[涨跌降]幅|增长率|增长的?目标|(?:增长|提升|提高|下降|减少|[涨跌])了?(?:多少|几)(?!亿|万|[个家名人])|(?<!分辨)率(?:是|为|达|有)?多少",
            {Measure.SHARE, Measure.POINTS},
        ),
        (
            r"(?:(?<![一二三四五六七八九十\d])期|期限|年限|时间|时长|寿命)(?:是|为|有|要)?多长|多久|多长时间|多少时间|几[天年](?!的)|几个?小时|几分钟|几个月|多少年(?!轻)|多少天",
            {Measure.DURATION, Measure.AGE},
        ),
        (r"多大年[纪龄]|几岁|年龄|岁数", {Measure.AGE}),
        (r"面积|占地|多少平|几平|多少亩", {Measure.AREA}),
        (r"(?:投资|产值|营收|收入|销售额?|资金|金额|贷款|预算|增加值)[^?]{0,4}多[大少]", {Measure.MONEY}),
        (r"规模[^?]{0,3}多大", {Measure.MONEY, Measure.AREA, Measure.COUNT, Measure.PEOPLE}),
        (r"多大(?=面积|[?]?$)", {Measure.AREA, Measure.AGE}),
        (r"多远|距离", {Measure.LENGTH, Measure.DURATION}),
        (r"多[宽高深厚长]|长度|宽度|高度|里程|身高", {Measure.LENGTH}),
        (r"多重|重量", {Measure.MASS}),
        (
            rf"(?:投资|外资|税收|产值|营收|收入|利润|支出|预算|(?<![名份限])额)的?(?:目标)?(?:是|为)?[?]?$|{any_of('rag/money')}|多少[亿万]?元|几[亿万]|[票房股均造单售油电水]价|gdp",
            {Measure.MONEY},
        ),
        (r"多少人|几[个位名]人|几[位名]|多少[位名]|人数|人口|员工", {Measure.PEOPLE}),
    )
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a fitting quantity measures; `bases` are the units it may have, none when any will do."""

    measures: frozenset[Measure]
    bases: frozenset[str] = frozenset()


@lru_cache(maxsize=256)
def wanted(asked: Asked) -> Wanted | None:
    """Return what a quantity that answers must measure; None when no quantity is asked for, or nothing says which.

    Remembered: every sentence of a question is measured by it.
    """
    if asked.kind not in _COUNTED:
        return None
    if asked.unit.startswith("一"):  # 多少一平米
        return Wanted(frozenset({Measure.MONEY}))
    if asked.unit and asked.unit[:1] not in _ANY_COUNT and not _WORDS.match(asked.unit):
        for length in range(min(4, len(asked.unit)), 0, -1):
            found = found_quantities("5" + asked.unit[:length])
            if found and found[0].measure is not Measure.BARE and found[0].end == length + 1:
                measure, base = found[0].measure, found[0].base
                return Wanted(frozenset({measure}), frozenset({base} if measure is not Measure.DURATION else ()))
    for pattern, measures in _SAID:
        if pattern.search(asked.folded):
            return Wanted(measures)
    return Wanted(frozenset({Measure.COUNT, Measure.PEOPLE})) if _COUNTED_THING.search(asked.unit) else None


def measures_something_else(asked: Asked, text: str) -> bool:
    """Tell whether an amount of one measure is asked for (an area, a length, money) and a sentence holds none of it.

    What is counted may be told by any measure word, or by a list; that is left to the reader.
    """
    what = wanted(asked)
    if what is None or what.measures & _TOLD_IN_MANY_WAYS:
        return False
    if Measure.DURATION in what.measures and _WITHIN_DAYS.search(text):
        return False
    return not any(
        fits(quantity, what) and not is_left_out(asked, text, quantity.start) for quantity in found_quantities(text)
    )


_WITHIN_DAYS = re.compile("[0-9一二三四五六七八九十]日[内起]")  # 日 is no unit: it ends most dates
_TOLD_IN_MANY_WAYS = frozenset({Measure.COUNT, Measure.PEOPLE, Measure.BARE})
_LEAVES_OUT = re.compile(f"{any_of('rag/leaves_out')}(?P<what>[^,;:.!?0-9]{{0,16}})$")


def is_left_out(asked: Asked, text: str, start: int) -> bool:
    """Tell whether the amount at `start` is of something that is left out, which nobody asks for: 不含征地费用4亿元."""
    found = _LEAVES_OUT.search(fold(text[:start]))
    if found is None:
        return False
    return not any(found["what"][at : at + 2] in asked.folded for at in range(len(found["what"]) - 1))


def is_of_the_rest(asked: Asked, topics: Collection[str], text: str) -> bool:
    """Tell whether an amount is asked of what a sentence only says to be among the rest: 春茧1290吨，其余为夏茧和晚秋茧."""
    told, _, rest = fold(text).partition("其余")
    if asked.kind not in _COUNTED or not rest or found_quantities(rest):
        return False
    return any(len(topic) > 1 and topic in rest and topic not in told for topic in map(fold, topics))


_UNITS_OF = {Measure.AREA: "平方公里、平方米、亩、公顷", Measure.LENGTH: "公里、米"}


def with_units(asked: Asked) -> tuple[str, ...]:
    """Return the units in which a size that is asked for is usually told, to be searched as well; else nothing."""
    what = wanted(asked)
    return tuple(words for measure, words in _UNITS_OF.items() if what is not None and measure in what.measures)


def fits(quantity: Quantity, what: Wanted | None) -> bool:
    """Tell whether `quantity` could be what is asked for; a bare number only when nothing is known of it."""
    if what is None:
        return True
    if quantity.measure is Measure.BARE:  # 收视率7.07: a share is often printed without its sign
        return Measure.SHARE in what.measures
    return quantity.measure in what.measures and (not what.bases or quantity.base in what.bases)


_TIME = re.compile(
    rf"{any_of('rag/times')}|\d{{2,4}}年|\d{{1,2}}月|\d{{1,2}}[日号](?!线)|[〇零一二三四五六七八九十]{{2,4}}年|[一二三四五六七八九十]{{1,2}}月|[唐宋元明清隋汉]代|[今去前明当同次每近]年|(?<![\d.])[12]\d{{3}}(?!\d|[家个名人])|年[初底末]|月[初底末中]|近[日期]|周[一二三四五六日]|\"五一\"|[\d一二三四五六七八九十][点时]"
)
# What an answer must hold when its type is asked for by name: 哪所大学, 哪个街道. Companies and units leave theirs out.
_TYPED = frozenset({AnswerKind.ORGANISATION, AnswerKind.PLACE, AnswerKind.NAME})
_TYPES = re.compile(
    rf"(?:哪|什么|何)(?:一?[所家个座条支])?({any_of('rag/types')})(?![^?,。]{{0,2}}[的是]?[^?,。]{{0,2}}(?:人|者))"
)
_TYPE_FORMS = {"高校": "大学|学院|高校", "学校": "大学|学院|中学|小学|学校", "大学": "大学|学院", "车站": "站"}
_ORDINAL = re.compile(r"第\s*[\d一二三四五六七八九十百]|[冠亚季]军|首位|榜首|之首")
_CONTACT = re.compile(r"电话|手机|号码|联系方式|邮箱|微信|网址|网站|邮编")
_CONTACT_VALUE = re.compile(r"[\d-]{6,}|@|www|http")


def lacking(asked: Asked, text: str, matched: NDArray[np.bool_]) -> bool:
    """Tell whether a sentence lacks what every answer of the asked kind holds, apart from words of the question.

    `matched` tells which characters of `text` the question holds itself. A quantity needs one that fits, or the noun
    that is counted; a date needs a word of time; a telephone number needs digits. Other kinds lack nothing.
    """
    if _CONTACT.search(asked.folded) and asked.kind is not AnswerKind.DEFINITION:
        return _CONTACT_VALUE.search(text) is None
    if asked.kind is AnswerKind.DATE:
        return all(matched[found.start() : found.end()].all() for found in _TIME.finditer(text))
    if asked.kind in _TYPED:
        return _lacks_type(asked, text, matched)
    if asked.kind is not AnswerKind.QUANTITY:
        return False
    if "第几" in asked.folded or re.search(r"排名?第?几", asked.folded):
        return _ORDINAL.search(text) is None
    what = wanted(asked)
    new = [quantity for quantity in found_quantities(text) if not matched[quantity.start : quantity.end].all()]
    if what is None and asked.unit and asked.unit[:1] not in _ANY_COUNT:
        return asked.unit[:2] not in fold(text)
    return not any(fits(quantity, what) for quantity in new)


def _lacks_type(asked: Asked, text: str, matched: NDArray[np.bool_]) -> bool:
    found = _TYPES.search(asked.folded)
    if found is None:
        return False
    forms = re.compile(_TYPE_FORMS.get(found[1], found[1]))
    return all(matched[hit.start() - 1 : hit.end()].all() for hit in forms.finditer(fold(text)))


@lru_cache(maxsize=8192)
def found_quantities(text: str) -> tuple[Quantity, ...]:
    """Return `corpus.chinese.facts.quantities`, remembered: the same sentences are candidates again and again."""
    return quantities(text)
