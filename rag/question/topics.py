"""What a question is about: the names and terms in it, apart from the words that ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from corpus.chinese.text import fold
from rag.question.bigrams import is_ordinary
from rag.question.vocabulary import CorpusWords, RunCounts


class TopicKind(StrEnum):
    """What sort of thing a topic is, as far as its ending tells: a follow-up replaces like by like."""

    TIME = "time"
    PLACE = "place"
    ORGANISATION = "organisation"
    PERSON = "person"
    WORK = "work"  # a title in 《》 or a name in quotation marks
    MEASURE = "measure"  # what is counted or measured: 面积, 增速, 产值
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Topic:
    """A stretch `text` == question[start:end] that names something."""

    start: int
    end: int
    text: str
    kind: TopicKind


_TIME = re.compile(
    r"(?:(?:19|20)\d\d|(?<!\d)\d\d(?=年(?!历史|来|前|级|以)))年(?:(?:上|下)半年|第?[一二三四1-4]季度|[0-9一二三四五六七八九十]{1,3}月(?:份)?(?:[0-9]{1,2}[日号])?|年?[底末初中](?!心))?|(?<!\d)(?:19|20)\d\d(?!\d|[^年\W\d_])|[0-9一二三四五六七八九十]{1,3}月(?:份)?(?:[0-9]{1,2}[日号])?(?!台)|(?:今|去|前|明|后)年(?:(?:上|下)半年|年?[底末初])?|(?:上|下)半年|[一二三四1-4]季度|十[二三四五六]五|\"五一\"|目前|现在|最近|近期|当前|如今"
)
_QUOTED = re.compile(r"《[^《》]{1,40}》|\"[^\"]{1,30}\"|“[^“”]{1,30}”|「[^「」]{1,30}」")
# Words that ask, join or fill. They cut a question into pieces; what stays names something. Longest first.
_CUT = re.compile(
    "分别是|分别有|分别|什么时候|什么地方|什么样的?|什么时间|什么人|为什么|是什么|有什么|什么叫做?|什么|怎么样|怎么|怎样|如何|多少(?:个|家|名|位|亿|万|元|人(?![才员口工])|项|条|座|处|种|次|年(?!轻)|天|台|部|公里|平方公里|平方米|亩|户|间|所|倍|%)*"
    "|有没有|是不是|是否|能不能|会不会|可不可以|哪一[个年家位天些]|哪(?:个|家|年|位|些|里|儿|几|天|座|条|所|种|款|支|名|类(?!似)|方面|一)*|几(?!乎)(?:个|家|名|位|项(?!目)|条|座|处|种|次|年(?!轻)|天|月|号|大(?!型|学)|所|日|点)*|谁|何时|何地|何处|何人|为何|何|啥时候?|为啥|啥|咋样?|吗|呢|呀|啊|吧|嘛|么(?!$)|哦|啦"
    "|多[大久长高远宽重深]|请问|一共|总共|合计|共计|共|大概|大约|大致|左右|到底|究竟|具体|主要|一般|分为|属于|位于|坐落于?|地处|在于|用于|来自|来着|已(?!婚)|可以|能够|应该|需要|已经|曾经|正在|将来|将会|即将|打算|计划(?=[^,。?]{0,3}(?:什么|哪|怎|多|何))|准备(?=建|在|开|打)|介绍一?下?|说说|讲讲|谈谈|告诉我?|知道"
    "|达到了?|实现了?|完成了?(?=[^,。]{0,4}(?:多少|几))|拥有|具有|包括|包含|涉及|涵盖|成为|作为|称为|被称为?|叫做?|名叫|指的是|指的|指|占(?!地)|比(?=[^赛例重])|和|与|跟|同(?=[^比时意济])|及|以及|或者?|还是|的话|的|得(?=[^到了分])|了|着|过(?=[^去程年])|是|有(?=[^限机关色])|在(?!线|建)|从(?!事|业)|到(?=[^来])|往(?!来)|向(?=[^量])|对(?=[^接外])|把|被|让|由(?!来)|给|于|为(?=[^民])|这[个家些座条里位项款种]?|那[个家些座条里位边项款种]?|该|其|它们?|他们?|她们?|我们?|你们?|您|自己|都|也|又|还|就|才|再|很|太|最|更|不(?!锈|动产)|没有?|可(?=[^持再视编能])|要(?=[^素求点闻])|会(?=[^议展员场计])|能(?=[^源力耗级量效])|请|问(?=[^题卷])|说|讲|呗|里面|里头|里边|当中|之中|以来|以后|之后|以前|之前|上面|那边|这边|等等?(?!级|离|保)"
    r"|[,。?？!！;；:：、\s\"“”《》()（）·…~-]+"
)
_MEASURE = re.compile(
    "(?:率|额|值|数|量|面积|人口|占比|比重|比例|增速|增幅|规模|费用|经费|投资|产值|收入|营收|利润|价格|票价|造价|长度|高度|宽度|时间|日期|年份|地址|位置|电话|历史|数量|目标|定位|名称|名字|全称|简称|原因|意义|作用|特点|特征|优势|功能|职务|身份|单位|背景|意思|含义|理念|措施|举措|做法|办法|方式|用途|效果|作者|负责人|董事长|总经理|院长|书记|主任|区长|创始人|所长|设计师|专家|gdp)$"
)
_PLACE = re.compile(
    "(?:省|市|区|县|镇|乡|村|街道|社区|小区|小镇|新城|城|园|园区|公园|广场|片区|区块|走廊|带|枢纽|站|路|街|桥|河|湖|山|岛|馆|中心|基地|农场|机场|码头|地铁|号线|铁路|高速)$"
)
_ORGANISATION = re.compile(
    "(?:公司|集团|企业|股份|科技|电器|药业|生物|大学|学院|学校|中学|小学|幼儿园|研究院|研究所|研究中心|医院|银行|协会|联盟|管委会|委员会|局|部|厅|办|办公室|实验室|团队|厂|社)$"
)
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻苏潘葛范彭郎鲁韦昌马苗方任袁柳鲍史唐费薛雷贺倪汤"
    "罗毕郝安常傅齐康伍余顾孟黄穆萧尹姚邵汪毛狄戴宋庞熊纪舒屈项祝董梁杜阮蓝席季贾江童颜郭梅林钟徐邱骆高夏蔡田樊胡凌霍万柯卢"
    "莫房解丁邓郁单洪包左石崔吉程邢裴陆荣翁荀惠曲封储靳段焦谷车侯秋仲伊宫宁仇甘刘景詹龙叶司黎溥白怀蒲卓池乔闻翟谭劳申冉"
    "雍桑桂牛寿通边温庄晏柴瞿阎连习艾容向古易廖耿满匡文欧关游竺盖益桓应佘肖隋宓楼章占岑俞"
)
_PERSON_CONTEXT = re.compile(
    r"^(?:是谁|是(?:干|做)(?:什么|啥|嘛)|是什么(?:人|身份|职务)|任|担任|说|认为|介绍|表示|先生|女士|教授|院士|博士|书记|主任|院长|局长|区长|董事长|总经理|所长|(?:的)?(?:职务|身份|手机|电话|观点|单位))"
)


def find_topics(question: str, words: CorpusWords) -> tuple[Topic, ...]:
    """Return the names and terms of `question` in its order.

    A piece between asking words that the corpus knows whole stays whole; else it is cut into the longest runs that the
    corpus knows; what it does not know at all stays as one piece, for it may be a name from elsewhere.
    """
    folded = fold(question)
    taken: list[Topic] = []
    for quoted in _QUOTED.finditer(question):
        start, end = quoted.start() + 1, quoted.end() - 1
        taken.append(Topic(start, end, question[start:end], TopicKind.WORK))
    for time in _TIME.finditer(folded):
        if not _overlaps(taken, time.start(), time.end()):
            taken.append(Topic(time.start(), time.end(), question[time.start() : time.end()], TopicKind.TIME))
    counts = words.within(folded)
    at = 0
    for cut in [*_CUT.finditer(folded), None]:
        end = cut.start() if cut else len(folded)
        for start, stop in _pieces(at, end, taken):
            taken += [
                Topic(a, b, question[a:b], _kind(folded[a:b], folded[b : b + 6], words))
                for run in _known_runs(folded, start, stop, words, counts)
                for a, b in _after_name(folded, *run)
            ]
        at = cut.end() if cut else end
    return tuple(sorted((topic for topic in taken if _is_topic(topic.text)), key=lambda topic: topic.start))


def _is_topic(text: str) -> bool:
    return len(text) >= 2 and any(character.isalnum() for character in text)


def _overlaps(taken: list[Topic], start: int, end: int) -> bool:
    return any(topic.start < end and start < topic.end for topic in taken)


def _pieces(start: int, end: int, taken: list[Topic]) -> list[tuple[int, int]]:
    """Return [start, end) without what is taken."""
    pieces: list[tuple[int, int]] = []
    at = start
    for topic in sorted(taken, key=lambda topic: topic.start):
        if topic.end <= at or topic.start >= end:
            continue
        if topic.start > at:
            pieces.append((at, topic.start))
        at = max(at, topic.end)
    if at < end:
        pieces.append((at, end))
    return pieces


def _known_runs(folded: str, start: int, end: int, words: CorpusWords, counts: RunCounts) -> list[tuple[int, int]]:
    """Return the cheapest way to cut [start, end) into runs that the corpus knows and characters that it does not.

    Few runs, frequent ones, and no lone character beside them; neighbouring unknown characters become one run.
    """
    length = end - start
    best: list[tuple[float, int, bool]] = [(0.0, 0, True)] + [(float("inf"), 0, False)] * length
    for at in range(length):
        base = best[at][0]
        if base + _LONE < best[at + 1][0]:
            best[at + 1] = (base + _LONE, at, False)
        for stop in range(at + 2, min(length, at + _LONGEST) + 1):
            cost = _cost(folded, start + at, start + stop, words, counts)
            if cost is None:
                break
            if base + cost < best[stop][0]:
                best[stop] = (base + cost, at, True)
    runs: list[tuple[int, int]] = []
    at, known_before = length, True
    while at > 0:
        _, begin, known = best[at]
        if not known and not known_before and runs:
            runs[-1] = (start + begin, runs[-1][1])
        else:
            runs.append((start + begin, start + at))
        at, known_before = begin, known
    return runs[::-1]


_LONE = 1.6
_LONGEST = 16


def _after_name(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a run behind a name that ends inside it, unless what follows ends like a name too: 铁流股份|将目标转向."""
    run = folded[start:end]
    if len(run) < _SHORT:
        return [(start, end)]
    if _MEASURE.search(run):
        place = _PLACE_FIRST.match(run)
        measure = _MEASURE.search(run)
        if measure and place is None and measure.start() > 2 and _ORGANISATION.search(run[: measure.start()]):
            return [(start, start + measure.start()), (start + measure.start(), end)]
        return [(start, start + place.end()), (start + place.end(), end)] if place else [(start, end)]
    if not _CLASS_LAST.search(run) and (_PLACE.search(run) or _ORGANISATION.search(run)):
        return [(start, end)]
    cut = max((found.end() for found in _NAME_END.finditer(run) if 2 < found.end() < len(run) - 1), default=0)
    return [(start, start + cut), (start + cut, end)] if cut else [(start, end)]


_PLACE_FIRST = re.compile(
    "(?:[\u4e00-\u9fff]{2,7}(?:小镇|新城|经开区|开发区|高新区|街道|园区|(?:科技|科学|科创|数智|数字|未来|大学|影视|商贸)城)|(?!地区|城区|市区|全[区市省县]|省市)[\u4e00-\u9fff]{1,3}[区市县省镇])(?=.{2})"
)
_CLASS_LAST = re.compile("(?:企业|公司|单位|团队|机构|部门|人才|项目)$")
_SHORT = 6
_NAME_END = re.compile(
    "股份|公司|集团|科技|生物|电器|小镇|新城|公园|大学|医院|研究院|学院|街道|开发区|经开区|高新区|社区|[物术书育技牌览档化案史料念]馆|园区|产业园|(?:科技|科学|科创|数智|数字|未来|大学|影视|商贸)城|枢纽"
)


def _cost(folded: str, start: int, end: int, words: CorpusWords, counts: RunCounts) -> float | None:
    """Return what a run costs; None when neither it nor anything that begins with it can be known."""
    run = folded[start:end]
    if not any(character.isascii() for character in run):
        count = counts.count(start, end)
    elif run.isalnum() and run.isascii():
        return 1.0
    else:
        parts = [words.latin.get(m.group(), 0) if m.group().isascii() else counts.count(start + m.start(), start + m.end())
                 for m in _SCRIPTS.finditer(run)]  # fmt: skip
        count = min(parts)
        if not count and run[-1].isascii():
            return _NEVER
    return 1.0 + 1.0 / (1.0 + log2(count)) if count else None


_NEVER = 9.0
_SCRIPTS = re.compile("[!-~]+|[^!-~]+")


def _kind(text: str, after: str, words: CorpusWords) -> TopicKind:
    if _MEASURE.search(text):
        return TopicKind.MEASURE
    if _ORGANISATION.search(text):
        return TopicKind.ORGANISATION
    if _PLACE.search(text):
        return TopicKind.PLACE
    if (
        2 <= len(text) <= 3
        and text[0] in SURNAMES
        and (_PERSON_CONTEXT.match(after) or words.count(text) == 0)
        and not is_ordinary(text)
    ):
        return TopicKind.PERSON
    return TopicKind.OTHER
