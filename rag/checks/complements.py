"""A word keeps its complement: 来自上海 is not 来自青禾, and 在甲带领下 not 在乙带领下."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold

_COMPLEMENT = re.compile(
    "(?:来自|位于|直达|通往|毗邻|[东西南北]{1,2}[接邻衔]|属于|交付|(?<![对相])比(?!重|例|较|如|赛|上))(?P<what>[\u3400-\u9fffa-z0-9]{2})"
)
_UNDER = re.compile("在[^,.;]*?(?P<who>[\u3400-\u9fff]{2})的?(?P<what>带领|指导|支持|陪同|邀请|帮助|要求|委托)下")


def other_complement(sentence: str, texts: Sequence[str]) -> str:
    """Return what a sentence gives to a word (来自, 位于, 东接 …) to which the texts give only something else; or nothing."""
    whole = re.sub('"', "", "\n".join(fold(text) for text in texts))
    for found in _UNDER.finditer(re.sub('"', "", fold(sentence))):
        given = [
            whole[max(0, at.start() - 3) : at.start()].removesuffix("的")[-2:]
            for at in re.finditer(found["what"], whole)
        ]
        if given and found["who"] in whole and found["who"] not in given:
            return found.group()
    for found in _COMPLEMENT.finditer(fold(sentence)):
        word = found.group()[:-2]
        if (
            word in whole
            and found["what"] in whole
            and not re.search(f"{word}[^,.;:]{{0,12}}{re.escape(found['what'])}", whole)
        ):
            return found.group()
    return ""
