"""Whose figure it is: one of the whole district (全区) is none of the zone (经开区) or of the city."""

from __future__ import annotations

import pytest

from rag.checks.statements import Ground, Statement
from rag.checks.whose_figures import of_another_scope


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("青禾经开区有企业700家。", "青禾区有企业700家。", "青禾制造业的主阵地青禾经开区，产值过千亿，有企业700家。"),
        ("青禾区布局了11处驿站。", "望潮市布局了11处驿站。", "望潮市青禾区在全区布局11处驿站。"),
    ],
)
def test_a_figure_stays_with_its_place(true: str, false: str, text: str) -> None:
    wrong, right = (
        of_another_scope(told, told.quantities[0], [Ground(text)]) for told in (Statement(false), Statement(true))
    )
    assert wrong and not right
