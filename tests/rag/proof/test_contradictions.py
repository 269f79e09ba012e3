"""A sentence may give no other figure, date or item than the one that its span answers the question with."""

from __future__ import annotations

from rag.checks.statements import Statement
from rag.proof.contradictions import contradicts
from rag.proof.values import Read


def test_another_value_than_the_span_answers_with_is_a_contradiction() -> None:
    read = [Read(0.9, ("1951处",))]
    question = "整治了多少处窨井盖"
    assert contradicts(Statement("整治了23处窨井盖。"), question, read) == "1951处"
    assert not contradicts(Statement("整治了1951处窨井盖。"), question, read)
    assert not contradicts(Statement("整治了23处窨井盖。"), question, [Read(0.3, ("1951处",))])


def test_another_item_or_date_than_the_span_answers_with_is_a_contradiction() -> None:
    read = [Read(0.9, ("宣传部、环境局、团委",), 0.9)]
    assert contradicts(Statement("由宣传部、环境局、农业局发起。"), "哪三家发起的", read)
    assert not contradicts(Statement("由宣传部、环境局和团委发起。"), "哪三家发起的", read)
    whole = Statement("推出惠民生、暖民心举措，由宣传部、环境局、团委发起。")
    assert not contradicts(whole, "哪三家发起的", read)
    read = [Read(0.9, ("1994年7月",), 0.9)]
    assert contradicts(Statement("顾砚秋1994年6月参加工作。"), "哪年上班的", read)
    assert not contradicts(Statement("顾砚秋1994年7月参加工作。"), "哪年上班的", read)
    further = Statement("其中31项是故意的。")
    assert not contradicts(further, "被控多少项", [Read(0.9, ("37项",), 0.9)])
