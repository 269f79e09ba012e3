"""Who says it: what the spans let one say, a sentence lets no other say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold

_SAYS = re.compile(
    "(?P<who>[\u3400-\u9fffa-z·]{2,20}?)(?:对此|也|则|还|曾|回应)?(?:表示|认为|指出|透露|介绍|解释|坦言|强调|称)(?=[,:]|$)"
)
_TELLS = 2  # characters that tell who it is


def other_speaker(sentence: str, texts: Sequence[str], around: str) -> str:
    """Return who a sentence lets speak where the texts let only others speak, if that name was found at all; or nothing."""
    mine = _SAYS.match(fold(sentence))
    who = mine["who"][-_TELLS:] if mine else ""
    given = [found["who"] for text in texts for found in _SAYS.finditer(fold(text))]
    if not given or not who or who not in around or any(who in one for one in given):
        return ""
    return mine["who"] if mine else ""
