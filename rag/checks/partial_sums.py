"""«一共 …» adds up all that a span enumerates."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity, comparable, quantities
from corpus.chinese.text import fold
from rag.checks.labels import same_value


def incomplete(sentence: str, operands: Sequence[Quantity], text: str) -> bool:
    """Whether «一共 …» adds up only some of the figures that a text enumerates with 、."""
    if len(operands) < 2 or not re.search("共|合计|总", sentence) or "+" not in fold(sentence):
        return False
    return any(len(run) > len(operands) and holds(run, operands) for run in enumerations(text))


def holds(run: Sequence[Quantity], operands: Sequence[Quantity]) -> bool:
    """Whether a run of figures holds all the operands."""
    return all(any(same_value(operand, member) for member in run) for operand in operands)


def enumerations(text: str) -> list[list[Quantity]]:
    """Return the figures of a text that are joined by 、, run by run."""
    runs: list[list[Quantity]] = []
    for one in quantities(text):
        between = text[runs[-1][-1].end : one.start] if runs else ""
        if runs and comparable(runs[-1][-1], one) and "、" in between and not re.search("[，。；]", between):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
