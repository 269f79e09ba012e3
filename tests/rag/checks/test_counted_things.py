"""What a figure counts is what it counts in the spans: 2000条单车轮胎, no 2000条汽车轮胎."""

from __future__ import annotations

import pytest

from rag.checks.counted_things import counts_another
from rag.checks.statements import Ground, Statement


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("球场用了2000多条单车轮胎。", "球场用了2000多条飞机轮胎。", "球场由2000多条处理之后的单车轮胎铺成。"),
        ("新增示范企业4家。", "有4个服务型制造试点区域。", "入选服务型制造试点区域，新增示范企业4家。"),
    ],
)
def test_a_figure_counts_what_it_counts_in_the_text(true: str, false: str, text: str) -> None:
    grounds = [Ground(text)]
    wrong, right = (counts_another(told, (), grounds, grounds) for told in (Statement(false), Statement(true)))
    assert wrong and not right
