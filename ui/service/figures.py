"""Every quantity of the articles as one table, and the figures that recur as series over time. Pure."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from corpus.chinese.facts import Measure, Quantity, equal
from corpus.records import Article, Published
from rag.citing import published_text
from rag.figures.figure import Figure, article_figures
from rag.figures.over_time import label
from ui import wording
from ui.addresses import permalink

_AROUND: Final = 24  # characters of the sentence on either side of a value
_FORMULA_STARTS: Final = frozenset("=+-@|%\t\r\n")
_PLAIN_VALUE: Final = re.compile(r"[+-]?[\d,.]+ ?%?|\+?[\d -]{6,}")
_UNSEEN: Final = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff]")
_PER_PAGE: Final = 60
_PARTS_OF_MONTH: Final = {(1, 10): "上旬", (11, 20): "中旬"}
_SAID_IN_PASSING: Final = frozenset({Measure.COUNT, Measure.BARE, Measure.DURATION})
_SMALL: Final = 10
_POINTS: Final = re.compile(".?|[这那该此其].")  # 这座, 该片: no name of what is measured
_VAGUE: Final = frozenset({Measure.BARE, Measure.DURATION, Measure.AGE})  # members are their values


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One quantity as a reader sees it; `start` … `end` is its sentence in the article, `at` … `stop` the value itself.

    `subject` and `indicator` are empty when the sentence does not say. `value` is as printed, 余 and 超 included,
    `number` the same in `unit`, the lower bound of a range. `first` and `last` bound the time, both included; None: unknown.
    """

    subject: str
    indicator: str
    value: str
    number: float
    unit: str
    measure: str
    growth: bool
    plan: bool
    as_of: str
    first: date | None
    last: date | None
    inferred: bool
    article_id: str
    headline: str
    published: Published | None
    start: int
    end: int
    at: int
    stop: int
    sentence: str

    @property
    def what(self) -> str:
        """Return of what it is, for people; empty when nothing is known."""
        return " · ".join(filter(None, (self.subject, self.indicator)))

    @property
    def around(self) -> tuple[str, str, str]:
        """Return the words before the value, the value, and the words after it, cuts marked …"""
        at, stop = self.at - self.start, self.stop - self.start
        low, high = max(0, at - _AROUND), min(len(self.sentence), stop + _AROUND)
        before, after = self.sentence[low:at], self.sentence[stop:high]
        return ("…" * (low > 0) + before, self.sentence[at:stop], after + "…" * (high < len(self.sentence)))


@dataclass(frozen=True, slots=True)
class Series:
    """A figure that recurs: the same thing measured at two or more times, oldest first."""

    subject: str
    indicator: str
    points: tuple[FigureRow, ...]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader wants to see: words, a measure, plans or results, one article, and in which order."""

    words: str = ""
    measure: str = ""
    nature: str = ""
    article_id: str = ""
    order: str = "clear"
    page: int = 1


@dataclass(frozen=True, slots=True)
class FigureBook:
    """All rows of a corpus, newest article first, in the order of its text."""

    rows: tuple[FigureRow, ...]
    series: tuple[Series, ...]

    @classmethod
    def of(cls, articles: Sequence[Article]) -> FigureBook:
        """Read every figure out of the articles. A second for a hundred of them."""
        pairs = [
            (figure, _row(figure, article))
            for article in articles
            for figure in article_figures(article)
            if not _in_passing(figure)
        ]
        return cls(tuple(row for _, row in pairs), _series(pairs))

    def wanted(self, wish: Wish) -> list[FigureRow]:
        """Return the rows that fit, in the order wished for."""
        words = wish.words.casefold().split()
        found = [
            row
            for row in self.rows
            if (not wish.measure or row.measure == wish.measure)
            and (not wish.nature or _nature(row) == wish.nature)
            and (not wish.article_id or row.article_id == wish.article_id)
            and all(word in _searched(row) for word in words)
        ]
        match wish.order:
            case "clear":
                found.sort(key=is_unclear)
            case "time":
                found.sort(key=lambda row: (row.last is not None, row.last or date.min), reverse=True)
            case "value":
                found.sort(key=lambda row: (row.measure, row.unit, -row.number))
            case "what":
                found.sort(key=lambda row: (not row.subject, row.subject, row.indicator))
        return found


def _in_passing(figure: Figure) -> bool:
    """Tell whether a number is no value: it counts what a sentence goes on to name (三朵花, 两层深意, 五年), tells a class
    (千亿级集群, 百亿俱乐部), or is that by which another is counted (每万名居民)."""
    quantity = figure.quantity
    spelled = not any(character.isdecimal() for character in quantity.text)
    before, after = figure.text[: quantity.start], figure.text[quantity.end : quantity.end + 1]
    small = quantity.low / quantity.factor <= _SMALL
    return spelled and (
        (quantity.measure in _SAID_IN_PASSING and small)
        or (quantity.measure is Measure.BARE and after.isalnum())
        or before.endswith("每")
    )


def told_time(figure: Figure) -> tuple[str, date | None, date | None]:
    """Return as of when a figure holds, in words and as bounds: the time its sentence names, else its article's.

    A span that ends after the article appeared («“十五五”») cannot date what is already there, nor the day on which a
    plan was made the plan itself.
    """
    time, published = figure.time, figure.published
    if not figure.dated or time is None or time.first is None or time.last is None:
        return label(figure).removesuffix("报道"), figure.first, figure.last
    if published is not None and (time.last <= published.last if figure.plan else time.last > published.last):
        return published_text(published), published.first, published.last
    words = part_of_month(time.first, time.last) or label(figure)
    if until(time.text):
        return "截至" + words.removeprefix("截至"), None, time.last
    return words, time.first, time.last


def until(words: str) -> bool:
    """Tell whether a time is named as the end of all that came before."""
    return words.startswith(("截至", "截止"))


def part_of_month(first: date, last: date) -> str:
    """Return «2024年6月中旬» for the days of one; empty for any other span."""
    part = _PARTS_OF_MONTH.get((first.day, last.day)) or ("下旬" if first.day == 21 and last.day > 27 else "")
    same = (first.year, first.month) == (last.year, last.month)
    return f"{first.year}年{first.month}月{part}" if part and same else ""


def is_unclear(row: FigureRow) -> bool:
    """Tell whether a row is of the kind that is said in passing: 三个, 十年, 一大批."""
    spelled = not any(character.isdecimal() for character in row.value)
    return spelled or row.measure in _VAGUE or not (row.subject and row.indicator)


def page_of(rows: Sequence[FigureRow], page: int) -> tuple[Sequence[FigureRow], int]:
    """Return the rows of a page, counted from 1, and how many pages there are; a page too far is the last one."""
    pages = max(1, -(-len(rows) // _PER_PAGE))
    page = min(max(1, page), pages)
    return rows[(page - 1) * _PER_PAGE : page * _PER_PAGE], pages


def _row(figure: Figure, article: Article) -> FigureRow:
    quantity = figure.quantity
    as_of, first, last = told_time(figure)
    return FigureRow(
        subject=figure.subject.upper(),
        indicator="" if _POINTS.fullmatch(figure.indicator) else figure.indicator.strip("/").upper(),
        value=quantity.text,
        number=float(quantity.low / quantity.factor),
        unit=quantity.unit,
        measure=quantity.measure.value,
        growth=figure.growth,
        plan=figure.plan,
        as_of=as_of,
        first=first,
        last=last,
        inferred=(not figure.dated or last != figure.last) and bool(article.published and article.published.inferred),
        article_id=article.id,
        headline=article.headline,
        published=article.published,
        start=figure.start,
        end=figure.end,
        at=figure.start + quantity.start,
        stop=figure.start + quantity.end,
        sentence=figure.text,
    )


def _nature(row: FigureRow) -> str:
    return "plan" if row.plan else "result"


def _searched(row: FigureRow) -> str:
    return f"{row.subject}{row.indicator}{row.sentence}{row.headline}{row.as_of}".casefold()


def _series(pairs: Iterable[tuple[Figure, FigureRow]]) -> tuple[Series, ...]:
    """Return what was measured at two or more times, those with the most points first.

    Same subject, same indicator, same kind of unit; a value that is only told again is one point. `number` of a point
    counts in the base unit: 3000亿元 and 0.3万亿元 are equally high.
    """
    groups: defaultdict[tuple[str, str, str, bool], list[tuple[Quantity, FigureRow]]] = defaultdict(list)
    for figure, row in pairs:
        if not (row.subject and row.indicator and row.last) or figure.quantity.measure in _VAGUE:
            continue
        groups[row.subject, row.indicator, figure.quantity.base, figure.growth].append((figure.quantity, row))
    found: list[Series] = []
    for (subject, indicator, _, _), members in groups.items():
        members.sort(key=lambda member: (member[1].last or date.min, member[1].first or date.min))
        points: list[tuple[Quantity, FigureRow]] = []
        for quantity, row in members:  # what is told again, later, stands once: a goal in its own year
            points = [one for one in points if one[1].plan != row.plan or not equal(one[0], quantity)]
            points.append((quantity, replace(row, number=float(quantity.low))))
        if len({row.last for _, row in points}) > 1:
            found.append(Series(subject, indicator, tuple(row for _, row in points)))
    return tuple(sorted(found, key=lambda series: -len(series.points)))


# ── export ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula; numbers, shares and telephone numbers stay as they are."""
    seen = _UNSEEN.sub("", unicodedata.normalize("NFKC", cell)).lstrip(" ")
    risky = seen[:1] in _FORMULA_STARTS or cell[:1] in _FORMULA_STARTS
    return f"'{cell}" if risky and not _PLAIN_VALUE.fullmatch(seen) else cell


def as_csv(rows: Iterable[FigureRow], link: str = "") -> str:
    """Return the rows as CSV, its header first, the label of generated content in every row, for Excel in Chinese.

    `link` is the page's own address, put before every place in an article.
    """
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(wording.FIGURE_COLUMNS)
    for row in rows:
        cells = (
            row.subject,
            row.indicator,
            row.value,
            f"{row.number:.10g}",
            row.unit,
            wording.MEASURES[row.measure],
            wording.GROWTH if row.growth else "",
            wording.PLANNED if row.plan else wording.REPORTED,
            row.as_of,
            wording.INFERRED if row.inferred else "",
            row.headline,
            row.article_id,
            f"{row.start}-{row.end}",
            row.sentence,
            link + permalink(row.article_id, row.start, row.end, row.sentence),
            wording.EXPORT_LABEL,
        )
        writer.writerow([harmless(" ".join(cell.split())) for cell in cells])
    return out.getvalue()


def as_json(row: FigureRow) -> dict[str, object]:
    """Return a row as plain JSON values."""
    return {
        "subject": row.subject,
        "indicator": row.indicator,
        "value": row.value,
        "number": row.number,
        "unit": row.unit,
        "measure": row.measure,
        "growth": row.growth,
        "plan": row.plan,
        "as_of": row.as_of,
        "first": str(row.first) if row.first else None,
        "last": str(row.last) if row.last else None,
        "as_of_inferred": row.inferred,
        "article_id": row.article_id,
        "headline": row.headline,
        "start": row.start,
        "end": row.end,
        "sentence": row.sentence,
    }
