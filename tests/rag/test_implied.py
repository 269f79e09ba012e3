"""Figures that a sentence reckons or counts for itself stand in no span, and are proven by what they are made of."""

from __future__ import annotations

import pytest

from rag.proof.implied import counts_named, is_measure_itself, reckoned
from rag.proof.prover import Prover, ShownSpan
from rag.proof.statements import Ground, Statement

PRICES = "蓝牙43毫米版售价2799元，47毫米版售价3099元。"
TARIFF = "关税总水平由9.8%降至7.5%。"
TEAMS = "30人参加主体赛，21人参加项目赛，5人弃权。"


@pytest.mark.parametrize(
    ("sentence", "ground", "holds"),
    [
        ("分别是2799元和3099元，大号贵300元。", PRICES, True),
        ("大号比小号贵300元。", PRICES, True),  # the only two prices of the span
        ("大号比小号贵400元。", PRICES, False),
        ("两款一共300元。", PRICES, False),  # a difference is no sum
        ("关税总水平降了2.3个百分点。", TARIFF, True),
        ("关税总水平降了2.5个百分点。", TARIFF, False),
        ("两组30人和21人，合起来51人。", TEAMS, True),
        ("合起来51人。", TEAMS, False),  # of three figures, which were added is not told
        ("两组30人和21人，相差51人。", TEAMS, False),
    ],
)
def test_a_sum_or_a_difference_holds_when_a_word_says_which(sentence: str, ground: str, holds: bool) -> None:
    statement = Statement(sentence)
    assert reckoned(statement, statement.quantities[-1], [Ground(ground)]) is holds


@pytest.mark.parametrize(
    ("sentence", "ground", "holds"),
    [
        (
            "舜井、县西巷、和平新村三个社区的代表发了言。",
            "舜井社区、县西巷社区、和平新村社区、信义区的代表发言。",
            True,
        ),
        ("舜井、县西巷、和平新村四个社区的代表发了言。", "舜井社区、县西巷社区、和平新村社区发言。", False),
        ("资金用于研发中心和信息化两个项目。", "资金用于研发中心项目、信息化项目。", True),
        ("一共三个方面。", "发挥政治协商、民主监督和参政议政的作用。", True),
        ("只有政治协商和民主监督两个方面。", "发挥政治协商、民主监督和参政议政的作用。", False),
    ],
)
def test_a_count_is_that_of_what_is_named_in_one_breath(sentence: str, ground: str, holds: bool) -> None:
    statement = Statement(sentence)
    assert counts_named(statement, statement.quantities[-1], [Ground(ground)]) is holds


@pytest.mark.parametrize(
    ("sentence", "ground", "holds"),
    [
        ("一年挑20个城市。", "每年选择20个城市。", True),
        ("一亩大约300公斤。", "亩产量300公斤左右。", True),
        ("上一年同期少17万辆。", "去年同期为17万辆。", True),
        ("仅去年一年就新增1079个。", "截至去年底共有1079个。", False),
        ("一周内发生了35次。", "过去24小时内发生35次。", False),
    ],
)
def test_one_and_a_unit_may_stand_for_the_unit(sentence: str, ground: str, holds: bool) -> None:
    statement = Statement(sentence)
    one = next(quantity for quantity in statement.quantities if quantity.text.startswith("一"))
    assert is_measure_itself(one, statement, [Ground(ground)]) is holds


def test_the_prover_shows_what_is_reckoned_right_and_withholds_what_is_not() -> None:
    prover = Prover([ShownSpan(1, "a", 0, len(TARIFF), TARIFF)], question="关税总水平降到多少")
    assert prover.prove("关税总水平由9.8%降至7.5%，降了2.3个百分点。", [1]).proven
    assert not prover.prove("关税总水平由9.8%降至7.5%，降了3.2个百分点。", [1]).proven
