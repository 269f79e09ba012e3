"""What a question is about: the names and terms in it, apart from the words that ask."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from math import log2

from corpus.chinese.text import fold
from corpus.chinese.words import any_of, words
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
    rf"什么样的?|什么叫做?|啥时候?|被称为?|{any_of('rag/cut')}|多少(?:[个家名位亿万元项条座处种次天台部亩户间所倍%]|人(?![才员口工])|年(?!轻)|公里|平方公里|平方米)*|哪一[个年家位天些]|哪(?:[个家年位些里儿几天座条所种款支名一]|类(?!似)|方面)*|几(?!乎)(?:[个家名位条座处种次天月号所日点]|项(?!目)|年(?!轻)|大(?!型|学))*|咋样?|么(?!$)|多[大久长高远宽重深]|坐落于?|已(?!婚)|计划(?=[^,。?]{{0,3}}(?:什么|哪|怎|多|何))|准备(?=建|在|开|打)|介绍一?下?|告诉我?|达到了?|实现了?|完成了?(?=[^,。]{{0,4}}(?:多少|几))|叫做?|占(?!地)|比(?=[^赛例重])|同(?=[^比时意济])|或者?|得(?=[^到了分])|过(?=[^去程年])|有(?=[^限机关色])|在(?!线|建)|从(?!事|业)|到(?=[^来])|往(?!来)|向(?=[^量])|对(?=[^接外])|由(?!来)|为(?=[^民])|这[个家些座条里位项款种]?|那[个家些座条里位边项款种]?|它们?|他们?|她们?|我们?|你们?|不(?!锈|动产)|没有?|可(?=[^持再视编能])|要(?=[^素求点闻])|会(?=[^议展员场计])|能(?=[^源力耗级量效])|问(?=[^题卷])|等等?(?!级|离|保)|[,。?？!！;；:：、\s\"“”《》()（）·…~-]+"
)
_MEASURE = re.compile(f"(?:{any_of('rag/measures')}|{any_of('rag/what_measures')}|gdp)$")
_PLACE = re.compile(f"{any_of('rag/place_ends')}$")
_ORGANISATION = re.compile(f"{any_of('rag/organisation_ends')}$")
SURNAMES = frozenset(words("corpus/surnames"))
_PERSON_CONTEXT = re.compile(
    rf"^(?:{any_of('rag/says')}|任|是谁|是(?:干|做)(?:什么|啥|嘛)|是什么(?:人|身份|职务)|教授|院士|博士|主任|{any_of('rag/posts')}|(?:的)?(?:职务|身份|手机|电话|观点|单位))"
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
    f"(?:[\u4e00-\u9fff]{{2,7}}(?:小镇|新城|经开区|开发区|高新区|街道|园区|{any_of('corpus/town_names')})"
    "|(?!地区|城区|市区|全[区市省县]|省市)[\u4e00-\u9fff]{1,3}[区市县省镇])(?=.{2})"
)
_CLASS_LAST = re.compile("(?:企业|公司|单位|团队|机构|部门|人才|项目)$")
_SHORT = 6
_NAME_END = re.compile(f"{any_of('rag/long_names')}|[物术书育技牌览档化案史料念]馆|{any_of('corpus/town_names')}")


def _cost(folded: str, start: int, end: int, words: CorpusWords, counts: RunCounts) -> float | None:
    """Return what a run costs; None when neither it nor anything that begins with it can be known."""
    run = folded[start:end]
    if not any(character.isascii() for character in run):
        count = counts.count(start, end)
    elif run.isalnum() and run.isascii():
        return 1.0
    else:
        parts = [
            words.latin.get(m.group(), 0) if m.group().isascii() else counts.count(start + m.start(), start + m.end())
            for m in _SCRIPTS.finditer(run)
        ]
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
