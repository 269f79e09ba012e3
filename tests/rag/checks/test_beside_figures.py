"""The words that touch a figure are those that touch it in the spans: 住宅800亩 is not 产业800亩."""

from __future__ import annotations

import pytest

from rag.checks.beside_figures import beside_another
from rag.checks.statements import Ground, Statement


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("其中住宅1300亩、产业800亩。", "其中住宅800亩、产业1300亩。", "预留1300亩住宅和800亩产业用地。"),
        ("每年选金钻5名、红钻15名。", "每年选金钻15名、红钻5名。", "每年选树金钻5名、红钻15名、黄钻100名。"),
    ],
)
def test_a_figure_stays_with_the_word_that_touches_it(true: str, false: str, text: str) -> None:
    wrong, right = (
        [beside_another(told, one, [Ground(text)]) for one in told.quantities]
        for told in (Statement(false), Statement(true))
    )
    assert any(wrong) and not any(right)
