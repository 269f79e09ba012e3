"""How much of a sentence the spans hold: shares of its content characters, runs that nothing holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.chinese.text import split_clauses
from corpus.records import Span
from rag.checks.statements import LINKS, Ground, Statement, bare
from rag.question.rewording import thesaurus

_CLAUSE = 4  # content characters that a clause needs to be looked at alone
SHORTEST = 4  # content characters or one figure: less says nothing that could be checked


@dataclass(frozen=True, slots=True)
class Strictness:
    """How much of a sentence must be the spans' own words: shares from 0 to 1, and characters.

    `cover` of its content characters, `clause` of those of every clause; at most `foreign` in a row in no span; `dated` of
    them by the span that gives its date: another span's date is that of another thing. The defaults were tuned by
    `python -m rag.training proof` on summaries of news that are none of ours; docs/llm.md shows the curve.
    """

    cover: float = 0.7
    clause: float = 0.4
    foreign: int = 3
    dated: float = 0.35


STRICTNESS = Strictness()
ANSWERING = Strictness(cover=0.6, clause=0.3, foreign=3)  # of a sentence that gives the words which answer


def falls_short(statement: Statement, grounds: Sequence[Ground], strictness: Strictness) -> bool:
    """Whether too little of a sentence, or of one of its clauses, is the grounds' own, or too much in a row is not."""
    return (
        cover(statement, grounds) < strictness.cover
        or weakest_clause(statement, grounds) < strictness.clause
        or longest_foreign(statement, grounds) > strictness.foreign
    )


def cover(statement: Statement, grounds: Sequence[Ground]) -> float:
    """Return the share of the content characters that the grounds hold, from 0 to 1; 0 when there is no content."""
    held, total = _covered(statement, grounds)
    return held / total if total else 0.0


def content_length(statement: Statement) -> int:
    """Return how many characters of a sentence say something."""
    return sum(len(run) for run in statement.content)


def _covered(statement: Statement, grounds: Sequence[Ground], part: Span | None = None) -> tuple[float, int]:
    marks = covered_characters(statement, grounds)
    total, held = 0, 0.0
    for run in statement.content:
        for at in range(run.start, run.end):
            if part is None or part.start <= at < part.end:
                total += 1
                held += marks[at]
    return held, total


def covered_characters(statement: Statement, grounds: Sequence[Ground]) -> tuple[float, ...]:
    """Return for each character of the sentence 1 when the grounds hold it, one half when only a headline does, or 0.

    A character is held with its neighbour: single characters of Chinese are in every text. Words that the thesaurus gives
    for each other hold each other.
    """
    return _marks(statement.text, tuple((ground.folded, ground.folded_heading) for ground in grounds))


_TOKEN = re.compile("(?=[a-z0-9]*[a-z])(?=[a-z]*[0-9])[a-z0-9]{3,}")


@lru_cache(maxsize=4096)
def _marks(sentence: str, texts: tuple[tuple[str, str], ...]) -> tuple[float, ...]:
    statement = Statement(sentence)
    folded = statement.folded
    marks = [0.0] * len(folded)
    body = "\n".join(text for text, _ in texts)
    heading = "\n".join(head for _, head in texts)
    for run in statement.words:
        for at in range(run.start, run.end):
            pairs = [folded[low : low + 2] for low in (at - 1, at) if run.start <= low and low + 2 <= run.end]
            wanted = pairs or [folded[at]]
            if any(pair in body for pair in wanted):
                marks[at] = 1.0
            elif any(pair in heading for pair in wanted):
                marks[at] = 0.5
    for token in _TOKEN.finditer(folded):  # HGT51F, whose figure is no quantity
        if token.group() in body:
            marks[token.start() : token.end()] = [1.0] * len(token.group())
    for word, start in _known_words(folded):
        if any(bare(other) in body for other in thesaurus().official.get(word, ())):
            marks[start : start + len(word)] = [1.0] * len(word)
    return tuple(marks)


def _known_words(folded: str) -> Iterator[tuple[str, int]]:
    for start, end in thesaurus().places(folded):
        yield folded[start:end], start


def weakest_clause(statement: Statement, grounds: Sequence[Ground]) -> float:
    """Return the smallest cover of a clause that is long enough to be looked at alone; 1 when there is none.

    A shorter clause counts when the grounds hold nothing of it: «华为牵头，» is an invention.
    """
    weakest = 1.0
    for clause in split_clauses(statement.text, Span(0, len(statement.text))):
        held, total = _covered(statement, grounds, clause)
        if total >= _CLAUSE or (total >= 2 and not held):
            weakest = min(weakest, held / total)
    return weakest


_NO_NAME = re.compile("[的了着过得]")


def without_links(folded: str, begin: int, end: int) -> Span:
    """Return what remains of folded[begin:end] without linking words at its ends; those within a word of two stay."""
    while link := _NO_NAME.match(folded, begin, end) or LINKS.match(folded, begin, end):
        begin = link.end()
    while end > begin and _NO_NAME.match(folded, end - 1):
        end -= 1
    while end - begin > 2:
        last = next(
            (size for size in (3, 2, 1) if size < end - begin - 1 and LINKS.fullmatch(folded, end - size, end)), 0
        )
        if not last:
            break
        end -= last
    return Span(begin, end)


def longest_foreign(statement: Statement, grounds: Sequence[Ground]) -> int:
    """Return the length of the longest run of content that no ground holds."""
    marks = covered_characters(statement, grounds)
    longest = 0
    for run in statement.content:
        length = 0
        for at in range(run.start, run.end):
            length = length + 1 if not marks[at] else 0
            longest = max(longest, length)
    return longest
