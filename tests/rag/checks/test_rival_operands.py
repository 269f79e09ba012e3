"""A difference or a ratio is of what is named: not of another figure of the kind."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.labels import labelled
from rag.checks.rival_operands import reckons_with_another


def test_a_ratio_is_of_what_is_named() -> None:
    figures = labelled("工业增加值440亿元，增长3%；服务业增加值493亿元；生产总值1067亿元。")
    named = "服务业增加值占生产总值的比重。"
    assert reckons_with_another(named, quantities("440亿元÷1067亿元"), figures)
    assert not reckons_with_another(named, quantities("493亿元÷1067亿元"), figures)
