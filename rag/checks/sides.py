"""A side stays a side: what lies in the north (北) of the spans lies in no other part."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from rag.checks.statements import STOP, Ground, piece_at

_DIRECTION = re.compile("[东西南北中上下左右](?=[边部侧面方接承起]|$)")


def other_side(sentence: str, grounds: Sequence[Ground]) -> str:
    """Return a quoted name that a clause puts on another side (北, 南 …) than the clause of the spans that names it; or nothing."""
    for piece in STOP.split(fold(sentence)):
        sides = set(_DIRECTION.findall(piece))
        for name in re.findall('"([^"]{2,12})"', piece) if len(sides) == 1 else ():
            held = [
                set(_DIRECTION.findall(ground.evened, its.start, its.end))
                for ground in grounds
                for at in re.finditer(re.escape(name), ground.evened)
                for its in (piece_at(ground.evened, at.start(), at.start()),)
            ]
            if held and all(one and not one & sides for one in held):
                return str(name)
    return ""
