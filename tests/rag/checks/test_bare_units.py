"""一 before a unit may stand for the unit itself, which the spans print without it."""

from __future__ import annotations

import pytest

from rag.checks.bare_units import is_measure_itself
from rag.checks.statements import Ground, Statement


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
