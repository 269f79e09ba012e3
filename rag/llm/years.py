"""今年, 去年 … as the years that articles mean by them: a reader of an answer would take them for his own."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.records import Published

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
