"""A calculation proves its result only when it is written out, right, and made of proven figures."""

from __future__ import annotations

import pytest

from rag.checks.reckoning import formulas


@pytest.mark.parametrize(
    ("sentence", "result"),
    [
        ("两年相差400名（1300名−900名=400名）。", "400名"),
        ("合计55.89亿元+44.11亿元=100亿元", "100亿元"),
        ("增幅为(1,300-900)÷900=44.4%", "44.4%"),  # 44.44…
        ("占156.57亿元÷440.78亿元≈35.5%", "35.5%"),  # 35.52…
        ("900家÷300家=3倍", "3倍"),
        ("15.2亿元×10%=1.52亿元", "1.52亿元"),
        ("12.5%-6%=6.5个百分点", "6.5个百分点"),
        ("1亿元+2亿元×3=7亿元", "7亿元"),
        ("(1亿元+2亿元)×3=9亿元", "9亿元"),
    ],
)
def test_a_right_formula_is_found(sentence: str, result: str) -> None:
    assert [formula.result.text for formula in formulas(sentence, lambda _: True)] == [result]


@pytest.mark.parametrize(
    "sentence",
    [
        "1300名−900名=401名",
        "占156.57亿元÷440.78亿元=35.6%",
        "1300名−900家=400名",  # unlike units
        "15.2亿元+3=18.2亿元",
        "15.2亿元×3亿元=45.6亿元",
        "900家÷0家=3倍",
        "=400名",
        "900名=900名",  # nothing is reckoned
        "12.5%-6%=6.5%",  # a difference of shares is in points
        "((1亿元+2亿元=4亿元",
    ],
)
def test_a_wrong_or_empty_one_is_not(sentence: str) -> None:
    assert formulas(sentence, lambda _: True) == ()


def test_operands_must_be_stated() -> None:
    assert formulas("1300名−900名=400名", lambda quantity: quantity.text != "900名") == ()


def test_a_result_may_be_the_operand_of_the_next() -> None:
    found = formulas("1300名−900名=400名，400名+100名=500名", lambda quantity: quantity.text != "400名")
    assert [formula.result.text for formula in found] == ["400名", "500名"]
