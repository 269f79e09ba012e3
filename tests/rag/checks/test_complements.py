"""A word keeps its complement: 来自上海 is not 来自青禾, and 在甲带领下 not 在乙带领下."""

from __future__ import annotations

from rag.checks.complements import other_complement


def test_a_preposition_keeps_its_complement() -> None:
    assert other_complement("原料来自上海。", ["上海的厂，原料来自青禾。"])
    assert not other_complement("原料来自青禾。", ["上海的厂，原料来自青禾。"])
