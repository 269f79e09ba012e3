"""When things happened, as an article says it: 今年, 3月, 设区3年来, 到2028年 resolved against the article's own date.

What is resolved stands beside the text and is never put into it. Every function is pure: nothing here asks what day it is.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from corpus import facts
from corpus.records import Modality, Precision, Published, TimeMention
from corpus.text import fold

_Bounds = tuple[date | None, date | None, Precision]
_UNKNOWN = (None, None)

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
_PART = "上半年|下半年|前三季度|第?[一二三四1-4]季度|年初|年底|年末|岁末|初|底|末|中(?=[,.;、)]|$)|春节|[春夏秋冬][季天]?(?![节联运])"
_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_DAY = "3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_MONTH_DAY = f"(?:{_MONTH})月(?:份|(?:{_DAY})[日号]|[上中下]旬|[初底末])?"
_YEAR = "(?:19|20)[0-9]{2}|[一二][零〇九一二三四五六七八]{3}"
_SINCE = "(?:以来|至今|起(?![来到点草步])|开始)"


def _alternatives(words: object) -> str:
    return "|".join(sorted(words, key=len, reverse=True))  # type: ignore[call-overload]


_MENTION = re.compile(
    "|".join(
        (
            f"(?P<years>(?<![0-9])(?:{_YEAR})年?(?:-{{1,2}}|至|到|~)(?:{_YEAR})(?:年|(?![0-9])))",
            f"(?P<relative>(?:{_alternatives(_RELATIVE_YEAR)})(?:的)?(?:{_MONTH_DAY}|{_PART})?(?:{_SINCE})?)",
            f"(?P<month>(?:{_alternatives(_RELATIVE_MONTH)})(?:(?:{_DAY})[日号]|[上中下]旬|[初底末])?)",
            f"(?P<day>(?:{_alternatives(_RELATIVE_DAY)})(?![头]))",
            f"(?P<week>{_alternatives(_RELATIVE_WEEK)})",
            "(?P<season>今[春夏秋冬]|去[春夏秋冬]|今冬明春)",
            '(?P<plan>["]?十[一二三四五六]?五(?:"|(?=规划|期间|时期|末|以来|开局|收官))(?:末|期间|以来)?)',
            f"(?P<asof>(?:截至|截止到?)(?:目前|{_NUMBER})?(?<=目前))",
            f"(?P<absolute>(?:截至|截止|到|至|力争到)?(?<![0-9])(?:{_YEAR})年(?:{_MONTH_DAY}|全年|{_PART})?(?:{_SINCE})?)",
            "(?P<iso>(?<![0-9])(?:19|20)[0-9]{2}[-/.](?:1[0-2]|0?[1-9])[-/.](?:3[01]|[12][0-9]|0?[1-9])(?![0-9]))",
            f"(?P<ahead>未来(?:的)?(?:{_NUMBER})(?:个月|年)(?:内|间|里)?)",
            f"(?P<since>(?:近|最近|过去|这|此前|前)(?:的)?(?:{_NUMBER})(?:个月|个?年|天|周)(?:来|间|里|以来)?|(?<![0-9第])(?:{_NUMBER})(?:个月|年)(?:多)?来(?![自到])|过去一年)",
            f"(?P<ago>(?<![0-9第])(?:{_NUMBER})(?:个月|年|天)前(?![沿])|半年前)",
            "(?P<lately>近年来|近些年来?|近几年来?|这些年来?|近年|多年来|长期以来|一直以来|历年来)",
            f"(?P<recent>{_alternatives(_RECENT)})",
            f"(?P<now>{_alternatives(_NOW)})",
            f"(?P<named>(?:{_alternatives(_NAMED_YEAR)})(?:{_MONTH_DAY}|{_PART})?)",
            "(?P<decade>(?:上世纪|二十世纪|20世纪|本世纪|21世纪|二十一世纪)(?:[0-9]0|[二三四五六七八九]十)年代)",
            f'(?P<holiday>"?(?:{_alternatives(_HOLIDAYS)})"?(?=小?长假|假期|黄金周|期间|节|前后|当天|大促|购物)(?:小?长假|假期|黄金周|节)?)',
            f"(?P<bare>(?<![0-9个第一二三四五六七八九十])(?:{_MONTH_DAY})(?![季饼])|(?<![今去明前后每半全本当])(?:上半年|下半年|前三季度|第?[一二三四1-4]季度)|年初|年底|年末|岁末)",
        )
    )
)


@dataclass(frozen=True, slots=True)
class Period:
    """The time a question asks about: `first` to `last`, both included; `text` is how it was said.

    `latest` when it asks for what holds now or most recently (最近, 目前, 现在): newer articles then win.
    """

    first: date | None
    last: date | None
    text: str
    precision: Precision
    latest: bool = False


def time_mentions(text: str, published: Published | None) -> tuple[TimeMention, ...]:
    """Return the times that `text` names, in order and without overlap.

    Relative words are resolved against `published`; when that is a range, the span covers every reading. A month or a
    part of a year without a year lies in the year named before it in the sentence, else in the latest that is not in the
    future of the article, or, where the clause says that it is still to come, in the next. 同年, 当年, 次年, 年底 take the
    year last named in the text. Bounds are None where the article does not let us know them.
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
        coming = _COMING.search(folded, max(sentence + 1, start - 8), start) is not None
        bounds = _resolve(kind, word, published, named, in_sentence, coming)
        if bounds is None:
            continue
        first, last, precision = bounds
        mentions.append(TimeMention(start, end, text[start:end], first, last, precision))
        if kind in ("absolute", "relative", "iso", "named", "years") and first is not None and last is not None:
            year = last.year if not _OPEN_END.search(word) else first.year
            named, named_at = year, start
    return tuple(mentions)


_COMING = re.compile("(?:将[于在]|预计|拟于|计划于?|定于|力争|有望|确保|争取)[^,.;]{0,3}$")
_OPEN_END = re.compile("以来|至今|起$|开始$")


def _resolve(
    kind: str, word: str, published: Published | None, named: int | None, in_sentence: int | None, coming: bool
) -> _Bounds | None:
    if kind in ("absolute", "iso"):
        return _absolute(word, published)
    if kind == "years":
        fact = facts.dates(word)[0]
        if fact.year is None or fact.last_year is None:
            return None
        return date(fact.year, 1, 1), date(fact.last_year, 12, 31), Precision.RANGE
    if kind == "plan":
        fact = next(
            iter(
                facts.dates(
                    word if '"' in word else f"“{word.removesuffix('期间').removesuffix('以来').removesuffix('末')}”"
                )
            ),
            None,
        )
        if fact is None or fact.year is None or fact.last_year is None:
            return None
        if word.endswith("末"):
            return date(fact.last_year, 1, 1), date(fact.last_year, 12, 31), Precision.YEAR
        return date(fact.year, 1, 1), date(fact.last_year, 12, 31), Precision.RANGE
    if kind == "decade":
        century = 1900 if word.startswith(("上", "20", "二十世")) else 2000
        decade = int(word[-4]) if word[-4].isdigit() else (facts.whole_number(word[-4]) or 0)
        first = century + 10 * decade
        return date(first, 1, 1), date(first + 9, 12, 31), Precision.RANGE
    if kind == "named":
        if named is None:
            return *_UNKNOWN, Precision.YEAR
        stem = next(w for w in sorted(_NAMED_YEAR, key=len, reverse=True) if word.startswith(w))
        return _in_year(named + _NAMED_YEAR[stem], word.removeprefix(stem))
    if kind == "bare" and in_sentence is not None:
        return _in_year(in_sentence, word)
    if kind == "bare" and word in ("年底", "年末", "年初", "岁末") and named is not None:
        return _in_year(named, word)
    return _relative(kind, word, published, coming)


def _relative(kind: str, word: str, published: Published | None, coming: bool) -> _Bounds | None:
    if published is None:
        return *_UNKNOWN, _precision(kind, word)
    early, late = _one(kind, word, published.first, coming), _one(kind, word, published.last, coming)
    if early is None or late is None:
        return None
    return early[0], late[1], early[2]


def _precision(kind: str, word: str) -> Precision:
    sample = _one(kind, word, date(2000, 12, 31), False)
    return sample[2] if sample else Precision.OPEN


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
        years = (day.year, day.year + 1) if coming else (day.year, day.year - 1)
        for year in years:
            bounds = _in_year(year, word)
            if bounds is None or bounds[0] is None or bounds[1] is None:
                return bounds
            if (coming and bounds[1] >= day) or (not coming and bounds[0] <= day):
                return bounds
        return _in_year(years[1], word)
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


def _counted(kind: str, word: str, day: date) -> _Bounds | None:
    found = re.search(f"({_NUMBER}|半)(个月|个?年|天|周)", word)
    if found is None:
        return None
    number, unit = found.groups()
    if number in ("几", "数"):
        return (day, None, Precision.OPEN) if kind == "ahead" else (None, day, Precision.OPEN)
    if number == "半":
        months, days = 6, 0
    else:
        count = facts.whole_number(number)
        if count is None:
            return None
        months = count * 12 if unit.endswith("年") else count if unit == "个月" else 0
        days = count if unit == "天" else 7 * count if unit == "周" else 0
    sign = 1 if kind == "ahead" else -1
    other = _moved(day, sign * months) + timedelta(sign * days) if months <= 12 * 1500 else None
    if kind == "ahead":
        return day, other, Precision.RANGE
    if kind == "ago":
        if other is None:
            return *_UNKNOWN, Precision.OPEN
        if unit.endswith("年") and number != "半":
            return date(other.year, 1, 1), date(other.year, 12, 31), Precision.YEAR
        return other, other, Precision.OPEN
    return other, day, Precision.OPEN


def _shift(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def _moved(day: date, months: int) -> date | date | None:
    year, month = _shift(day.year, day.month, months)
    if not 1 <= year <= 9999:
        return date.min
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _absolute(word: str, published: Published | None) -> _Bounds | None:
    since = _OPEN_END.search(word)
    bare = re.sub(f"^(?:截至|截止|到|至|力争到)|{_SINCE}", "", word)
    found = next(iter(facts.dates(bare)), None)
    if found is None or found.year is None:
        return None
    rest = re.sub(f"^(?:{_YEAR})年?", "", bare)
    bounds = (
        _in_year(found.year, rest) if found.day is None or "月" in bare else _day(found.year, found.month, found.day)
    )
    if bounds is None:
        return None
    if since:
        return bounds[0], published.last if published else None, Precision.OPEN
    return bounds


def _day(year: int, month: int | None, day: int | None) -> _Bounds | None:
    try:
        at = date(year, month or 1, day or 1)
    except ValueError:
        return None
    return at, at, Precision.DAY


def _in_year(year: int, rest: str) -> _Bounds | None:
    """Resolve 3月5日, 1月初, 上半年, 年底 … inside a year; the year itself when nothing is left."""
    if not 1 <= year < 9999:
        return None
    rest = rest.replace("全年", "")
    if not rest:
        return date(year, 1, 1), date(year, 12, 31), Precision.YEAR
    if month_day := re.fullmatch(f"({_MONTH})月(?:份|({_DAY})[日号]|([上中下]旬|[初底末]))?", rest):
        month = facts.whole_number(month_day.group(1)) or 1
        last = calendar.monthrange(year, month)[1]
        if month_day.group(2):
            return _day(year, month, facts.whole_number(month_day.group(2)))
        first_day, last_day = {
            "上": (1, 10),
            "初": (1, 10),
            "中": (11, 20),
            "下": (21, last),
            "底": (21, last),
            "末": (21, last),
        }.get((month_day.group(3) or " ")[0], (1, last))
        return date(year, month, first_day), date(year, month, last_day), Precision.MONTH
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


# -------------------------------------------------------------------------------------------------------------- modality

_PLAN_CUE = re.compile(
    "力争|预计|计划(?=[到在于将用投今明未新总建])|拟(?=[于在建用投将])|有望|争取|旨在|目标是|目标为|即将|将(?![军士领帅相才门近至其之此这它他她])|要(?=在|到|进一步|加快|坚持|着力|继续)|未来(?=[几数0-9一二两三四五六七八九十])|到20[2-9][0-9]年|规划建设|下一步|接下来|再过不久|不久的将来"
)


def modality(sentence: str) -> Modality:
    """Tell whether a sentence states what is meant to be (plan) or what is (result)."""
    return Modality.PLAN if _PLAN_CUE.search(fold(sentence)) else Modality.RESULT


# ------------------------------------------------------------------------------------------------------------- questions

_LATEST = re.compile("最近|最新|近期|目前|现在|当前|如今|眼下|近日")


def question_period(question: str, today: date | None, last: date | None) -> Period | None:
    """Return the time that `question` asks about, None when it names none.

    Relative words are resolved against `today`; when that is not given, against `last`, the date of the newest article.
    """
    reference = today or last
    published = Published(reference, reference) if reference else None
    mentions = time_mentions(question, published)
    latest = _LATEST.search(fold(question)) is not None
    solid = [mention for mention in mentions if not _LATEST.search(mention.text)] or list(mentions)
    if not solid:
        return Period(None, reference, "", Precision.OPEN, True) if latest else None
    first = solid[0]
    if len(solid) == 1:
        return Period(first.first, first.last, first.text, first.precision, latest)
    starts = [m.first for m in solid if m.first is not None]
    ends = [m.last for m in solid if m.last is not None]
    return Period(
        min(starts) if len(starts) == len(solid) else None,
        max(ends) if len(ends) == len(solid) else None,
        "、".join(m.text for m in solid),
        Precision.RANGE,
        latest,
    )


# ----------------------------------------------------------------------------------------------------------------- spans


def overlaps(a: TimeMention | Period, b: TimeMention | Period) -> bool:
    """Whether two spans of time share a day. A bound that is not known is open; nothing overlaps a span without bounds."""
    if (a.first is None and a.last is None) or (b.first is None and b.last is None):
        return False
    return (a.first or date.min) <= (b.last or date.max) and (b.first or date.min) <= (a.last or date.max)


def contains(outer: TimeMention | Period, inner: TimeMention | Period) -> bool:
    """Whether every day of `inner` lies in `outer`. False when `inner` lacks a bound that `outer` has."""
    if outer.first is None and outer.last is None:
        return False
    starts = outer.first is None or (inner.first is not None and outer.first <= inner.first)
    ends = outer.last is None or (inner.last is not None and inner.last <= outer.last)
    return starts and ends
