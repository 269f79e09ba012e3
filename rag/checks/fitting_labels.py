"""A figure is of what stands before it: words that fit another figure of the kind better are of that one."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import Quantity, comparable
from rag.checks.labels import CLOSE, LabelledFigure, labelled, same_value


def fits_another(claimed: Quantity, sentence: str, figures: Sequence[LabelledFigure]) -> bool:
    """Whether the spans print a figure of something else: the words before it fit another figure of the kind better."""
    own = next((one for one in labelled(sentence) if one.quantity == claimed), None)
    alike = [one for one in figures if comparable(one.quantity, claimed)]
    if own is None or not any(same_value(one.quantity, claimed) for one in alike):
        return False
    words = own.named_close()
    fitting = {True: 0, False: 0}
    for one in alike:
        same = same_value(one.quantity, claimed)
        fitting[same] = max(fitting[same], len(words & one.named_close(2 * CLOSE)))
    return fitting[False] >= 2 and fitting[False] > 2 * fitting[True]
