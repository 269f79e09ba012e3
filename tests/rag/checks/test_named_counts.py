"""A count is proven by what the sentence or its spans name in one breath."""

from __future__ import annotations

import pytest

from rag.checks.named_counts import counts_named
from rag.checks.statements import Ground, Statement


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
