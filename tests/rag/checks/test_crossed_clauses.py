"""Two clauses keep their own ends: 甲快, 乙慢 is not 甲慢, 乙快."""

from __future__ import annotations

from rag.checks.crossed_clauses import crossed


def test_two_clauses_keep_their_own_ends() -> None:
    text = "青禾中心新址、望潮综合楼全面投用，大禹院区正式挂牌。"
    assert crossed("大禹院区全面投用，青禾中心新址正式挂牌。", [text])
    assert not crossed("大禹院区正式挂牌，青禾中心新址全面投用。", [text])
