"""A sum of two things is told of both: 完工8条 is not 完工5条 and 开工3条."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import Quantity, equal
from corpus.chinese.text import fold
from rag.checks.statements import HAN_BEFORE, Ground


def adds_up_unnamed(sentence: str, operands: Sequence[Quantity], grounds: Sequence[Ground]) -> str:
    """Return what one operand of a sum is of where a sentence names only what another is of: 完工8条 of 完工5条, 开工3条."""
    labels = [_label(operand, grounds) for operand in operands]
    if not all(labels) or len(set(labels)) < len(labels):
        return ""
    named = [label in fold(sentence) for label in labels]
    return labels[named.index(False)] if any(named) and not all(named) else ""


def _label(operand: Quantity, grounds: Sequence[Ground]) -> str:
    for ground in grounds:
        for one in ground.quantities:
            if equal(operand, one) and (run := HAN_BEFORE.search(ground.evened, 0, one.start)):
                return run.group()[-2:]
    return ""
