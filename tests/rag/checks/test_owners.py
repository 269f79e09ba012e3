"""Of whom a clause is said: a sentence may not give the predicate of one subject to another that the spans also name."""

from __future__ import annotations

from rag.checks.owners import of_another


def test_a_predicate_stays_with_its_subject() -> None:
    text = "青禾集团有限公司正式开工，望潮中心医院预计九月投入使用。"
    assert of_another("青禾集团有限公司预计九月投入使用。", [text])
    assert not of_another("望潮中心医院预计九月投入使用。", [text])
