"""What holds only if something else does is not told as a fact: 除非甲明确承诺 is no 甲已明确承诺."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold

_IF = re.compile("除非|如果|假如|假设|倘若|一旦|若(?!干)|(?<!主)要是|即使|只要|只有")
_PIECE = re.compile("[,.;:!?]")
_SAME = 0.7  # of the pairs of characters of a piece of a sentence that the piece of a text holds


def condition_told_as_fact(sentence: str, texts: Sequence[str], question: str) -> bool:
    """Whether a sentence says what the texts say only under a condition, which neither it nor its question names."""
    if _IF.search(fold(sentence)) or _IF.search(fold(question)):
        return False
    theirs = [piece for text in texts for piece in _PIECE.split(fold(text)) if piece]
    for mine in _PIECE.split(fold(sentence)):
        pairs = [mine[at : at + 2] for at in range(len(mine) - 1)]
        if len(pairs) < 4:
            continue
        told = [one for one in theirs if sum(pair in one for pair in pairs) >= _SAME * len(pairs)]
        if told and all(_IF.search(one) for one in told):
            return True
    return False
