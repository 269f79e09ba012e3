"""A side stays a side: what lies in the north (北) of the spans lies in no other part."""

from __future__ import annotations

from rag.checks.sides import other_side
from rag.checks.statements import Ground


def test_a_side_stays_a_side() -> None:
    grounds = [Ground("三朵花：北接成熟资源的“甲都”，中部打造“乙厅”，南承算力的“丙场”。")]
    assert other_side("北边的是“丙场”。", grounds) == "丙场"
    assert not other_side("北边的是“甲都”。", grounds)
