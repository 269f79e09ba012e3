"""«报道没有写明…»: a statement of absence proves nothing, and is shown at most once, beside something proven.

«根据证据无法回答» says of the whole question what the model was asked to say with one word.
"""

from __future__ import annotations

import re

from corpus.chinese.facts import quantities
from corpus.chinese.text import fold

_FORM = re.compile(
    "(?:这[几两]?篇|上述|其余|各篇)?(?:报道|报导|文章|原文|资料)(?:里|中)?(?:都|均|也)?(?:没有|没|未)(?:写明|说明|写|说|提到|提及|交代|介绍|给出|列出)(?:到|出)?(?P<what>.{2,40}?)[.]?"
)

_DECLINES = re.compile(
    "(?:无法|不能|难以|没法)(?:从.{0,12})?(?:直接)?(?:回答|作答|得知|判断|确定|得出)|找不到.{0,10}(?:答案|信息|依据)"
    "|(?:没有|未|并未|不)(?:包含|提供|找到|给出|有)?(?:相关|足够|直接|明确|任何|与.{2,20}有关)的?(?:信息|答案|依据|内容|记载|资料|数据|证据)"
    "|(?:does|do|did) not (?:mention|say|provide|contain|state|specify|include)|cannot be (?:answered|determined)|no (?:information|evidence|answer)"
)


def declines(sentence: str) -> bool:
    """Whether a sentence says that the question cannot be answered; one with a figure says more."""
    return _DECLINES.search(fold(sentence)) is not None and not quantities(sentence)


def untold(sentence: str) -> str | None:
    """Return what a sentence says that the articles leave open; None when it says nothing of the kind.

    One with a figure claims more than an absence.
    """
    found = _FORM.fullmatch(fold(sentence))
    return found["what"] if found is not None and not quantities(found["what"]) else None
