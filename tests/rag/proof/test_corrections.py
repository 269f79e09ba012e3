"""«不是甲，而是乙»: what is denied stands in the question, what is asserted is left for the spans to prove."""

from __future__ import annotations

import pytest

from rag.proof.corrections import without_denial


@pytest.mark.parametrize(
    ("sentence", "question", "left"),
    [
        ("望潮桥不是五孔桥，而是七孔桥。", "望潮桥为什么只有五个孔", "望潮桥是七孔桥。"),
        ("增长的不是8%，而是6%。", "产值增长8%靠什么", "增长的是6%。"),
        ("不需要两个小时，坐高铁40分钟到。", "坐高铁要两个小时吗", "坐高铁40分钟到。"),
        ("不全是学生，还有老师。", "来的全是学生吗", "老师。"),
        ("望潮桥有七个孔。", "望潮桥有几个孔", "望潮桥有七个孔。"),
    ],
)
def test_a_correction_leaves_what_it_asserts(sentence: str, question: str, left: str) -> None:
    assert without_denial(sentence, question) == left


def test_a_correction_of_what_nobody_said_is_none() -> None:
    assert without_denial("望潮桥不是铁桥，而是七孔桥。", "望潮桥有几个孔") is None
