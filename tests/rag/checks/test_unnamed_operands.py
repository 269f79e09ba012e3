"""A sum of two things is told of both: 完工8条 is not 完工5条 and 开工3条."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.statements import Ground
from rag.checks.unnamed_operands import adds_up_unnamed


def test_a_sum_of_two_things_is_not_told_of_one() -> None:
    grounds = [Ground("联网路完工5条、开工3条。")]
    operands = quantities("5条+3条")
    assert adds_up_unnamed("联网路完工8条。", operands, grounds) == "开工"
    assert not adds_up_unnamed("联网路完工和开工一共8条。", operands, grounds)
