"""A figure is of what stands before it: words that fit another figure of the kind better are of that one."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.fitting_labels import fits_another
from rag.checks.labels import labelled


def test_a_figure_of_something_else_is_known_by_the_words_before_it() -> None:
    figures = labelled("完成桥头跳车整治23处、道路窨井盖整治1951处。")
    wrong, right = "整治道路窨井盖23处。", "整治道路窨井盖1951处。"
    assert fits_another(quantities(wrong)[0], wrong, figures)
    assert not fits_another(quantities(right)[0], right, figures)
