"""What the articles tell of which year: every dated sentence on one line of time, and the articles themselves. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from corpus.chinese.timing import modality
from corpus.chunking import passages
from corpus.records import Article, BlockKind, Modality, Passage, Precision, Published, Span
from rag.citing import published_text
from ui.service.figures import part_of_month, until

_FINE: Final = frozenset({Precision.DAY, Precision.MONTH, Precision.QUARTER, Precision.HALF, Precision.YEAR})
_TOLD: Final = frozenset({BlockKind.BODY, BlockKind.EXPERT, BlockKind.CAPTION})
_SHORTEST: Final = 10  # characters of a sentence that says something
_SEASON: Final = 185  # days
_MOST: Final = 60  # entries of one year that are shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated sentence, or with `start == end` the appearance of an article. `first` to `last`, both included."""

    when: str
    first: date
    last: date
    text: str
    plan: bool
    inferred: bool
    article_id: str
    headline: str
    start: int
    end: int

    @property
    def is_article(self) -> bool:
        return self.start == self.end


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of a year, the latest first; `left_out` are those beyond what a page can show."""

    year: int
    entries: tuple[Entry, ...]
    left_out: int


def chronicle(articles: Sequence[Article]) -> tuple[Year, ...]:
    """Return the years that the articles tell of, the latest first. A sentence stands in the year it speaks of last.

    A season that lasts over the new year, 今冬, belongs to the year in which it begins.
    """
    years: defaultdict[int, list[Entry]] = defaultdict(list)
    for article in articles:
        if article.published is not None:
            own = article.published
            years[own.last.year].append(
                _entry(article, article.headline, own.first, own.last, Span(0, 0), own.inferred)
            )
        for passage in passages(article):
            if passage.kind in _TOLD:
                for entry in _dated(article, passage):
                    years[_year_of(entry)].append(entry)
    made: list[Year] = []
    for year in sorted(years, reverse=True):
        entries = sorted(years[year], key=lambda one: (one.last, one.first, one.is_article, -one.start), reverse=True)
        made.append(Year(year, tuple(entries[:_MOST]), max(0, len(entries) - _MOST)))
    return tuple(made)


def _year_of(entry: Entry) -> int:
    one_season = entry.last.year == entry.first.year + 1 and (entry.last - entry.first).days < _SEASON
    return entry.first.year if one_season else entry.last.year


def _dated(article: Article, passage: Passage) -> list[Entry]:
    found: list[Entry] = []
    for sentence in passage.sentences:
        if len(sentence) < _SHORTEST:
            continue
        times = [
            time
            for time in passage.times
            if sentence.start <= time.start < sentence.end and time.precision in _FINE and time.first and time.last
        ]
        if not times:
            continue
        time = max(times, key=lambda one: (one.last or date.min, one.first or date.min))
        assert time.first is not None and time.last is not None
        inferred = bool(article.published and article.published.inferred) and str(time.last.year) not in time.text
        text = article.text[sentence.start : sentence.end]
        entry = _entry(article, text, time.first, time.last, sentence, inferred)
        found.append(replace(entry, when=f"截至{entry.when}") if until(time.text) else entry)
    return found


def _entry(article: Article, text: str, first: date, last: date, where: Span, inferred: bool) -> Entry:
    planned = bool(where) and modality(text) is Modality.PLAN
    when = part_of_month(first, last) or published_text(Published(first, last))
    return Entry(when, first, last, text, planned, inferred, article.id, article.headline, where.start, where.end)
