"""What an article is once it has been read: the records that every later step takes.

Offsets are code points, half-open, everywhere. `Article.text` is the repaired text; "source" is the text of the file as
decoded, before any repair.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class BlockKind(StrEnum):
    """What part of a newspaper page a block of text is."""

    COLUMN = "column"  # the running header over a page or series
    KICKER = "kicker"
    HEADLINE = "headline"
    BYLINE = "byline"
    EDITOR_NOTE = "editor_note"
    HEADING = "heading"
    BODY = "body"
    CAPTION = "caption"
    EXPERT = "expert"  # body text of an expert's column
    CREDIT = "credit"  # who took the photos
    DATA_SOURCE = "data_source"
    TABLE = "table"  # what stands over a table: its caption
    ROW = "row"  # one row of a table as a sentence, every value beside its header
    LIST = "list"  # a list with the words that lead into it, an item a line
    NOTE = "note"  # under a table, at the foot of a page, at the end of a document


class Precision(StrEnum):
    """How finely a span of time is known."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    RANGE = "range"  # several years, or bounds of different kinds
    OPEN = "open"  # one bound is the article's own date


class Modality(StrEnum):
    """Whether a sentence reports what is, or what is meant to be."""

    RESULT = "result"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open code-point offsets into a text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of `length` characters that the repaired text took unchanged from the source."""

    start: int
    source_start: int
    length: int


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading, caption … of the repaired text. `level` is the depth of a heading, else 0."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table's row: the stretches of `Article.text` that its header and itself are, header maybe empty."""

    header: Span
    value: Span


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: the stretch of `Article.text` that tells it, and its cells from left to right.

    `table` numbers the tables of an article from 0. A wide row is told by several rows, each with its first cell.
    """

    table: int
    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Inference:
    """How one thing about an article came to be known: `what` is headline, published, publisher or authors.

    `how` is a few Chinese words for the reader of the accounting table; `confidence` is from 0 to 1.
    """

    what: str
    how: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file was read: the `version` of the reader, what it found, and what looked odd (`warnings`, in Chinese)."""

    version: int = 0
    format: str = ""
    lists: int = 0
    inferences: tuple[Inference, ...] = ()
    warnings: tuple[str, ...] = ()


_UNKNOWN = Reading()


@dataclass(frozen=True, slots=True)
class Published:
    """When an article appeared: `first` to `last`, both included; equal when the day is known.

    `inferred` when it is not printed in the source; `clue` is then the sentence that gives it away.
    """

    first: date
    last: date
    inferred: bool = False
    clue: str = ""

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"published backwards: {self.first} … {self.last}")


@dataclass(frozen=True, slots=True)
class TimeMention:
    """A stretch of article text that names a time, resolved against the article's own date.

    `start`/`end` are offsets into `Article.text`; `first`/`last` are both included. None means that the bound is not
    known (an article without a date cannot resolve 今年).
    """

    start: int
    end: int
    text: str
    first: date | None
    last: date | None
    precision: Precision

    @property
    def bounds(self) -> tuple[date, date] | None:
        """The first and the last day; None where either is not known."""
        return None if self.first is None or self.last is None else (self.first, self.last)


@dataclass(frozen=True, slots=True)
class Article:
    """One article as published, repaired but never corrected.

    `text` is its blocks joined by single newlines. Every other character of `text` lies in exactly one segment and
    equals the source character that it maps to; every source character that is not whitespace is in exactly one segment.
    `gaps` are the offsets of `text` at which the source lost words: nothing may be read across one.
    """

    id: str
    text: str
    blocks: tuple[Block, ...]
    segments: tuple[Segment, ...]
    gaps: tuple[int, ...]
    headline: str
    kicker: str
    authors: tuple[str, ...]
    publisher: str
    published: Published | None
    file_name: str
    source_sha256: str
    headline_inferred: bool = False
    rows: tuple[Row, ...] = ()
    reading: Reading = _UNKNOWN
    _starts: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(segment.start for segment in self.segments))

    def source_offset(self, offset: int) -> int:
        """Return where the character `text[offset]` stands in the source.

        A newline between blocks stands in no segment; it maps to the source offset that follows the character before it.
        """
        if not 0 <= offset < len(self.text):
            raise ValueError(f"offset {offset} lies outside {self.id} (0 to {len(self.text)})")
        segment = self.segments[max(0, bisect_right(self._starts, offset) - 1)]
        return segment.source_start + min(offset - segment.start, segment.length)

    def place_of(self, words: str, near: int) -> Span | None:
        """Return where some words stand in the text, as near as can be to an offset; None when they stand nowhere.

        A text that was read again by another version has the same words at other offsets.
        """
        if words and self.text.startswith(words, near):
            return Span(near, near + len(words))
        places = [match.start() for match in re.finditer(re.escape(words), self.text)] if words else []
        start = min(places, key=lambda place: abs(place - near), default=None)
        return None if start is None else Span(start, start + len(words))

    def source_span(self, start: int, end: int) -> Span:
        """Return the smallest source span that holds every character of `text[start:end]`.

        A caption that stood inside the quoted words lies inside the span, and is no part of the quote.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"[{start}, {end}) lies outside {self.id} (0 to {len(self.text)})")
        first, last = bisect_right(self._starts, start) - 1, bisect_right(self._starts, end - 1)
        lows, highs = [], []
        for segment in self.segments[max(0, first) : last]:
            begin, stop = max(start, segment.start), min(end, segment.start + segment.length)
            if begin < stop:
                lows.append(segment.source_start + begin - segment.start)
                highs.append(segment.source_start + stop - segment.start)
        if not lows:  # the newline between two blocks
            where = self.source_offset(start)
            return Span(where, where)
        return Span(min(lows), max(highs))

    def block_at(self, offset: int) -> Block:
        """Return the block that holds `offset`; the newline after a block belongs to it."""
        at = bisect_right(self.blocks, offset, key=lambda block: block.start) - 1
        return self.blocks[max(0, at)]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of one article inside one block kind: the unit that we embed and retrieve.

    Half-open code-point offsets: `article.text[p.start:p.end] == p.text`, always.
    `heading_path` goes from the headline down to the nearest heading.
    """

    article_id: str
    start: int
    end: int
    text: str
    kind: BlockKind
    heading_path: tuple[str, ...] = ()
    sentences: tuple[Span, ...] = ()
    times: tuple[TimeMention, ...] = ()

    def __post_init__(self) -> None:
        if len(self.text) != self.end - self.start:
            raise ValueError(f"{self.id}: {len(self.text)} characters for {self.end - self.start} offsets")

    @property
    def id(self) -> str:
        return f"{self.article_id}#{self.start}-{self.end}"


def latest_first(articles: Mapping[str, Article]) -> list[Article]:
    """Return the articles by day, newest first; those without a day come last."""
    dated = sorted(
        (article for article in articles.values() if article.published is not None),
        key=lambda article: (article.published.last, article.published.first) if article.published else (),
        reverse=True,
    )
    return dated + [article for article in articles.values() if article.published is None]
