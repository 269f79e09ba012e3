"""What a question asks for: the kind of answer, its unit, and the words that carry its meaning."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.text import fold


class AnswerKind(StrEnum):
    """What a right answer would be."""

    QUANTITY = "quantity"
    DATE = "date"
    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    NAME = "name"
    LIST = "list"
    DEFINITION = "definition"
    REASON = "reason"
    HOW = "how"
    YES_NO = "yes_no"
    COMPARISON = "comparison"
    CHANGE = "change"
    OTHER = "other"


_ORGANISATIONS = "公司|企业|单位|机构|部门|大学|学校|高校|医院|集团|研究院|研究所|银行|组织|协会|团队|政府|媒体|报社|报纸|厂"
_PLACES = "区|市|省|县|镇|村|街道|国家|国|城市|城|地方|地区|地点|地|州|洲|岛|位置|小区|社区|园区|片区|路|街"
_PEOPLE = "人|专家|院士|教授|记者|作者|领导|书记|董事长|总经理|负责人|创始人|院长|所长|主任|导演|演员|皇帝|国王|总统|将军"
_UNIT = r"(?:万|亿|千|百)*(?P<unit>[^\W\d_]{0,6})"

# In order: the first that matches decides. What stands before and after the interrogative is kept for the unit.
_KINDS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (AnswerKind.REASON, r"(?<!表现)(?<!视)(?<!称)(?<!成)为什么(?!\??$)|是为什么|为何|为啥|缘何|因何|怎么会|凭什么|原因|什么理由|何故|\bwhy\b"),
        (AnswerKind.COMPARISON, r"(?:哪个|哪家|哪年|谁|哪一?[个年家])[^?,。]{0,12}(?:更|最)[高多大少低小快慢长早晚]"
         r"|相差|差多少|差几|[高多少低大小快慢长]出?多少(?:倍|个百分点)|加起来|合计|总共加|之和|对比|相比"
         r"|比(?!例|重|赛|分)[^?,]{1,20}(?:更|还|[高多少低大小快慢长早晚][^?,]{0,4}(?:吗|多少|几|还是|\??$))"),
        (AnswerKind.CHANGE, r"(?:有什么|有何|怎样的?|哪些|什么)变化|变化(?:趋势|情况)|怎么变|历年|趋势|前后.{0,6}(?:不同|变)"),
        (AnswerKind.LIST, r"哪些|哪几|分别(?:是|为|有|指|叫|在|位于|由|包括)|都有(?:什么|谁|哪|啥)|有(?:什么|啥)(?=[^?]{0,8}\??$)|包括(?:什么|啥|谁)|列(?:出|举|一下)|各是|各有"),
        (AnswerKind.DATE, r"何时|什么时候|啥时候?|什么时间|哪一?[年月天日]|几[月号日](?!游)|几时|何年|何月|多会儿?|什么年代|哪个(?:年份|月|年|世纪|时期|朝代)|什么日子|年份|日期|\bwhen\b|what (?:year|date|time)"),
        (AnswerKind.QUANTITY, r"多少|几(?!乎|何|经)|多[大长高远重宽深久厚]|占比|比例|百分比|百分之|比重|\bhow (?:many|much|long|large|big|far|old)\b|(?:数量|人数|面积|产值|总量|总额|增速|增幅|增长率|规模|金额|价格|长度|高度|人口|目标)(?:是|为|达|有)?(?:什么|啥)?\??$"),
        (AnswerKind.PERSON, rf"谁|哪[一]?位|何人|什么(?:{_PEOPLE})|哪个(?:{_PEOPLE})|哪名|\bwho\b|\bwhom\b|(?:姓名|名字)(?:是|叫)什么"),
        (AnswerKind.ORGANISATION, rf"(?:哪|什么|何)(?:一?[个家所些间])?[^?,是的]{{0,4}}?(?:{_ORGANISATIONS})|\bwhich (?:company|organi[sz]ation|university)"),
        (AnswerKind.PLACE, rf"哪里|哪儿|在哪|位于哪|何处|何地|什么地方|(?:哪|什么|何)(?:一?[个座条])?(?:{_PLACES})|去哪|\bwhere\b"),
        (AnswerKind.DEFINITION, r"什么是|^[^的]{1,18}(?:是|指的是|是指)(?:什么|啥|何物|什么东西)\??$|什么意思|含义|定义|何谓|所谓|介绍(?:一下|下)|讲讲|说说|是干(?:什么|啥|嘛)的|了解一下|\bwhat is\b|\bwhat's\b"),
        (AnswerKind.HOW, r"如何|怎么|怎样|怎的|咋|通过(?:什么|哪种|何种)|用(?:什么|啥)(?:方式|方法|办法|手段)|以何种|\bhow\b"),
        (AnswerKind.YES_NO, r"吗|(?:是|有|能|会|可|要|该|对|行|好)(?:不|没)(?:是|有|能|会|可|要|该|对|行|好)|是否|有否|能否|可否|会否|(?<!什)么\??$|没有\??$|\b(?:is|are|does|did|do|has|have|can|will)\b"),
        (AnswerKind.NAME, r"什么|哪|何|啥|叫做?|名(?:称|字)|\bwhat\b|\bwhich\b"),
    )
)
_ASKED_UNIT = re.compile(rf"(?:多少|几)(?:个)?{_UNIT}")
_NOT_UNITS = frozenset("的了呢吗是在有到被会能和与及来过去达占比啊呀")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what it asks for. `text` as cleaned, `folded` of the same length, `unit` after 多少/几 or empty.

    `focus` is the stretch of `text` that holds the interrogative; the whole when there is none.
    """

    text: str
    folded: str
    kind: AnswerKind
    unit: str = ""
    focus: tuple[int, int] = (0, 0)


def understand(question: str) -> Asked:
    """Return what `question` (already cleaned and standalone) asks for. Pure; never fails."""
    folded = fold(question)
    for kind, pattern in _KINDS:
        found = pattern.search(folded)
        if found:
            return Asked(question, folded, kind, _unit(folded) if kind in _COUNTED else "", found.span())
    return Asked(question, folded, AnswerKind.OTHER, "", (0, len(folded)))


_COUNTED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.CHANGE})


def _unit(folded: str) -> str:
    found = _ASKED_UNIT.search(folded)
    unit = found.group("unit") if found else ""
    return "" if unit[:1] in _NOT_UNITS else unit
