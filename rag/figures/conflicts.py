"""Figures that speak of the same thing and do not say the same: changed over time, of another scope, or in disagreement.

Two figures are told apart by whom they are said of, which indicator, which time, plan or result, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from itertools import pairwise

from corpus.chinese.facts import Approximation, Comparison, Measure, compare, may_agree
from corpus.chinese.words import any_of
from corpus.records import Precision
from rag.figures.figure import Figure


class Relation(StrEnum):
    """Why two statements about one thing differ."""

    TIME = "时间不同"
    SCOPE = "口径不同"
    SAID = "说法不一"
    NAME = "名称写法不同"


@dataclass(frozen=True, slots=True)
class Difference:
    """How two figures differ; `note` is a Chinese phrase that says in what."""

    relation: Relation
    note: str


class _Match(Enum):
    SAME = 0
    PART = 1  # a place and a part of it; an indicator and the same of wider or narrower scope
    OTHER = 2  # another indicator of the same thing: 产值 and 增加值 of 工业


# What statistics measure of one thing: 工业 has 产值, 增加值, 投资 …; and words that only widen or narrow.
_HEADS = re.compile("(?P<head>增加值|产值|营业收入|投资|利润|税收|产量|销售额|进出口额|出口额)$")
_SCOPES = re.compile("(?:规上|限上|全社会|全部|新|总|主要|重点)")
_FLOW = re.compile("^(?:新|招|引进|完成|签约|落地|实现|接待|新增)")
_FINE = frozenset({Precision.HALF, Precision.QUARTER, Precision.MONTH})
_SERIES = 4  # as many figures of one indicator in an article are a table of cases
_DIGITS = 3  # significant digits from which equal values are no coincidence
_LIKE_SHARES = 0.65  # … and two shares of something
_LIKE = 0.8  # Dice's coefficient over bigrams from which two indicators are one
_SIZES = frozenset({Measure.LENGTH, Measure.AREA})
_SIZE = re.compile(any_of("rag/sizes"))
_PLAIN_UNITS = frozenset({Measure.BARE, Measure.DURATION, Measure.AGE})


def difference(a: Figure, b: Figure) -> Difference | None:
    """Return how two figures about the same thing differ; None when they agree or are about different things."""
    if a.growth != b.growth or a.quantity.measure in _PLAIN_UNITS or not a.indicator or not b.indicator:
        return None
    compared = compare(a.quantity, b.quantity)
    if compared is Comparison.INCOMPARABLE:
        return None
    indicator = same_indicator(a, b)
    subject = same_subject(a.subject, b.subject)
    if indicator is None or subject is None:
        return None
    if a.quantity.measure in _SIZES and not (_SIZE.search(a.indicator) and _SIZE.search(b.indicator)):
        return None
    if compared is Comparison.EQUAL:
        return _one_value_twice(a, b) if indicator is subject is _Match.SAME else None
    if subject is _Match.PART and (indicator is _Match.OTHER or a.plan or b.plan):
        return None  # too far apart to be taken for one another
    if indicator is not _Match.SAME and a.plan != b.plan:
        return None
    return _told_apart(a, b, indicator, subject)


def _told_apart(a: Figure, b: Figure, indicator: _Match, subject: _Match) -> Difference | None:
    if subject is _Match.PART:
        return Difference(Relation.SCOPE, f"范围不同：{a.subject}、{b.subject}")
    if indicator is not _Match.SAME:
        return Difference(Relation.SCOPE, f"指标不同：{a.indicator}、{b.indicator}")
    if a.plan != b.plan:
        return Difference(Relation.TIME, "一处是规划目标，一处是已有结果")
    if _span(a) != _span(b) and (_fine(a) or _fine(b)):
        return Difference(Relation.SCOPE, "统计的时段长短不同")
    if apart(a, b):
        return Difference(Relation.TIME, "说的是不同时间")
    if may_agree(a.quantity, b.quantity) or not _one_time(a, b):
        return None
    return Difference(Relation.SAID, "同一时间、同一范围，数值不同")


def _one_time(a: Figure, b: Figure) -> bool:
    """Tell whether two figures are known to be of one time; within an article only when both sentences say so."""
    if a.dated and b.dated:
        return (a.first, a.last) == (b.first, b.last)
    known = a.published is not None and b.published is not None
    return known and a.article_id != b.article_id and not a.dated and not b.dated


def _one_value_twice(a: Figure, b: Figure) -> Difference | None:
    """The same precise figure said to be counted over two different spans: one of them cannot be right."""
    digits = len(re.sub("[^0-9]", "", a.quantity.text).strip("0"))
    exact = a.quantity.approximation is b.quantity.approximation is Approximation.EXACT
    if not (a.dated and b.dated and exact and digits >= _DIGITS and _FLOW.search(a.indicator)) or a.growth:
        return None
    return Difference(Relation.SAID, "数值相同，所指的时间不同") if apart(a, b) else None


def same_subject(a: str, b: str) -> _Match | None:
    """Return SAME for one subject (算力小镇, 临平算力小镇), PART for a place and a part of it, else None."""
    if not a or not b:
        return None
    if a == b or (min(len(a), len(b)) >= 3 and (a.endswith(b) or b.endswith(a))):
        return _Match.SAME
    short, long = sorted((a, b), key=len)
    if len(short) == 2 and long.startswith(short) and _AREA.search(long):
        return _Match.PART
    return None


_AREA = re.compile("(?:区|城|镇|街道|村|园|带|走廊)$")


def same_indicator(a: Figure, b: Figure) -> _Match | None:
    """Return SAME for one indicator, PART for the same thing measured otherwise or of wider scope, else None."""
    first, second = a.indicator, b.indicator
    if first == second:
        return _Match.SAME
    if _SCOPES.sub("", first) == _SCOPES.sub("", second):
        return _Match.PART
    if "占" in first or "占" in second:
        part, other_part = first.partition("占")[0], second.partition("占")[0]
        alike = bool(part and other_part) and _dice(part, other_part) >= _LIKE
        return _Match.SAME if alike and _dice(first, second) >= _LIKE_SHARES else None
    if (one := _HEADS.search(first)) and (two := _HEADS.search(second)) and one["head"] != two["head"]:
        stems = first[: one.start()], second[: two.start()]
        return _Match.OTHER if stems[0] == stems[1] and len(stems[0]) >= 2 else None
    if one is not None or _HEADS.search(second) is not None:
        return _Match.SAME if _dice(first, second) >= 0.9 else None
    return _Match.SAME if first[-2:] == second[-2:] and _dice(first, second) >= _LIKE else None


def _dice(a: str, b: str) -> float:
    first, second = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (a, b))
    return 2 * len(first & second) / max(1, len(first) + len(second))


def apart(a: Figure, b: Figure) -> bool:
    """Tell whether two figures hold of different times: spans without a common day, or reports half a year apart."""
    if a.dated and b.dated:
        return (
            a.first is not None
            and b.first is not None
            and a.last is not None
            and b.last is not None
            and (a.last < b.first or b.last < a.first)
        )
    first, second = (f.last or f.first for f in (a, b))
    if first is None or second is None:
        return False
    return abs((first - second).days) > 92


def _fine(figure: Figure) -> bool:
    return figure.time is not None and figure.time.precision in _FINE


def _span(figure: Figure) -> Precision | None:
    return figure.time.precision if figure.dated and figure.time else None


def _moves(figures: Sequence[Figure]) -> Iterator[tuple[Figure, Figure]]:
    """从 1.16万名 增长至 1.42万名: two figures of one sentence."""
    for one, two in pairwise(figures):
        between = one.text[one.quantity.end : two.quantity.start]
        same = one.start == two.start and one.article_id == two.article_id
        if same and _BECAME.search(between) and one.text[: one.quantity.start].rstrip().endswith(("从", "由")):
            yield one, two


_BECAME = re.compile(
    "^[^，,。；;]{0,6}(?:增|升|提高|扩大|降|减|缩|跌|涨|调整|变)[^，,。；;]{0,3}[至到为成][^，,。；;]{0,3}$"
)


@dataclass(frozen=True, slots=True)
class FigurePair:
    """Two figures that differ, the newer one first."""

    newer: Figure
    older: Figure
    difference: Difference


def newest_first(a: Figure, b: Figure) -> tuple[Figure, Figure]:
    """Return the two with the later one first: by the time they are of, then by when they were reported."""

    def key(figure: Figure) -> tuple[str, str]:
        return (
            str(figure.last or figure.first or ""),
            str(figure.published.last if figure.published else ""),
        )

    return (a, b) if key(a) >= key(b) else (b, a)


def figure_pairs(figures: Iterable[Figure]) -> list[FigurePair]:
    """Return all pairs among `figures` that are about the same thing and differ; each pair of sentences once."""
    listed = list(figures)
    pairs = [FigurePair(*newest_first(b, a), Difference(Relation.TIME, "说的是不同时间")) for a, b in _moves(listed)]
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    cases = Counter((f.article_id, f.subject, f.indicator, f.growth, f.quantity.measure) for f in listed)
    often = Counter((f.article_id, f.start, f.indicator, f.growth, f.quantity.measure) for f in listed)
    for figure in listed:
        # an indicator that a sentence gives to several things does not say which of them is meant
        alone = often[figure.article_id, figure.start, figure.indicator, figure.growth, figure.quantity.measure] == 1
        series = cases[figure.article_id, figure.subject, figure.indicator, figure.growth, figure.quantity.measure]
        if figure.indicator and figure.subject and alone and series < _SERIES:
            groups[figure.quantity.measure, figure.growth, figure.subject[:2]].append(figure)
            if figure.subject[-3:] != figure.subject[:2]:
                groups[figure.quantity.measure, figure.growth, figure.subject[-3:]].append(figure)
    seen: set[tuple[object, ...]] = set()
    for group in groups.values():
        for number, one in enumerate(group):
            for two in group[number + 1 :]:
                key = (one.article_id, one.start, one.quantity.start, two.article_id, two.start, two.quantity.start)
                if key in seen or (one.article_id, one.start) == (two.article_id, two.start):
                    continue
                seen.add(key)
                if found := difference(one, two):
                    pairs.append(FigurePair(*newest_first(one, two), found))
    return pairs
