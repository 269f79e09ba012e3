"""A figure that a sentence reckons for itself stands in no span, and is proven by what it is made of."""

from __future__ import annotations

import pytest

from rag.checks.implied import reckoned
from rag.checks.statements import Ground, ShownSpan, Statement
from rag.proof.prover import Prover

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


def test_the_prover_shows_what_is_reckoned_right_and_withholds_what_is_not() -> None:
    prover = Prover([ShownSpan(1, "a", 0, len(TARIFF), TARIFF)], question="关税总水平降到多少")
    assert prover.prove("关税总水平由9.8%降至7.5%，降了2.3个百分点。", [1]).proven
    assert not prover.prove("关税总水平由9.8%降至7.5%，降了3.2个百分点。", [1]).proven
