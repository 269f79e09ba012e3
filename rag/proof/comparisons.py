"""«甲的面积更大»: compared by value; each figure belongs to what stands around it in its span."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import permutations

from corpus.chinese.facts import Measure, Quantity, comparable, quantities
from corpus.chinese.text import fold
from rag.checks.labels import LabelledFigure, fit, naming_pairs

_MORE = "多|大|高|快|长|远|久|宽|重|早|贵"
_LESS = "少|小|低|慢|短|近|窄|轻|晚"
_FORM = re.compile(f"(?P<subject>[^,.;:]{{2,30}}?)(?:更|比较|最)(?P<word>{_MORE}|{_LESS})(?P<rest>[,.;:].*|$)")
_RATE = re.compile("增速|增长|增幅|比重|占比|比例|率")


def comparison(sentence: str, question: str, figures: Sequence[LabelledFigure]) -> tuple[str, bool] | None:
    """Return what is left of «甲更大，…» to be proven, and whether the figures say so; None when it compares nothing.

    The figures are those of the spans; what is compared with is named by the rest of the question.
    """
    found = _FORM.match(fold(sentence))
    if found is None:
        return None
    subject = naming_pairs(found["subject"])
    others = naming_pairs(question + found["rest"]) - subject
    rates = _RATE.search(found["subject"] + (question if found["word"] in "快慢" else "")) is not None
    best: tuple[tuple[int, int], Quantity, Quantity] | None = None
    wanted = {one.base for one in quantities(sentence)}
    for one, two in permutations(figures, 2):
        if wanted and one.quantity.base not in wanted:
            continue
        if not comparable(one.quantity, two.quantity) or (one.quantity.measure is Measure.SHARE) is not rates:
            continue
        about = min(len((subject | others) & figure.named) for figure in (one, two))
        score = (about, fit(subject, others, one, two))
        if best is None or score > best[0]:
            best = (score, one.quantity, two.quantity)
    if best is None or best[0][1] <= 0:
        return None
    holds = best[1].low > best[2].low if found["word"] in _MORE else best[1].low < best[2].low
    return sentence[found.start("rest") :].lstrip("，。；："), holds
