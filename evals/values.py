"""Does a text say a value? Quantities and dates by what they are worth, words by their characters."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.chinese.facts import DateFact, Quantity, dates, equal, quantities, same_date
from corpus.chinese.text import fold

_SPACE = re.compile(r"\s+|,(?=\d{3})")


def holds_alias(alias: str, text: str) -> bool:
    """Tell whether `text` says `alias`: a quantity or date of equal value, or the same characters.

    12家 is not in 312家: a number never begins or ends inside another.
    """
    wanted, inside = _plain(alias), _plain(text)
    at = inside.find(wanted)
    while at >= 0:
        before, after = inside[at - 1 : at], inside[at + len(wanted) : at + len(wanted) + 1]
        cut_left = wanted[0].isdigit() and (before.isdigit() or before == ".")
        cut_right = wanted[-1].isdigit() and (
            after.isdigit() or (after == "." and inside[at + len(wanted) + 1 :][:1].isdigit())
        )
        if not cut_left and not cut_right:
            return True
        at = inside.find(wanted, at + 1)
    found = quantities_of(alias)
    if len(found) == 1 and len(found[0].text) == len(alias.strip()):
        return any(equal(found[0], other) for other in quantities_of(text))
    day = dates_of(alias)
    return (
        len(day) == 1
        and len(day[0].text) == len(alias.strip())
        and any(same_date(day[0], other) for other in dates_of(text))
    )


@lru_cache(maxsize=20_000)
def quantities_of(text: str) -> tuple[Quantity, ...]:
    """Return `corpus.chinese.facts.quantities(text)`; the same texts are met again and again."""
    return quantities(text)


@lru_cache(maxsize=20_000)
def dates_of(text: str) -> tuple[DateFact, ...]:
    """Return `corpus.chinese.facts.dates(text)`."""
    return dates(text)


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return _SPACE.sub("", fold(text))
