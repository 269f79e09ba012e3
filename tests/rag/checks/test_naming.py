"""Names, places and persons: those of a sentence stand in the spans, or are what the spans speak of."""

from __future__ import annotations

from rag.checks.faults import Fault
from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover


def test_a_span_that_points_back_speaks_of_who_was_named_last() -> None:
    span = ShownSpan(
        1,
        "a",
        30,
        60,
        "在博览会上，这家企业发布了其自主研发的影像模型。",
        before="离飞梭集团不远的青禾公司，将智能用于医药。",
    )
    assert Prover([span]).prove("这是青禾公司自主研发的影像模型。", [1]).proven
    assert not Prover([span]).prove("这是飞梭集团自主研发的影像模型。", [1]).proven


def test_a_name_with_a_sign_of_patterns_is_a_name() -> None:
    span = ShownSpan(1, "a", 0, 18, "青禾镇以智能制造为引擎，建成望潮区。")
    assert Prover([span]).prove("引擎是青禾+科创开发区。", [1]).fault is Fault.NAME
