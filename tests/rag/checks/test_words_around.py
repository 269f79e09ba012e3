"""The right number of the wrong thing: the words around a figure are those around it in the spans."""

from __future__ import annotations

import pytest

from rag.checks.statements import Ground, Statement
from rag.checks.words_around import unbound


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [("农业产值12亿元。", True), ("工业产值12亿元。", False), ("农业产值3亿元。", False)],
)
def test_a_figure_keeps_the_words_before_it(sentence: str, wrong: bool) -> None:
    statement = Statement(sentence)
    grounds = [Ground("青禾镇完成工业产值12亿元；完成农业产值3亿元。")]
    assert unbound(statement, statement.quantities[0], grounds) is wrong
