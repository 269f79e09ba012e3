"""Dates: each part of one is written, given by the article's own date, or named last before; 今年 is somebody's year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from corpus.chinese.facts import DateFact
from corpus.chinese.timing import time_mentions
from corpus.chinese.words import any_of
from corpus.records import Published
from rag.proof.statements import Ground, Statement

_RELATIVE = re.compile(f"{any_of('rag/relative')}|(?<![比较])上年")
_REPORTED = re.compile("报道|报导|刊发|日报|消息|文章|见报")


def stated_date(statement: Statement, claimed: DateFact, grounds: Sequence[Ground], *, in_force: bool = False) -> bool:
    """Whether every part of a date is given by one of the grounds, written or by the article's own date.

    With figures in the sentence the date must be as fine as printed: what was reached in 2025年上半年 was not reached in
    2025年. The date of the article itself is proven in a sentence that speaks of the report. `in_force`: so is the time that
    was named last before a ground which names none.
    """
    coarse_is_well = not statement.quantities
    for ground in grounds:
        if any(_gives(fact, claimed, coarse_is_well) for fact in ground.dates):
            return True
        if _given_by_time(claimed, ground, coarse_is_well, in_force):
            return True
        if ground.published is not None and _REPORTED.search(statement.text[claimed.start : claimed.end + 12]):
            first, last = ground.published.first, ground.published.last
            wanted_last = (claimed.last_year or claimed.year, claimed.last_month or claimed.month)
            months = (last.year, last.month) if claimed.month else (last.year, None)
            day = claimed.day in (None, first.day)
            if claimed.year == first.year and claimed.month in (None, first.month) and wanted_last == months and day:
                return True
    return False


_PARTS = ("year", "month", "day", "last_year", "last_month", "last_day", "hour", "minute")


def _gives(printed: DateFact, claimed: DateFact, coarse_is_well: bool) -> bool:
    if claimed.part and claimed.part != printed.part:
        return False
    pairs = [(getattr(claimed, part), getattr(printed, part)) for part in _PARTS]
    if any(said is not None and said != given for said, given in pairs):
        return False
    if coarse_is_well:
        return True
    # «5月» for a printed «2025年5月» leaves out what the reader may know; «2025年» for it says more than is known.
    return claimed.part == printed.part and all(
        (said is None) == (given is None) for said, given in (*pairs[1:3], *pairs[4:6])
    )


def _given_by_time(claimed: DateFact, ground: Ground, coarse_is_well: bool, in_force: bool) -> bool:
    """Whether 今年上半年 and the like in the ground is the time that the claim writes out."""
    asked = _period(claimed)
    if asked is None:
        return False
    for mention in (*ground.times, *(ground.time_in_force if in_force else ())):
        if mention.first is None or mention.last is None:
            continue
        if (mention.first, mention.last) == asked:
            return True
        if coarse_is_well and asked[0] <= mention.first and mention.last <= asked[1]:
            return True
    return False


def _period(fact: DateFact) -> tuple[date, date] | None:
    found = [one for one in time_mentions(_spelt(fact), None) if one.first is not None and one.last is not None]
    if len(found) != 1 or found[0].first is None or found[0].last is None:
        return None
    return found[0].first, found[0].last


def _spelt(fact: DateFact) -> str:
    return fact.text


_YEARS = {"今年": 0, "本年": 0, "去年": -1, "上年": -1, "前年": -2, "明年": 1, "后年": 2}
_YEAR_WORD = re.compile("|".join(_YEARS))


def with_years(text: str, published: Sequence[Published | None]) -> str | None:
    """Return `text` with 今年, 去年 … as the years that articles of these dates mean; None when that is not certain.

    A reader of an answer drawn from several articles would take them for his own year.
    """
    if not _YEAR_WORD.search(text):
        return text
    years = {year for one in published if one is not None for year in (one.first.year, one.last.year)}
    if len(years) != 1 or None in published:
        return None
    year = years.pop()
    return _YEAR_WORD.sub(lambda word: f"{year + _YEARS[word.group()]}年", text)


def relative_times(statement: Statement) -> tuple[str, ...]:
    """Return 今年, 去年 … of a sentence: they are proven only by the very word."""
    return tuple(found.group() for found in _RELATIVE.finditer(statement.folded))
