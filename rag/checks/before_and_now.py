"""A figure of before is none of now: 从甲到乙 is not 从乙到甲."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity, comparable
from rag.checks.amounts import printings
from rag.checks.statements import Ground, Statement, piece_at

_NOW = re.compile("如今|现在|目前|当前|眼下|现已")
_THEN = re.compile("原先|原来|原本|过去|以前|此前|之前|从前|当初")


def of_another_time(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a figure is told of now where the spans tell it of before, or the other way round: 从甲到乙 for 从乙到甲."""
    said = _when(statement.folded, quantity, statement.quantities)
    held = [_when(ground.evened, one, ground.quantities) for ground, one in printings(quantity, grounds)]
    return said != 0 and bool(held) and all(one == -said for one in held)


def _when(folded: str, quantity: Quantity, others: Sequence[Quantity]) -> int:
    """Return 1 for a figure that is told of now, -1 for one of before, else 0: by what stands between it and the last one."""
    starts = [one.end for one in others if one.end <= quantity.start and comparable(one, quantity)]
    piece = piece_at(folded, quantity.start, quantity.end)
    before = folded[max([piece.start, *starts]) : quantity.start]
    later = [one.start for one in others if one.start >= quantity.end]
    after = folded[quantity.end : min([piece.end, *later])]
    now = _NOW.search(before + after) is not None or re.search("(?:[到至成]|缩短为|变为)[了约]?$", before) is not None
    then = _THEN.search(before + after) is not None or re.search("[从由][约近]?$", before) is not None
    return now - then
