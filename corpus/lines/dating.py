"""When did an article appear, if nobody says? Told from the dates in its own text, and always marked as inferred.

A result names the earliest day on which the article can have appeared, a plan the latest; where neither narrows it, the
article belongs to the year that its latest result names. That year must be one of news (figures of a year or a half-year,
今年 beside it, a month right at the beginning): a year of which an article merely tells says nothing. A wrong date is worse
than a vague one, and a vague one worse than none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from corpus.chinese.numerals import of_han
from corpus.chinese.text import fold, split_sentences
from corpus.chinese.timing import modality
from corpus.chinese.words import any_of
from corpus.records import Modality, Published, Span

_YEAR = r"(?<!\d)(20\d\d|19[5-9]\d) ?年"
_MONTH = r" ?(1[0-2]|0?[1-9]) ?月"
_DAY = r" ?(3[01]|[12]\d|0?[1-9]) ?[日号]"
_FULL = re.compile(
    rf"{_YEAR}{_MONTH}{_DAY}|(?<!\d)(20\d\d)[-/.](1[0-2]|0?[1-9])[-/.](3[01]|[12]\d|0?[1-9])(?=\d\d:\d\d|\D|$)"
)
_CIRCLES = str.maketrans("○OＯ", "〇〇〇")  # a zero as people type it: 二○二五, 二O二五
_HAN_FULL = re.compile(
    r"([一二][〇零○OＯ一二三四五六七八九]{3})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号]"
)
_COMPACT = re.compile(r"(?<!\d)(20\d\d|19[5-9]\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_SHORT = re.compile(
    r"(?<=[:：])\s*([0-3]\d)[-/.](0[1-9]|1[0-2])[-/.](0[1-9]|[12]\d|3[01])(?=\d\d:\d\d|\s|$)"
)  # 发布时间：18-03-08 23:16
_LABEL = rf"(?:最后)?{any_of('corpus/day_labels')}?(?:时间|日期|于)?"
# What may stand before the day on a line that tells it: brackets, a label, the paper, its address, the place, who wrote.
_BEFORE_DAY = re.compile(
    rf"(?:https?://)?[a-z0-9-]+(?:\.[a-z0-9-]+)+[/\s]*|[^.,;!?\d]{{0,40}}[\])\s](?:发布|发表|更新)(?:时间|日期|于)\s*|[\s(\[\"]*{_LABEL}[:\s]*|.{{0,40}}(?:{_LABEL[:-1]}|时间|日期)\s*:\s*|[^\d.,;!?:到至自从截于在]{{0,16}}[\s|/·]+|(?:来源|作者|文/|记者)[^.,;!?]{{0,40}}[\s|/·]+|[^\d.,;!?]{{1,14}}(?:报|网|社|台|刊)\s*(?:[\u3400-\u9fff]{{2,4}})?"
)
_AFTER_DAY = re.compile(
    rf"{any_of('corpus/after_day')}|$|[^\u3400-\u9fff,]|[讯电]|周[一二三四五六日]|责任?编|字[号体]|报道$|[\u3400-\u9fff]{{2,12}}(?:报|网|社|台|刊|发布)(?:\s|$)"
)
_TOLD = re.compile(r"讯|电(?!\S{0,3}[。,])|消息")
_LINE_REACH = 160  # characters; a line that tells the day says little else
_TOP, _BOTTOM = 8, 3  # lines of an article among which the day is printed
_DATELINE = re.compile(rf"^[^。]{{0,30}}?(?:{_YEAR})?{_MONTH}{_DAY}(?:电|讯|消息|报道)")
_MENTION = re.compile(
    rf"{_YEAR}(?:{_MONTH}(?:{_DAY}| ?([上中下])旬| ?([初底末]))?"
    r"|度?(上半年|下半年|前三季度|第?[一二三]季度|[年]?[初底末]))?"
)
_THIS_YEAR = re.compile(rf"今年(?:{_MONTH}(?:{_DAY}| ?([上中下])旬)?|(上半年|前三季度|一季度|第一季度))")
_FIGURES = re.compile(r"同比|增长|全年|总产值|增加值|生产总值|完成投资|实现|累计")
_NEWS = re.compile(rf"{_FIGURES.pattern}|政府工作报告")
_COUNTED_TO = re.compile(r"截至\s*$")
_BEFORE_PLAN = re.compile(r"(?:到|(?<!截)至|力争|预计|目标|规划|[-~])\s*$")
_AFTER_NAME = re.compile(r"\s*(?:以来|起|[-~至到]|.{0,12}(?:报告|规划|计划|行动|方案|纲要))")
_PROMISED = re.compile(r"承诺|规划|计划|目标|方案|到20|力争|预计|之前")
_OF_HISTORY = re.compile(r"(?:自|从|自从|早在|于|与|较|比|曾|围绕|、|[至到-])\s*$")
_ONCE = re.compile(r"\s*(?:以来|起|开始|成立|建[成立]|创[办立]|首|的《|《)")
# What is to be done by then, unless it is said to be done: 2027年二季度投产.
_TO_COME = re.compile(r"[^,;。]{0,4}(?:投产|达产|竣工|建成|完工|通车|开园|交付|投用|投入使用|启用|开业)(?!了|以来|后)")
_DONE = re.compile("已|正式|顺利|如期|了")
_BEGINNING = 3  # sentences
_RECENT_MONTHS = 9  # a date line without a year is of the year last told of, when that was not long before
_PERIOD_END = {
    "上半年": 7,
    "前三季度": 10,
    "一季度": 4,
    "第一季度": 4,
    "二季度": 7,
    "三季度": 10,
    "第二季度": 7,
    "第三季度": 10,
}
_TEN_DAYS = {"上": 1, "中": 11, "下": 21}


@dataclass(frozen=True, slots=True)
class _Sign:
    """A day on or after which (`earliest`) the article appeared, and the sentence that says so.

    `news`: what is told of that time is new, so that the article is of the same year.
    """

    earliest: date
    clue: str
    news: bool


def infer_published(text: str) -> Published | None:
    """Return the span of days in which the article appeared, None when its text does not say.

    A printed date line is one day and not inferred; everything else is.
    """
    folded = fold(text)
    lines = text.split("\n")
    for line in (*lines[:_TOP], *lines[-_BOTTOM:]):
        if day := printed_day(line):
            return Published(day, day)
    if not re.search(_YEAR, folded):
        return None
    sentences = split_sentences(text)
    results, plans = _split_by_modality(text, sentences)
    begun = sentences[min(_BEGINNING, len(sentences)) - 1].end
    signs = [sign for span in results for sign in _signs(text, folded, span, begun)]
    latest = _latest(signs)
    told = _headline_years(lines)
    known = latest.earliest if latest else date(max(told), 1, 1) if told else None
    dated = _dateline(text, folded, sentences, known)
    if dated:
        return dated
    if latest is None:
        return None
    year = latest.earliest.year
    for span in results:
        for match in _THIS_YEAR.finditer(folded, span.start, span.end):
            earliest = _this_year(match, year)
            if earliest and earliest > latest.earliest:
                latest = _Sign(earliest, text[span.start : span.end], True)
    last = min((_planned(folded, span, latest.earliest) for span in plans), default=date(year, 12, 31))
    return Published(latest.earliest, last, True, latest.clue)


def printed_day(line: str) -> date | None:
    """Return the day that a line tells as its own, as the line under a headline and a news line do; None for others.

    «2025-04-16 08:12:33 来源：…» · «发布时间：2025/4/16 浏览次数：3» · «二〇二五年四月十六日» · «某报2025年4月16日讯». A sentence
    that tells of a day («2024年5月6日，某区启动…») is none.
    """
    head = line[:_LINE_REACH].strip()
    folded = fold(head)
    for begin, end, day in _days(folded, head):
        before, after = folded[:begin], folded[end:]
        if not _BEFORE_DAY.fullmatch(before) or not _AFTER_DAY.match(after.lstrip() if after[:1].isspace() else after):
            continue
        if _TOLD.match(after.lstrip()):
            return day
        if len(line.strip()) <= _LINE_REACH and not re.search(r"[.!?;]\s*$|[,;]", after.strip().removesuffix(".")):
            return day
    return None


def has_dateline(text: str) -> bool:
    """Tell whether a paragraph begins as news does: «沧浦时报3月26日讯», «新华社杭州5月6日电»."""
    return bool(_DATELINE.match(fold(text[:_LINE_REACH])))


def any_day(text: str) -> date | None:
    """Return the first full day that a text names in any way of writing: 2025-04-16T08:00, 20250416, 2025年4月16日."""
    head = text[:_LINE_REACH]
    return next((day for _, _, day in _days(fold(head), head)), None)


def _days(folded: str, text: str) -> list[tuple[int, int, date]]:
    """Return the full days of a line with where they begin and end, in order."""
    found = []
    for match in _FULL.finditer(folded):
        if day := _full_date(match):
            found.append((match.start(), match.end(), day))
    for match in _COMPACT.finditer(folded):
        if day := _full_date(match):
            found.append((match.start(), match.end(), day))
    for match in _SHORT.finditer(folded):
        if day := _date(2000 + int(match[1]), int(match[2]), int(match[3])):
            found.append((match.start(), match.end(), day))
    for match in _HAN_FULL.finditer(text):
        year, month, day_of_month = (of_han(part.translate(_CIRCLES)) or 0 for part in match.groups())
        if day := _date(year, month, day_of_month):
            found.append((match.start(), match.end(), day))
    return sorted(found)


def _split_by_modality(text: str, sentences: list[Span]) -> tuple[list[Span], list[Span]]:
    results: list[Span] = []
    plans: list[Span] = []
    for span in sentences:
        plan = modality(text[span.start : span.end]) is Modality.PLAN
        (plans if plan else results).append(span)
    return results, plans


def _latest(signs: list[_Sign]) -> _Sign | None:
    """Return the latest sign of the last year told of, None when nothing told of that year is new."""
    if not signs:
        return None
    year = max(sign.earliest.year for sign in signs)
    of_it = [sign for sign in signs if sign.earliest.year == year]
    return max(of_it, key=lambda sign: sign.earliest) if any(sign.news for sign in of_it) else None


def _signs(text: str, folded: str, span: Span, begun: int) -> list[_Sign]:
    """Return what the years of one result say; `begun` is where the beginning of the article ends."""
    signs = []
    this_year = re.search("今[年天日]", folded) is not None
    for match in _MENTION.finditer(folded, span.start, span.end):
        if _BEFORE_PLAN.search(folded, max(span.start, match.start() - 4), match.start()):
            continue
        if _PROMISED.search(folded, span.start, match.start()):
            continue
        after = folded[match.end() : min(span.end, match.end() + 40)]
        clause = folded[max(span.start, folded.rfind(",", 0, match.start())) : match.end()]
        if _TO_COME.match(after) and not _DONE.search(clause + after.partition(",")[0]):
            continue
        earliest = _earliest(match, after)
        if earliest:
            history = _OF_HISTORY.search(folded, max(span.start, match.start() - 4), match.start()) or _ONCE.match(
                after
            )
            opens = match.start() < begun and (this_year or bool(match[2]))
            told = opens or bool(_NEWS.search(after if match[2] is None else after[:25]))
            counted = bool(_COUNTED_TO.search(folded, max(span.start, match.start() - 4), match.start()))
            news = counted or ((told or bool(match[6])) and not history)
            signs.append(_Sign(earliest, text[span.start : span.end], news))
    return signs


def _earliest(match: re.Match[str], after: str) -> date | None:
    year = int(match[1])
    if match[2]:
        day = int(match[3]) if match[3] else _TEN_DAYS.get(match[4] or "", 20 if match[5] in ("底", "末") else 1)
        return _date(year, int(match[2]), day)
    period = match[6] or ""
    if period in _PERIOD_END:
        return date(year, _PERIOD_END[period], 1)
    if period in ("下半年",):
        return date(year, 7, 1)
    if period and period[-1] in "底末":
        return date(year, 12, 1)
    if not period and _FIGURES.search(after) and not _AFTER_NAME.match(after):
        return date(year + 1, 1, 1)  # figures of a whole year are out when it is over
    return date(year, 1, 1)


def _this_year(match: re.Match[str], year: int) -> date | None:
    if match[4]:
        return date(year, _PERIOD_END[match[4]], 1)
    return _date(year, int(match[1]), int(match[2]) if match[2] else _TEN_DAYS.get(match[3] or "", 1))


def _planned(folded: str, span: Span, earliest: date) -> date:
    """Return the last day before which a plan for this year was still one; the year's last day when none says."""
    last = date(earliest.year, 12, 31)
    for match in _THIS_YEAR.finditer(folded, span.start, span.end):
        if match[1]:
            end = date(earliest.year, int(match[1]), monthrange(earliest.year, int(match[1]))[1])
            if end >= earliest:
                last = min(last, end)
    return last


def _headline_years(lines: list[str]) -> list[int]:
    """Return the years that a line over the news names, those of plans left out."""
    if len(lines) < 2 or has_dateline(lines[0]):
        return []
    folded = fold(lines[0])
    return [int(one[1]) for one in re.finditer(_YEAR, folded) if not _BEFORE_PLAN.search(folded, 0, one.start())]


def _dateline(text: str, folded: str, sentences: list[Span], latest: date | None) -> Published | None:
    """Return the day of «新华社杭州5月6日电» near the beginning, when a year for it is known."""
    for span in sentences[:4]:
        match = _DATELINE.match(folded[span.start : span.end])
        if not match:
            continue
        year = int(match[1]) if match[1] else latest.year if latest else 0
        day = _date(year, int(match[2]), int(match[3])) if year else None
        if day and (match[1] or (latest and _RECENT_MONTHS * 31 >= (day - latest).days >= 0)):
            return Published(day, day, True, text[span.start : span.end])
    return None


def _full_date(match: re.Match[str]) -> date | None:
    year, month, day = (int(part) for part in match.groups() if part)
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
