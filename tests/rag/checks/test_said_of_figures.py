"""What is said of a figure or day is said of no other one: 5元那枚的背景是…, 3.70元那枚的背景是…."""

from __future__ import annotations

from rag.checks.said_of_figures import said_of_another
from rag.checks.statements import Ground, Statement


def test_what_is_said_of_a_figure_is_said_of_no_other() -> None:
    text = "3.70元邮票以青禾饭店为背景；5元邮票展示的是晚年，背景为望潮学堂大楼。"
    assert said_of_another(Statement("3.70元那枚的背景是望潮学堂大楼。"), [Ground(text)])
    assert not said_of_another(Statement("5元那枚的背景是望潮学堂大楼。"), [Ground(text)])
