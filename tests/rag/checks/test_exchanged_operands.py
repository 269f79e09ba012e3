"""«甲比乙多3家（…）» calculates with the figure of 甲 and that of 乙, not the other way round."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.exchanged_operands import exchanged
from rag.checks.labels import labelled

FIRMS = "青禾镇有企业900余家；望潮镇有企业400余家。"


def test_operands_belong_to_what_they_are_said_of() -> None:
    operands = quantities("900余家−400余家")
    assert not exchanged("青禾镇比望潮镇多500家（900余家−400余家=500家）。", operands, labelled(FIRMS))
    assert exchanged("望潮镇比青禾镇多500家（900余家−400余家=500家）。", operands, labelled(FIRMS))
