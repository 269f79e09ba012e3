"""What a question asks for: the kind of answer, its unit, and where the words that ask stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from corpus.chinese.text import fold
from corpus.chinese.words import any_of, words


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


SEVERAL = frozenset(
    {AnswerKind.REASON, AnswerKind.HOW, AnswerKind.LIST, AnswerKind.DEFINITION, AnswerKind.CHANGE}
)  # kinds whose answer may take several sentences


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


_ORGANISATIONS = any_of("rag/organisations")
_PLACES = any_of("rag/place_nouns")
_PEOPLE = f"{any_of('rag/people')}|人(?!才|工|数|口|员|群|生|气|物|类|次)"
_ROLES = words("rag/roles")
_DEGREE = any_of("rag/degree")
# Nouns for an attribute: «X的目标是什么» asks for a thing to be named, «X是什么» for X to be explained.
_ATTRIBUTES = words("rag/attributes")
_UNIT = r"(?:万|亿|千|百)*(?P<unit>[^\W\d_]{0,6})"
_NOT_HOW = "(?<![如为任因缘])"

# In order: the first that matches decides.
_KINDS: tuple[tuple[AnswerKind, tuple[str, ...]], ...] = (
    (
        AnswerKind.REASON,
        (
            r"(?<!表现)(?<!视)(?<!称)(?<!成)(?<!命名)(?<!作)(?<!认)为什么(?!\??$)",
            r"(?:是|又|却|这|那|,|^)为什么\??$|^为什么|为啥(?!\??$)|(?:是|,|^)为啥",
            rf"{any_of('rag/why')}|为何(?!物|人)|怎么(?=这么|那么)|何种?原因|原因(?:是|在于|有|为|呢|\??$)|\bwhy\b",
        ),
    ),
    (
        AnswerKind.COMPARISON,
        (
            rf"(?:哪一?[个家所座条种类年边方处项]|谁|哪里|哪儿|哪)[^?,。]{{0,14}}更(?:加|为)?(?:{_DEGREE})",
            rf"(?:和|与|跟|同|还是|,|、|比)[^?。]{{1,24}}(?:哪一?[个家所座条种类边方处项]|谁|哪里|哪儿|哪)[^?,。]{{0,8}}(?:最|更|比较)?(?:{_DEGREE})(?:一?[些点])?(?:\??$|[,? 多少几快高])",
            rf"比(?!{any_of('rag/no_comparison')})[^?,。]{{1,20}}{any_of('rag/compared')}(?:[^?,。]{{0,4}}(?:吗|多少|几|还是))",
            r"(?:多|少|快|低|高出|大|省)(?:出|了)?(?:多少|几)(?=[倍亿万家个名亩岁年]|平方|时间)(?<!至多少)(?<!至少几)|多多少|少多少|快多少",
            r"相差|差(?:距|额|值)?(?:是|有|了)?(?:多少|几|多大)|(?:还|离|距)[^?]{0,24}差|加起来|合计|总共加|之和|总和|几倍|多少倍(?!增)|对比|相比(?=[^?]{0,16}(?:多少|几|增|高|低|多|少|怎|如何|吗))|做?个?比较|孰",
            r"从[^?,]{2,20}到[^?]{1,30}(?:增加|增长|减少|下降|提高|提升|降低|多|少|涨)了?(?:多少|几)",
        ),
    ),
    (
        AnswerKind.CHANGE,
        (
            r"(?:有什么|有何|有哪些|怎样的?|哪些|什么|何种|有啥)(?:样的?)?(?:新|大|重大|明显)?变化|变化(?:趋势|情况|如何|大吗|了吗|了?什么|是)|怎么变|怎样变|如何变化|历年|(?:变化|发展|走|增长)趋势|前后.{0,6}(?:不同|变)|(?:状态|情况|进展)[^?]{0,4}变",
        ),
    ),
    (
        AnswerKind.LIST,
        (
            rf"哪些|哪几(?!年)|(?:在|有|是)那些|分别{any_of('rag/after_each')}|都(?:有|是|包括)(?:什么|谁|哪|啥)",
            r"[二两三四五六七八九十百\d](?:大|个|项|条|种|类|位|家|所|朵|座|方面)[^?,]{0,14}(?:是|为|指)(?:什么|啥|谁)|各[^?,自]{0,4}(?:多少|几)",
            r"(?<![具没只还])有(?:什么|啥|何)(?!时候|关系|区别|意思|名字|不同)(?=[^?,]{0,8}(?:\??$|,))|包[括含](?:什么|啥|谁|哪)|由(?:什么|哪)[^?]{0,6}(?:组成|构成)|列(?:出|举|一下)|各(?:是|有|为)|还有(?:谁|什么|啥|哪)|哪[二两三四五六七八九十]",
        ),
    ),
    (
        AnswerKind.DATE,
        (
            r"何时|什么时[候间刻期段](?!才能)|啥时候?|哪[一几]?个?(?:年(?!级)|月|天|日(?!报)|时候|时期|时间|时段|季度|世纪|朝代|年代|年度)|几月|几号(?!线|楼|馆|院)|几日(?!游)|几时|何年|何月|何日|多会儿?|什么(?:年代|朝代|日子|世纪|年份|日期)|几点(?!建议|意见|要求|措施)|几几年",
            r"^(?!.*(?:如何|怎么|怎样)).*(?:日期|年份|(?<!多少)(?<!多长)时间|生日|年代)(?:是|为)?(?:什么|啥|几|哪|多少)?\??$|\bwhen\b|what (?:year|date|time)",
        ),
    ),
    (
        AnswerKind.QUANTITY,
        (
            rf"多少|几(?!乎|何|经|内|回)|(?<![很许])多(?:[长高远重宽深久厚]|大(?!程度|学))(?!期|度|度是|级|度的)|占比|百分比|百分之|比重(?:是|有|为|\??$)|比例(?:是|有|为|\??$)|([{'多大高远长久'}])不\1|够不够",
            r"\bhow (?:many|much|long|large|big|far|old)\b",
            rf"(?:{any_of('rag/amounts')}|gdp)(?:是|为|达|有|和增速)?(?:什么|啥)?\??$",
        ),
    ),
    (
        AnswerKind.DEFINITION,
        (
            r"^(?!.{0,12}(?:的|由|被|跟|和|与|给|对|把))[^?,的]{2,4}(?<!"
            + ")(?<!".join(_ROLES)
            + r")是(?:谁|什么人|何人|哪位)\??$",
        ),
    ),
    (
        AnswerKind.PERSON,
        (
            rf"谁|{_NOT_HOW}(?:哪一?位|何人|哪名)|(?:什么|哪一?个|何)(?:{_PEOPLE})|\bwho\b|\bwhom\b|姓(?:什么|啥|甚)",
            r"(?:人|长|经理|书记|主任|专家|员|家|师|者)的?(?:姓名|名字)?(?:是|叫)(?:什么名字|什么|啥|什么名|啥名)\??$",
        ),
    ),
    (
        AnswerKind.ORGANISATION,
        (
            rf"(?:哪|什么|{_NOT_HOW}何)(?:一?[个家所些间支])?(?:样的)?[^?,是的对把促让给在了]{{0,3}}?(?:{_ORGANISATIONS})(?!方案|政策|活动)|哪一?[家所]|\bwhich (?:company|organi[sz]ation|university)",
        ),
    ),
    (
        AnswerKind.PLACE,
        (
            rf"哪里|哪儿|在哪|位于哪|{_NOT_HOW}何[处地]|什么地方|(?:哪|什么|{_NOT_HOW}何)(?:一?[个座条片])?(?:{_PLACES})(?!理|位)|去哪|到哪|归哪|(?:坐落|位)于什么|出生地|籍贯|\bwhere\b",
        ),
    ),
    (
        AnswerKind.DEFINITION,
        (
            rf"{any_of('rag/definitions')}|^什么是|(?:是|有)(?:什么|啥|何)意|介绍(?:一?下)|是干(?:什么|啥|嘛)的?|是做(?:什么|啥)的|干(?:什么|啥|嘛)用|是怎么(?:一?回事|个?东西)|是(?:一?[个座种家])?(?:什么|啥)(?:样的?|东西|玩意|概念|理念|模式|机制|性质|单位|来头)|是(?:什么样|怎样|怎么样)的?(?:一?[个座种家])?|(?:具体)?(?:是)?指(?:的是)?(?:什么|啥)|\bwhat is\b|\bwhat's\b",
            rf"^(?![^?]{{0,20}}[的用从以在靠对将把被由了最])[^?,]{{1,18}}(?<!{')(?<!'.join(_ATTRIBUTES)})(?:(?<!原)(?<!的)是|到底是|究竟是|是指)(?:个|一个)?(?:什么|啥|何物|什么东西)\??$",
            r"^什么(?:叫做?|算是?)[^?]{2,12}\??$",
        ),
    ),
    (
        AnswerKind.HOW,
        (
            r"如何|怎么|怎样|怎的|咋|何以|怎办|(?:通过|采用|用|以|利用|借助|运用)(?:了)?(?:什么|啥|哪种|何种)(?:样的?)?(?:方式|方法|办法|手段|途径|渠道|措施|形式|模式)|以何种|\bhow\b",
        ),
    ),
    (
        AnswerKind.YES_NO,
        (
            r"吗|(?P<either>[\u4e00-\u9fff])[不没](?P=either)|是否|有否|能否|可否|会否|需否|(?<![什怎那这多])么\??$|(?:了|过|有)没(?:有)?\??$|没有\??$|对吧|是吧|对不|不\??$|\b(?:is|are|does|did|do|has|have|can|will)\b",
        ),
    ),
    (
        AnswerKind.NAME,
        (r"(?:是|为|叫|指|在于|包括|指的是)\??$|什么|哪|何|啥|叫做?\??$|名(?:称|字)|\bwhat\b|\bwhich\b",),
    ),
    (
        AnswerKind.QUANTITY,
        (
            rf"(?:数|率|额|值|量|数字|{any_of('rag/told_amounts')}|{any_of('rag/amounts')})(?:的?(?:增长|预期)?目标)?\??$",
        ),
    ),
)
_PATTERNS: tuple[tuple[AnswerKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile("|".join(f"(?:{one})" for one in parts) if len(parts) > 1 else parts[0]))
    for kind, parts in _KINDS
)
_ASKED_UNIT = re.compile(rf"(?:多少|几)(?:个)?{_UNIT}")
_OF_A_SIZE = re.compile(r"(?:多少|几)个?[千百万亿]+元?(?:以上|级)的?(?P<unit>[^\W\d_]{1,6})")  # 多少个亿元以上项目
_LATE_TIME = re.compile(r"[ ,]*(?:19|20)\d\d年?(?:[上下]半年)?$")  # 临平 gdp 2023 asks for a figure
_NOT_UNITS = frozenset("的了呢吗是在有到被会能和与及来过去达占比啊呀")
_COUNTED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.CHANGE})


def understand(question: str) -> Asked:
    """Return what `question` (already cleaned and standalone) asks for. Pure; never fails."""
    folded = fold(question)
    for text in dict.fromkeys((folded, _LATE_TIME.sub("", folded))):
        for kind, pattern in _PATTERNS:
            found = pattern.search(text)
            if found:
                return Asked(question, folded, kind, _unit(folded) if kind in _COUNTED else "", found.span())
    return Asked(question, folded, AnswerKind.OTHER, "", (0, len(folded)))


def _unit(folded: str) -> str:
    found = _OF_A_SIZE.search(folded) or _ASKED_UNIT.search(folded)
    unit = found.group("unit") if found else ""
    return "" if unit[:1] in _NOT_UNITS else unit
