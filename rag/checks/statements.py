"""What a sentence states, taken apart once: its figures, dates, names, content words and clauses.

Everything is seen from the sentence that wants proof; the text that shall prove it is a `Ground`. Pure functions; time
grows with length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import pairwise

from corpus.chinese.facts import DateFact, Name, Quantity, dates, names, quantities
from corpus.chinese.text import fold, split_clauses
from corpus.chinese.timing import time_mentions
from corpus.chinese.words import any_of
from corpus.records import Published, Span, TimeMention

# Words that tie an answer together and say nothing by themselves: they need no proof.
LINKS = re.compile(any_of("rag/linking"))
HAN = re.compile("[\u3400-\u9fff]")
HAN_BEFORE = re.compile("[\u3400-\u9fff]*$")
HAN_AFTER = re.compile("的?([\u3400-\u9fff]*)")
STOP = re.compile("[,.;:]")  # ends a piece of folded text
BETWEEN_ITEMS = re.compile("、|以及|和|及|与")
WORDLIKE = re.compile("[\u3400-\u9fffa-z]")


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """One numbered span that the model was shown: `text` is article.text[start:end], `n` counts from 1."""

    n: int
    article_id: str
    start: int
    end: int
    text: str
    heading: str = ""
    published: Published | None = None
    before: str = ""  # what precedes it in its article, shown or not


@dataclass(frozen=True)
class Ground:
    """A stretch of an article that may prove something, with its headline and headings and the article's date."""

    text: str
    heading: str = ""
    published: Published | None = None
    before: str = ""  # what the reader of the span has read before it in the same article

    @cached_property
    def folded(self) -> str:
        return bare(fold(self.text))

    @cached_property
    def evened(self) -> str:
        """The text as `fold` gives it, with its offsets."""
        return fold(self.text)

    @cached_property
    def folded_heading(self) -> str:
        return bare(fold(self.heading))

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def dates(self) -> tuple[DateFact, ...]:
        """The dates that are written, and with a year where the article's own date tells it."""
        written = dates(self.text)
        dated = []
        for fact in written:
            for mention in self.times:
                if fact.year is None and fact.hour is None and mention.start <= fact.start < mention.end:
                    years = {moment.year for moment in (mention.first, mention.last) if moment is not None}
                    if len(years) == 1:
                        dated.append(replace(fact, year=years.pop()))
        return (*written, *dated)

    @cached_property
    def times(self) -> tuple[TimeMention, ...]:
        return time_mentions(self.text, self.published)

    @cached_property
    def time_in_force(self) -> tuple[TimeMention, ...]:
        """The time that was named last before a span which names none of its own, at most one."""
        if any(mention.bounds for mention in self.times):
            return ()
        return tuple(mention for mention in time_mentions(self.before, self.published) if mention.bounds)[-1:]

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        return tuple(clauses_of(self.text))


@dataclass(frozen=True)
class Statement:
    """A sentence without its citation marks, taken apart once."""

    text: str

    @cached_property
    def folded(self) -> str:
        return fold(self.text)

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        return quantities(self.text)

    @cached_property
    def dates(self) -> tuple[DateFact, ...]:
        return dates(self.text)

    @cached_property
    def names(self) -> tuple[Name, ...]:
        return names(self.text)

    def times(self, published: Published | None) -> tuple[TimeMention, ...]:
        """Return the times that are named, 今年 and the like as an article of that date means them."""
        return _times(self.text, published)

    @cached_property
    def masked(self) -> bytearray:
        """1 where a figure or date stands: those are proven by value, not by their characters."""
        taken = bytearray(len(self.text))
        spans = [(one.start, one.end) for one in self.quantities] + [(one.start, one.end) for one in self.dates]
        for start, end in spans:
            taken[start:end] = b"\1" * (end - start)
        return taken

    @cached_property
    def content(self) -> tuple[Span, ...]:
        """The runs of characters that say something: no figures, marks or linking words."""
        taken = bytearray(self.masked)
        for link in LINKS.finditer(self.folded):
            taken[link.start() : link.end()] = b"\1" * (link.end() - link.start())
        return tuple(_runs(self.folded, taken))

    @cached_property
    def words(self) -> tuple[Span, ...]:
        """The runs of characters outside figures and marks, linking words included."""
        return tuple(_runs(self.folded, self.masked))


@lru_cache(maxsize=1024)
def _times(text: str, published: Published | None) -> tuple[TimeMention, ...]:
    return time_mentions(text, published)


def _runs(folded: str, taken: bytearray) -> Iterator[Span]:
    start: int | None = None
    for at in range(len(folded) + 1):
        inside = at < len(folded) and not taken[at] and WORDLIKE.match(folded[at]) is not None
        if inside and start is None:
            start = at
        elif not inside and start is not None:
            yield Span(start, at)
            start = None


def bare(folded: str) -> str:
    """Return folded text without spaces and quotation marks."""
    return re.sub("[\\s\"'·]", "", folded)


def clauses_of(text: str) -> Iterator[str]:
    """Yield the clauses of a text; one of less than four characters goes with the next."""
    clause = ""
    for span in split_clauses(text, Span(0, len(text))):
        clause += text[span.start : span.end]
        if len(HAN.findall(clause)) >= 4:
            yield clause
            clause = ""
    if clause.strip():
        yield clause


_MARK = re.compile("[，。；：！？,;:!?]|——")

# Not the 不 of 不断, the 未 of 未来, the 无 of 无锡.
NEGATION = re.compile(
    "(?:不(?![断仅只但少同论管妨禁愧到足低超满下一光单动可小凡错过])|未(?!来|到|满)|没|毋|勿|并非|尚无|暂无|从无|无(?![人锡线论缝疑数界限边偿愧障污尘纺际柱界]))"
)


def piece_at(folded: str, start: int, end: int) -> Span:
    """Return the stretch of folded text between the last mark before `start` and the first one from `end`."""
    begin = max((found.end() for found in STOP.finditer(folded, 0, start)), default=0)
    stop = STOP.search(folded, end)
    return Span(begin, stop.start() if stop else len(folded))


def pieces_of(text: str) -> list[str]:
    """Return the clauses of a text, folded and without quotation marks; the items of a list are not apart."""
    return [fold(piece).replace('"', "") for piece in _MARK.split(text) if piece]


def pairs_in(text: str) -> list[str]:
    """Return the pairs of neighbouring characters within the words of a text, in order."""
    words = re.sub("[^\u3400-\u9fffa-z0-9]", " ", fold(text)).split()
    return [first + second for word in words for first, second in pairwise(word)]


def pairs_of(text: str) -> set[str]:
    """Return the pairs of neighbouring characters within the words of a text."""
    return set(pairs_in(text))


def han_pairs(text: str) -> list[str]:
    """Return the pairs of neighbouring Han characters of a text, in order."""
    return [first + second for first, second in pairwise(text) if HAN.match(first) and HAN.match(second)]


def nearest_clause(clause: str, grounds: Sequence[Ground], least: float = 0.5) -> str | None:
    """Return the clause of the grounds that shares most with `clause`; None when none shares `least` of it."""
    mine = pairs_of(NEGATION.sub("", clause))
    best, found = 0.0, None
    for ground in grounds:
        for other in ground.clauses:
            shared = len(mine & pairs_of(NEGATION.sub("", other))) / max(1, len(mine))
            if shared > best:
                best, found = shared, other
    return found if best >= least else None
