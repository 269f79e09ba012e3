"""A sum adds only what the sentence or the question names."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import Quantity
from rag.checks.labels import LabelledFigure, naming_pairs, same_value
from rag.checks.partial_sums import enumerations, holds


def of_something_else(
    sentence: str,
    question: str,
    operands: Sequence[Quantity],
    figures: Sequence[LabelledFigure],
    texts: Sequence[str] = (),
) -> bool:
    """Whether one of the operands of a sum measures nothing that the sentence or the question names.

    Of all that one of the `texts` enumerates one named member is enough.
    """
    named = naming_pairs(sentence + " " + question)
    known = [
        any(same_value(one.quantity, operand) and named & one.named_close() for one in figures) for operand in operands
    ]
    if any(known) and any(
        len(run) == len(operands) and holds(run, operands) for text in texts for run in enumerations(text)
    ):
        return False
    return not all(known)
