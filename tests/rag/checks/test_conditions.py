"""What holds only if something else does is not told as a fact: 除非甲明确承诺 is no 甲已明确承诺."""

from __future__ import annotations

from rag.checks.conditions import condition_told_as_fact


def test_what_holds_under_a_condition_is_no_fact() -> None:
    text = "除非飞梭集团明确承诺不裁员，否则没人来。"
    assert condition_told_as_fact("飞梭集团已明确承诺不裁员。", [text], "")
    assert not condition_told_as_fact("如果飞梭集团明确承诺不裁员，就有人来。", [text], "")
    assert not condition_told_as_fact("飞梭集团明确承诺不裁员。", ["飞梭集团明确承诺不裁员。"], "")
