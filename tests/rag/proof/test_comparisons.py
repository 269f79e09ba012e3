"""«甲的面积更大»: compared by value; each figure belongs to what stands around it in its span."""

from __future__ import annotations

from rag.checks.labels import labelled
from rag.proof.comparisons import comparison

FIRMS = "青禾镇有企业900余家；望潮镇有企业400余家。"


def test_more_is_compared_by_value() -> None:
    figures = labelled(FIRMS)
    question = "青禾镇和望潮镇哪个企业多"
    assert comparison("青禾镇的企业更多。", question, figures) == ("", True)
    assert comparison("望潮镇的企业更多。", question, figures) == ("", False)
    assert comparison("青禾镇有企业900余家。", question, figures) is None
