"""«报道没有写明…»: a statement of absence proves nothing, and is shown at most once, beside something proven."""

from __future__ import annotations

import re

from corpus.chinese.facts import quantities
from corpus.chinese.text import fold

_FORM = re.compile("(?:这[几两]?篇|上述|其余|各篇)?(?:报道|报导|文章|原文|资料)(?:里|中)?(?:都|均|也)?(?:没有|没|未)(?:写明|说明|写|说|提到|提及|交代|介绍|给出|列出)(?:到|出)?(?P<what>.{2,40}?)[.]?")


def untold(sentence: str) -> str | None:
    """Return what a sentence says that the articles leave open; None when it says nothing of the kind.

    One with a figure claims more than an absence.
    """
    found = _FORM.fullmatch(fold(sentence))
    return found["what"] if found is not None and not quantities(found["what"]) else None
