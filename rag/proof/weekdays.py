"""On another day of the week: 周二闭馆 is not 周一闭馆."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold

_DAY = re.compile("(?:星期|礼拜|周)(?P<day>[一二三四五六日天末])")


def other_weekday(sentence: str, texts: Sequence[str]) -> str:
    """Return the first day of the week that a sentence tells and no text does; or nothing."""
    given = {found["day"] for text in texts for found in _DAY.finditer(fold(text))}
    told = (found for found in _DAY.finditer(fold(sentence)) if found["day"] not in given)
    return next((found.group() for found in told), "")
