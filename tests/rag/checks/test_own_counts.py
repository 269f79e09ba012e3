"""Counts that need no source: of what the sentence itself tells, of its operands and spans, of what the question counts."""

from __future__ import annotations

from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover


def test_a_count_of_what_the_sentence_tells_needs_no_source() -> None:
    span = ShownSpan(1, "a", 0, 30, "青禾城仍有1300亩住宅和800亩产业的空间储备。")
    question = "青禾城还有多少住宅和产业空间储备"
    assert Prover([span], question=question).prove("两项合计2100亩（1300亩+800亩=2100亩）。", [1]).proven
    assert not Prover([span], question=question).prove("三项合计2100亩（1300亩+800亩=2100亩）。", [1]).proven
