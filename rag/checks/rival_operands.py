"""A difference or a ratio is of what is named: not of another figure of the kind."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import Quantity, comparable
from rag.checks.labels import LabelledFigure, naming_pairs, same_value

_NAMES = 2  # pairs of characters that name a thing


def reckons_with_another(named: str, operands: Sequence[Quantity], figures: Sequence[LabelledFigure]) -> bool:
    """Whether an operand is of something that nobody names, and another figure of the kind of something that is named."""
    words = naming_pairs(named)
    for operand in operands:
        alike = [one for one in figures if comparable(one.quantity, operand)]
        own = [one for one in alike if same_value(one.quantity, operand)]
        for rival in (one for one in alike if not any(same_value(one.quantity, other) for other in operands)):
            theirs = rival.named_close()
            apart = [(one.named_close() - theirs, theirs - one.named_close()) for one in own]
            if apart and all(mine and not mine & words and len(other & words) >= _NAMES for mine, other in apart):
                return True
    return False
