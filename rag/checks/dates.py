"""Dates: each part of one is written, given by the article's own date, or named last before."""

from __future__ import annotations

import re

from corpus.chinese.facts import DateFact
from corpus.chinese.timing import time_mentions
from rag.checks.statements import Ground, Statement

_REPORTED = re.compile("报道|报导|刊发|日报|消息|文章|见报")


def stated_date(statement: Statement, claimed: DateFact, ground: Ground, *, in_force: bool = False) -> bool:
    """Whether every part of a date is given by a ground, written or by the article's own date.

    With figures in the sentence the date must be as fine as printed: what was reached in 2025年上半年 was not reached in
    2025年. The date of the article itself is proven in a sentence that speaks of the report. `in_force`: so is the time that
    was named last before the ground where it names none.
    """
    coarse_is_well = not statement.quantities
    if any(_gives(fact, claimed, coarse_is_well) for fact in ground.dates):
        return True
    if _given_by_time(claimed, ground, coarse_is_well, in_force):
        return True
    if ground.published is None or not _REPORTED.search(statement.text[claimed.start : claimed.end + 12]):
        return False
    first, last = ground.published.first, ground.published.last
    wanted_last = (claimed.last_year or claimed.year, claimed.last_month or claimed.month)
    months = (last.year, last.month) if claimed.month else (last.year, None)
    day = claimed.day in (None, first.day)
    return claimed.year == first.year and claimed.month in (None, first.month) and wanted_last == months and day


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
    written = [bounds for one in time_mentions(claimed.text, None) if (bounds := one.bounds)]
    if len(written) != 1:
        return False
    asked = written[0]
    given = (mention.bounds for mention in (*ground.times, *(ground.time_in_force if in_force else ())))
    return any(one == asked or (coarse_is_well and asked[0] <= one[0] and one[1] <= asked[1]) for one in given if one)
