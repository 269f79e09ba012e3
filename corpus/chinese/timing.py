"""When things happened, as an article says it: 今年, 3月, 设区3年来, 到2028年 resolved against the article's own date.

What is resolved stands beside the text and is never put into it. Every function is pure: nothing asks what day it is.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from corpus.chinese import facts
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from corpus.records import Modality, Precision, Published, TimeMention

_Bounds = tuple[date | None, date | None, Precision]

# How far back a vague word reaches, in days. Conventions, not facts: their precision is OPEN.
_RECENT = {
    "近日": 30,
    "日前": 30,
    "连日来": 14,
    "近期": 92,
    "最近": 92,
    "新近": 92,
    "前不久": 184,
    "不久前": 184,
    "前段时间": 184,
    "前些日子": 184,
}
_NOW = ("目前", "当前", "眼下", "当下", "现在", "如今", "现阶段", "截至目前", "迄今", "至今")
_RELATIVE_YEAR = {
    "今年": 0,
    "本年": 0,
    "本年度": 0,
    "年内": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "前年": -2,
    "大前年": -3,
    "明年": 1,
    "后年": 2,
}
_RELATIVE_MONTH = {"本月": 0, "当月": 0, "这个月": 0, "上月": -1, "上个月": -1, "下月": 1, "下个月": 1}
_RELATIVE_DAY = {"今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2, "明天": 1, "明日": 1, "后天": 2}
_RELATIVE_WEEK = {"本周": 0, "这周": 0, "上周": -1, "下周": 1}
_NAMED_YEAR = {"同年": 0, "当年": 0, "该年": 0, "次年": 1, "翌年": 1, "第二年": 1}
_HOLIDAYS = {
    "元旦": ((1, 1), (1, 3)),
    "五一": ((5, 1), (5, 5)),
    "国庆": ((10, 1), (10, 7)),
    "十一": ((10, 1), (10, 7)),
    "双11": ((11, 11), (11, 11)),
    "双十一": ((11, 11), (11, 11)),
    "六一": ((6, 1), (6, 1)),
    "双12": ((12, 12), (12, 12)),
    "双十二": ((12, 12), (12, 12)),
}
_SEASONS = {"春": ((3, 1), (5, 31)), "夏": ((6, 1), (8, 31)), "秋": ((9, 1), (11, 30))}

_NUMBER = "[0-9]{1,4}|[一二两三四五六七八九十百]{1,3}|几|数"
_PART = (
    "[前头](?:1[0-2]|[1-9]|十[一二]?|[一二两三四五六七八九])个?月|上半年|下半年|前三季度|第?[一二三四1-4]季度|年[初中底末]|岁末|初(?![中级小创始步])|底|末|中(?=[,.;、)]|$)|春节"
    "|[春夏秋冬][季天]?(?![节联运])"
)
_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_DAY = "3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_TO = "(?:-{1,2}|~|至|到)"
_FEASTS = "二月二|三月三|六月六|七月七|八月十五|九月九"  # by another calendar
_MONTH_DAY = (
    f"(?<!农历)(?<!阴历)(?<!夏历)(?!(?:{_FEASTS})(?![日号]))(?:{_MONTH})(?:月?{_TO}(?:{_MONTH}))?月"
    f"(?:份|(?:{_DAY})[日号]?{_TO}(?:{_DAY})[日号]|(?:{_DAY})[日号]|[上中下]旬|[初底末])?"
)
_YEAR = "(?:19|20)[0-9]{2}|[一二][零〇九一二三四五六七八]{3}"
_SINCE = "(?:以来|至今|起(?![来到点草步])|开始)"
_SPAN = f"(?:{_NUMBER})(?:个月|个?年|天|周(?![年岁]))"


def _alternatives(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_FORMS = {
    "years": f"(?<![0-9])(?:{_YEAR})年?{_TO}(?:{_YEAR})(?:年|(?![0-9]))",
    "relative": f"(?!(?<=[产成用工之以])后年)(?:{_alternatives(_RELATIVE_YEAR)})(?!轻)(?:的?(?:{_MONTH_DAY}|{_PART}))?{_SINCE}?",
    "month": f"(?:{_alternatives(_RELATIVE_MONTH)})(?:(?:{_DAY})[日号]|[上中下]旬|[初底末])?",
    "day": f"(?<![到至])(?:{_alternatives(_RELATIVE_DAY)})(?![头])",
    "week": _alternatives(_RELATIVE_WEEK),
    "season": "[今去][春夏秋冬](?![节联])",
    "plan": '"?十[一二三四五六]?五(?:"|(?=规划|期间|时期|末|以来|开局|收官))(?:末|期间|以来)?',
    "iso": "(?<![0-9])(?:19|20)[0-9]{2}[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12][0-9]|0?[1-9])(?![0-9])",
    "absolute": f"(?:截至|截止|力争到|到|至)?(?<![0-9])(?:{_YEAR})年(?:的?(?:{_MONTH_DAY}|全年|{_PART}))?{_SINCE}?",
    "ahead": f"未来的?{_SPAN}(?:内|间|里)?",
    "since": f"(?<![时期用长达需约])(?:近|最近|过去|此前)的?{_SPAN}(?:以来|来|间|里)?|这{_SPAN}(?:以来|来|间|里)"
    f"|(?<![0-9第千百万哪])(?:{_NUMBER})(?:个月|年)多?来(?![自到])",
    "ago": f"(?<![0-9第])(?:{_NUMBER})(?:个月|年|天)前(?!沿)|半年前",
    "lately": "近年来|近些年来?|近几年来?|这些年来?|近年|多年来|长期以来|一直以来|历年来",
    "recent": _alternatives(_RECENT),
    "now": f"(?<![体呈再发展表实显出浮涌])(?:{_alternatives(_NOW)})",
    "named": f"(?:{_alternatives(_NAMED_YEAR)})(?:{_MONTH_DAY}|{_PART})?",
    "decade": "(?:上世纪|二十世纪|20世纪|本世纪|21世纪|二十一世纪)(?:[0-9]0|[二三四五六七八九]十)年代",
    "holiday": f'"?(?:{_alternatives(_HOLIDAYS)})"?(?=小?长假|假期|黄金周|期间|节|前后|当天|大促|购物)'
    "(?:小?长假|假期|黄金周|节)?",
    "bare": f"(?<![0-9个第一二三四五六七八九十])(?:{_MONTH_DAY})(?![季饼])(?:起(?![来到点草步]))?"
    "|(?<![今去明前后每半全本当])(?:上半年|下半年|前三季度|第?[一二三四1-4]季度)|(?<!哪)年[初底末]|岁末",
}
_FIRST = (
    '0-9一二两三四五六七八九十百几数半"今本年去上前大明后当这下昨截到至力未近最过此目眼现如迄不新日连'
    "长多历岁同该次翌第双元国"
)
_MENTION = re.compile(f"(?=[{_FIRST}])(?:{'|'.join(f'(?P<{name}>{form})' for name, form in _FORMS.items())})")


@dataclass(frozen=True, slots=True)
class Period:
    """The time a question asks about: `first` to `last`, both included; `text` is how it was said.

    `latest` when it asks for what holds now or most recently (最近, 目前, 现在): newer articles then win. `yearless` when
    only months and days were said: they are meant of whatever year the articles tell of.
    """

    first: date | None
    last: date | None
    text: str
    precision: Precision
    latest: bool = False
    yearless: bool = False


def time_mentions(text: str, published: Published | None) -> tuple[TimeMention, ...]:
    """Return the times that `text` names, in order and without overlap.

    Relative words are resolved against `published`; when that is a range, the span covers every reading. A month, a
    holiday or a part of a year without a year lies in the year named before it in the sentence, else in the latest that
    is not in the future of the article (or comes within weeks of it), or, where the clause says
    that it is still to come, in the next. 同年, 当年 and
    年底 take the year last named in the text, 次年 the one after. Bounds are None where the article does not tell them.
    Vague words (近日, 年初 …) get the bounds that the tables above give them: conventions, not facts.
    """
    folded = fold(text)
    mentions: list[TimeMention] = []
    named: int | None = None
    named_at = -1
    for found in _MENTION.finditer(folded):
        start, end = found.span()
        kind, word = found.lastgroup or "", found.group()
        sentence = max(folded.rfind(mark, 0, start) for mark in ".!?\n")
        in_sentence = named if named_at > sentence else None
        close = named if start - named_at <= _CLOSE or published is None else None
        coming = _COMING.search(folded, max(sentence + 1, start - 8), start) is not None
        if kind == "absolute" and folded[start - 1 : start] in ("自", "从") and _SINCE_LATER.match(folded, end):
            word += "以来"
        from_then = kind == "bare" and word.endswith("起")
        word = word.removesuffix("起") if from_then else word
        before = mentions[-1] if mentions and folded[mentions[-1].end : start] in _JOINS else None
        if before and before.last:  # 11月至次年3月, 9月22日至11月30日
            year = before.last.year
            bounds = _resolve(kind, word, published, year, in_sentence or year, coming)
        else:
            bounds = _resolve(kind, word, published, close if word in _EDGES else named, in_sentence, coming)
        if bounds is None:
            continue
        first, last, precision = bounds
        if from_then:
            last, precision = published.last if published else None, Precision.OPEN
        if before and before.first and last and before.first <= last and {before.precision, precision} <= _SHORT:
            mentions.pop()
            start, first, precision = before.start, before.first, Precision.RANGE
        if first is not None and last is not None and last < first:  # 今年6月以来, asked in January: it has no end yet
            last = None
        mentions.append(TimeMention(start, end, text[start:end], first, last, precision))
        if kind in ("absolute", "relative", "iso", "named", "years") and first is not None and last is not None:
            named, named_at = first.year if _OPEN_END.search(word) else last.year, start
    return tuple(mentions)


_JOINS = frozenset({"至", "到", "-", "--", "~"})
_COMING = re.compile("(?:将[于在]|预计|拟于|计划于?|定于|力争|有望|确保|争取|工期|有效期)[^,.;]{0,3}$")
_OPEN_END = re.compile("以来|至今|起$|开始$")
_SINCE_LATER = re.compile("[^,.;!?\n]{1,14}以来")


_SOON = timedelta(62)
_SHORT = frozenset({Precision.DAY, Precision.MONTH})
_SOONEST = _SHORT | {Precision.QUARTER, Precision.HALF, Precision.RANGE}
_HALF_A_YEAR = timedelta(184)
_NEARLY_OVER = timedelta(31)  # 1-9月 is not reported in March; 上半年 may be in June


_EDGES = frozenset({"年底", "年末", "年初", "岁末"})
_REPORTED = frozenset({"年末", "年初"})  # 年末常住人口, 低于年初目标: told of a year that is over, or under way
_YEAR_BEFORE = ("上年", "上一年")
_CLOSE = 80  # characters within which a year is named before 年底


def _is_of(year: int, published: Published | None) -> bool:
    """Tell whether an article is of a year."""
    return published is not None and published.first.year == year


def _resolve(
    kind: str, word: str, published: Published | None, named: int | None, in_sentence: int | None, coming: bool
) -> _Bounds | None:
    if kind in ("absolute", "iso"):
        return _absolute(word, published)
    if kind == "years":
        found = facts.dates(word)  # none when the years run backwards: a misprint bounds nothing
        return _years(found[0].year, found[0].last_year) if found else (None, None, Precision.RANGE)
    if kind == "plan":
        name = re.sub('"|末|期间|以来', "", word)
        first, last = facts.plan_years(name)
        return _in_year(last, "") if word.endswith("末") else _years(first, last)
    if kind == "decade":
        decade = facts.whole_number(word[-4:-2]) or 0
        first = (2000 if word.startswith(("本", "21", "二十一")) else 1900) + decade
        return _years(first, first + 9)
    if kind == "named":
        if named is None:
            return None, None, Precision.YEAR
        stem = next(w for w in sorted(_NAMED_YEAR, key=len, reverse=True) if word.startswith(w))
        return _in_year(named + _NAMED_YEAR[stem], word.removeprefix(stem))
    if kind == "bare" and in_sentence is not None:
        return _in_year(in_sentence, word)
    if kind == "bare" and word in _EDGES and named is not None and not (word in _REPORTED and _is_of(named, published)):
        return _in_year(named, word)
    if kind == "relative" and word.startswith(_YEAR_BEFORE) and named is not None and _is_of(named + 1, published):
        return _one(kind, word, date(named, 12, 31), False)  # of what the report is about: 全年…，比上年…
    if kind == "holiday" and in_sentence is not None:
        return _one(kind, word, date(in_sentence, 12, 31), False)
    return _relative(kind, word, published, coming)


def _years(first: int | None, last: int | None) -> _Bounds | None:
    if first is None or last is None:
        return None
    return date(first, 1, 1), date(last, 12, 31), Precision.RANGE


def _relative(kind: str, word: str, published: Published | None, coming: bool) -> _Bounds | None:
    if published is None:
        sample = _one(kind, word, date(2000, 12, 31), False)
        return None, None, sample[2] if sample else Precision.OPEN
    if kind in ("bare", "holiday"):  # one day decides the year, or a range over new year would give two
        return _one(kind, word, published.first if coming else published.last, coming)
    early, late = _one(kind, word, published.first, coming), _one(kind, word, published.last, coming)
    if early is None or late is None:
        return None
    precision = early[2] if early[:2] == late[:2] or early[2] is Precision.OPEN else Precision.RANGE
    return early[0], late[1], precision


def _one(kind: str, word: str, day: date, coming: bool) -> _Bounds | None:
    """Resolve a relative word against one day."""
    if kind == "relative":
        stem = next(w for w in sorted(_RELATIVE_YEAR, key=len, reverse=True) if word.startswith(w))
        rest = word.removeprefix(stem).removeprefix("的")
        since = _OPEN_END.search(rest)
        rest = re.sub(_SINCE, "", rest)
        bounds = _in_year(day.year + _RELATIVE_YEAR[stem], rest)
        return (bounds[0], day, Precision.OPEN) if since and bounds else bounds
    if kind == "bare":
        return _of_unsaid_year(word, day, coming)
    if kind == "month":
        stem = next(w for w in sorted(_RELATIVE_MONTH, key=len, reverse=True) if word.startswith(w))
        year, month = _shift(day.year, day.month, _RELATIVE_MONTH[stem])
        return _in_year(year, f"{month}月{word.removeprefix(stem)}")
    if kind == "day":
        at = day + timedelta(_RELATIVE_DAY[word])
        return at, at, Precision.DAY
    if kind == "week":
        monday = day - timedelta(day.weekday()) + timedelta(7 * _RELATIVE_WEEK[word])
        return monday, monday + timedelta(6), Precision.RANGE
    if kind == "season":
        year = day.year - (word[0] == "去")
        season = word[1]
        if season == "冬":
            if day.month <= 2:
                year -= 1
            return date(year, 12, 1), date(year + 1, 2, calendar.monthrange(year + 1, 2)[1]), Precision.QUARTER
        (m1, d1), (m2, d2) = _SEASONS[season]
        return date(year, m1, d1), date(year, m2, d2), Precision.QUARTER
    if kind == "holiday":
        name = re.sub('小?长假|假期|黄金周|节|"', "", word)
        (m1, d1), (m2, d2) = _HOLIDAYS[name]
        year = day.year
        if not coming and date(year, m1, d1) > day:
            year -= 1
        return date(year, m1, d1), date(year, m2, d2), Precision.RANGE
    if kind == "recent":
        return day - timedelta(_RECENT[word]), day, Precision.OPEN
    if kind in ("now", "asof"):
        return day, day, Precision.OPEN
    if kind == "lately":
        return None, day, Precision.OPEN
    if kind in ("since", "ago", "ahead"):
        return _counted(kind, word, day)
    return None


def _of_unsaid_year(word: str, day: date, coming: bool) -> _Bounds | None:
    """Resolve 3月5日, 四季度, 年底 against one day: what is near is of its year, else the last that is over, or the next to come."""
    this, following = _in_year(day.year, word), _in_year(day.year + 1, word)
    for bounds in (this, following):
        if bounds and _is_soon(bounds, day):
            return bounds
    if this is None or this[0] is None or this[1] is None:
        return this
    over = this[0] <= day and (this[2] in _SHORT or this[1] <= day + _NEARLY_OVER)
    if this[1] >= day if coming else over:
        return this
    return following if coming else _in_year(day.year - 1, word)


def _is_soon(bounds: _Bounds, day: date) -> bool:
    """Tell whether some days, a month or later part of a year are going on or come within weeks: 去年 would name those of the year before."""
    first, last, precision = bounds
    if first is None or last is None or precision not in _SOONEST or last - first > _HALF_A_YEAR:
        return False
    if precision not in _SHORT and first.month == 1:  # 上半年 and 前三季度 are reported when they are over
        return False
    going_on = precision not in _SHORT and first <= day <= last
    return going_on or day < first <= day + _SOON


def _counted(kind: str, word: str, day: date) -> _Bounds | None:
    """Resolve 近三年, 3年来, 未来五年, 两年前 against one day."""
    found = re.search(f"({_NUMBER}|半)(个月|个?年|天|周)", word)
    if found is None:
        return None
    number, unit = found.groups()
    count = Fraction(1, 2) if number == "半" else facts.whole_number(number) if number not in "几数" else None
    if count is None:  # 近几年, 未来数年
        return (day, None, Precision.OPEN) if kind == "ahead" else (None, day, Precision.OPEN)
    sign = 1 if kind == "ahead" else -1
    months = int(count * 12) if unit.endswith("年") else int(count) if unit == "个月" else 0
    days = int(count) if unit == "天" else 7 * int(count) if unit == "周" else 0
    other = _moved(day, sign * months, sign * days)
    if kind == "ahead":
        return day, other, Precision.RANGE
    if kind == "since":
        return other, day, Precision.OPEN
    if other is not None and unit.endswith("年") and number != "半":
        return _in_year(other.year, "")
    return other, other, Precision.OPEN


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def _moved(day: date, months: int, days: int) -> date | None:
    year, month = _shift(day.year, day.month, months)
    if not 2 <= year < 9999:
        return None
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])) + timedelta(days)


def _absolute(word: str, published: Published | None) -> _Bounds | None:
    since = _OPEN_END.search(word)
    bare = re.sub(f"^(?:截至|截止|力争到|到|至)|{_SINCE}", "", word)
    found = next(iter(facts.dates(bare)), None)
    if found is None or found.year is None:
        return None
    if re.match("[0-9]{4}[-/.]", bare):
        bounds = _day(found.year, found.month, found.day)
    else:
        bounds = _in_year(found.year, re.sub(f"^(?:{_YEAR}) ?年?的?", "", bare))
    if bounds is None:
        return None
    if since:
        return bounds[0], published.last if published else None, Precision.OPEN
    return bounds


def _day(year: int, month: int | None, day: int | None) -> _Bounds | None:
    try:
        at = date(year, month or 1, day or 1)
    except ValueError:  # 2月30日 is a slip of the paper, not a date
        return None
    return at, at, Precision.DAY


def _in_year(year: int, rest: str) -> _Bounds | None:
    """Resolve 3月5日, 1月初, 上半年, 年底 … inside a year; the year itself when nothing is left."""
    if not 1 <= year < 9999:
        return None
    rest = rest.replace("全年", "")
    if not rest:
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    if rest[0] in "前头" and rest.endswith("月"):
        last = facts.whole_number(rest[1:].rstrip("个月")) or 12
        return date(year, 1, 1), date(year, last, calendar.monthrange(year, last)[1]), Precision.RANGE
    if "月" in rest:
        return _in_month(year, rest)
    if rest in ("上半年", "下半年"):
        return (
            (date(year, 1, 1), date(year, 6, 30), Precision.HALF)
            if rest[0] == "上"
            else (date(year, 7, 1), date(year, 12, 31), Precision.HALF)
        )
    if rest == "前三季度":
        return date(year, 1, 1), date(year, 9, 30), Precision.RANGE
    if rest.endswith("季度"):
        quarter = facts.whole_number(rest.removeprefix("第")[0]) or 1
        return (
            date(year, 3 * quarter - 2, 1),
            date(year, 3 * quarter, calendar.monthrange(year, 3 * quarter)[1]),
            Precision.QUARTER,
        )
    if rest.endswith("初"):
        return date(year, 1, 1), date(year, 3, 31), Precision.QUARTER
    if rest.endswith(("底", "末")):
        return date(year, 10, 1), date(year, 12, 31), Precision.QUARTER
    if rest == "中":
        return date(year, 5, 1), date(year, 8, 31), Precision.RANGE
    if rest[0] == "冬":
        return date(year, 12, 1), date(year + 1, 2, calendar.monthrange(year + 1, 2)[1]), Precision.QUARTER
    if rest == "春节":
        return date(year, 1, 20), date(year, 2, 28), Precision.RANGE
    if rest[0] in _SEASONS:
        (m1, d1), (m2, d2) = _SEASONS[rest[0]]
        return date(year, m1, d1), date(year, m2, d2), Precision.QUARTER
    return None


def _in_month(year: int, rest: str) -> _Bounds | None:
    fact = next(iter(facts.dates(rest)), None)
    if fact is None or fact.month is None:
        return None
    if fact.day is not None:
        first, last = (
            _day(year, fact.month, fact.day),
            _day(year, fact.last_month or fact.month, fact.last_day or fact.day),
        )
        if first is None or last is None:
            return None
        return first[0], last[1], Precision.DAY if first == last else Precision.RANGE
    end = fact.last_month or fact.month
    if end < fact.month:
        return None
    length = calendar.monthrange(year, end)[1]
    days = {"early": (1, 10), "mid": (11, 20), "late": (21, length)}.get(fact.part, (1, length))
    precision = Precision.MONTH if end == fact.month else Precision.RANGE
    return date(year, fact.month, days[0]), date(year, end, days[1]), precision


# ------------------------------------------------------------------------------------------------------------- modality

# 将 is "will" before an adverb, a preposition or a verb, and "take … and" (把) before a noun. Before these words it is
# "will"; before any other it is taken for 把.
_WILL_CHARACTERS = (
    "于|在|会(?!议|员|场)|是(?!否)|有(?!关|毒|害|限|机(?!会)|色)|不(?!法|同|少|良|明|合|动产)|由|与(?!会)|以(?!色列|上|下|及|往)"
    "|从(?!业)|向|为|对(?!方|手|面|象|岸)|给|让|使(?!馆|者|命)|被(?!告|害|执|困|盗|拘|诉|捕|褥|子)|受(?!伤|害|困|贿|访)"
    "|率(?!先)|转(?!基因|账)|赴|可(?!疑|乐|回收)|能(?!源|量|力)|达(?!尔|芬)|把"
)
_WILL = (
    f"(?<![已曾便小老名猛闯武健何])将(?:{_WILL_CHARACTERS}|{any_of('corpus/will')})"
    "(?![^,.;]{3,30}(?:列为|列入|视为|当作|看作|作为))"
    "|(?:即|必|(?<!始)终|势必|或|亦|仍)将(?![军士领])|[也还都均]将(?![其这该一他她它此所军士自])"
)
_TO_DO = f"{any_of('corpus/to_do')}|分[两三四五]|开(?!始)|[0-9]"
_COMPOUND = any_of("corpus/future_compounds")
_PLAN_CUE = re.compile(
    f'{any_of("corpus/plan_cues")}|{_WILL}|争取(?=在|到|于|用|年|早|实现|尽|今|明|更|通)|(?<![原此曾前])预计(?![的、])|下一步(?!的|发展|工作|计划|方向|措施)|会(?=继续|进一步|陆续)|(?<![模虚草比曾])拟(?=[于在给建投将对以向用新募收发定从认购受引授任与由申通])|(?<![原曾由照此])(?:计划|打算)(?={_TO_DO})|目标(?:是|为|:)|(?:^|(?<=[,.;:"]))未来,|未来(?!{_COMPOUND})(?=将|[0-9几数一二两三四五六七八九十]|的?一段|我|会|要|还|在)|(?:明年|后年|下周|下个?月)(?!.{{0,12}}了)|(?<![年0-9])到20[2-9][0-9]年(?:[底末])?,?(?=.{{0,40}}(?:达到?|实现|突破|建成|形成|力争|完成|基本|全面|成为|超过))|(?:准备|打算)(?:于|将|把)'
)


def modality(sentence: str) -> Modality:
    """Tell whether a sentence states what is meant to be (plan) or what is (result); a clause, what the clause states.

    A plan is an intention, a forecast, a schedule or a target; one such statement makes the sentence a plan. 将 in the
    sense of 把, 计划 and 未来 as parts of names, and plans of the past (原计划, 已将) make none; nor do demands (要求).
    """
    return Modality.PLAN if _PLAN_CUE.search(fold(sentence)) else Modality.RESULT


# ------------------------------------------------------------------------------------------------------------ questions

_VAGUE = frozenset((*_RECENT, *_NOW, "近年来", "近年", "近几年"))


_BARE_YEAR = re.compile(r"(?<![0-9A-Za-z.])(?:19|20)[0-9]{2}(?![0-9年.:/\"-])")


def with_years(question: str) -> str:
    """Return `question` with 年 behind a lone 2028: people leave it out. 2028家 is a quantity and stays one."""
    counted = {quantity.start for quantity in facts.quantities(question) if quantity.unit}
    pieces: list[str] = []
    at = 0
    for found in _BARE_YEAR.finditer(fold(question)):
        if found.start() not in counted:
            pieces += [question[at : found.end()], "年"]
            at = found.end()
    return "".join([*pieces, question[at:]])


_YEARLESS = re.compile(
    r"(?:(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份|[0-9一二三四五六七八九十]{1,3}[日号]|[上中下]旬|[初底末])?[-~至到、]?){1,3}"
)


def question_period(question: str, today: date | None, last: date | None) -> Period | None:
    """Return the time that `question` asks about, None when it names none; of several times, the span over all.

    Relative words are resolved against `today`; when that is not given, against `last`, the date of the newest article.
    最近, 目前 and their like bound nothing: the period then ends at that date, has no beginning, and is `latest`. A time
    that is only compared with (比2024年少了多少) is not asked about.
    """
    reference = today or last
    text = with_years(question)
    mentions = [
        mention
        for mention in time_mentions(text, Published(reference, reference) if reference else None)
        if not is_compared_with(text, mention.start, mention.end)
    ]
    solid = [mention for mention in mentions if mention.text not in _VAGUE]
    latest = len(solid) < len(mentions) or "最新" in fold(question)
    if not solid:
        return (
            Period(None, reference, mentions[0].text if mentions else "最新", Precision.OPEN, True) if latest else None
        )
    starts = [mention.first for mention in solid if mention.first is not None]
    ends = [mention.last for mention in solid if mention.last is not None]
    return Period(
        min(starts) if len(starts) == len(solid) else None,
        max(ends) if len(ends) == len(solid) else None,
        "、".join(mention.text for mention in solid),
        solid[0].precision if len(solid) == 1 else Precision.RANGE,
        latest,
        all(_YEARLESS.fullmatch(fold(mention.text)) for mention in solid),
    )


# ---------------------------------------------------------------------------------------------------------------- spans


def overlaps(a: TimeMention | Period, b: TimeMention | Period) -> bool:
    """Whether two spans share a day. A bound that is not known is open; nothing overlaps a span without bounds."""
    if (a.first is None and a.last is None) or (b.first is None and b.last is None):
        return False
    if isinstance(a, Period) and a.yearless and a.first and b.first and a.first.year != b.first.year:
        return any(overlaps(brought_to(a, year), b) for year in {b.first.year, (b.last or b.first).year})
    return (a.first or date.min) <= (b.last or date.max) and (b.first or date.min) <= (a.last or date.max)


_COMPARED_WITH = re.compile("(?:比|较|相[比较]于?|对比)$")
_WITH = re.compile("(?<![年月日期季度底末])[与跟同和]$")  # 2023年和2025年相比 asks about both
_COMPARED = re.compile("(?:同期|时)?(?:相比|[比较])")
_FROM_TO = re.compile("的[^,.;，。；]{0,14}[提升降增长缩减扩调涨跌翻][^,.;，。；到至为]{0,2}[到至为]")
_CLOSED = re.compile("[；;]")
_NOW_THEN = re.compile("[,;，；](?:目前|现在?|如今|眼下|当前|已经?)(?!经济|场|行|货)")
_OWN = re.compile("的[^,.;，。；0-9]{0,8}")


def is_compared_with(text: str, start: int, end: int) -> bool:
    """Tell whether the time at text[start:end] is one that something is compared with: 较2023年增长6%, 与去年同期相比, 由上年的52%提高到68%."""
    if _COMPARED_WITH.search(text, max(0, start - 3), start):
        return True
    if _WITH.search(text, max(0, start - 2), start):
        return _COMPARED.match(text, end) is not None
    return text[:start].endswith(("由", "从")) and _FROM_TO.match(text, end) is not None


def governs(text: str, start: int, end: int, at: int) -> bool:
    """Tell whether the time at text[start:end] may date an amount at `at`: it stands before it.

    A time that something is compared with dates only what is its own: 558.6亿元 in «达612.8亿元，比2023年的558.6亿元增长9.7%»;
    one that is set against another (而上一年为90亿元；全年 …) dates nothing beyond the semicolon, and none what is told of now
    (去年4月互认，已有37位 …).
    """
    if end > at or (text.endswith("而", 0, start) and _CLOSED.search(text, end, at)) or _NOW_THEN.search(text, end, at):
        return False
    return not is_compared_with(text, start, end) or _OWN.fullmatch(text, end, at) is not None


def brought_to(period: Period, year: int) -> Period:
    """Return `period`, which has a first day, as if that lay in `year`."""
    assert period.first is not None
    later = year - period.first.year

    def moved(day: date) -> date:
        return day.replace(year=day.year + later, day=28 if (day.month, day.day) == (2, 29) else day.day)

    return replace(period, first=moved(period.first), last=period.last and moved(period.last), yearless=False)


_MONTHS = (
    (re.compile(r"[前头](?P<last>[0-9]{1,2})个?月"), 1),
    (re.compile(r"(?P<first>[0-9]{1,2})月?(?:-{1,2}|~|至|到)(?P<last>[0-9]{1,2})月"), 1),
    (re.compile(r"(?P<first>[0-9]{1,2})月"), 1),
    (re.compile(r"(?P<first>[1-4])季度"), 3),
)
_PARTS = {"上半年": range(1, 7), "下半年": range(7, 13), "前三季度": range(1, 10)}


def months_of(text: str) -> frozenset[int]:
    """Return the months of a year (1 to 12) that words of time name, whatever the year; none when they name no month."""
    folded = fold(text)
    for part, months in _PARTS.items():
        if part in folded:
            return frozenset(months)
    plain = re.sub(
        "[一二两三四五六七八九十]+(?=个?月|季度)", lambda found: str(facts.whole_number(found.group()) or ""), folded
    )
    for pattern, size in _MONTHS:
        if found := pattern.search(plain):
            named = found.groupdict()
            first, last = int(named.get("first") or 1), int(named.get("last") or named["first"])
            if 1 <= first <= last <= 12 // size:
                return frozenset(range((first - 1) * size + 1, last * size + 1))
    return frozenset()


def contains(outer: TimeMention | Period, inner: TimeMention | Period) -> bool:
    """Whether every day of `inner` lies in `outer`. False when `inner` lacks a bound that `outer` has."""
    if outer.first is None and outer.last is None:
        return False
    starts = outer.first is None or (inner.first is not None and outer.first <= inner.first)
    ends = outer.last is None or (inner.last is not None and inner.last <= outer.last)
    return starts and ends
