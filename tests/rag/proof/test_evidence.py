"""The numbered spans of one question, as what may prove a sentence: alone, together, side by side."""

from __future__ import annotations

from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover


def test_a_figure_printed_with_a_gap_is_a_figure() -> None:
    span = ShownSpan(1, "a", 0, 20, "青禾移动客户 9.85 亿户，净增 1038 万户。")
    assert Prover([span]).prove("青禾移动客户有9.85亿户。", [1]).proven
