"""A plan is no result."""

from __future__ import annotations

import pytest

from rag.checks.plans import plan_told_as_result
from rag.checks.statements import Ground, Statement


@pytest.mark.parametrize(
    ("sentence", "text", "told_as_done"),
    [
        ("今年青禾镇解决了住房问题。", "今年，青禾镇将着力解决好住房等问题。", True),
        ("电池已用于家庭。", "电池甚至有望未来用于家庭。", True),
        ("青禾镇解决了住房问题。", "青禾镇解决了住房等问题。", False),
    ],
)
def test_what_is_hoped_for_is_not_done(sentence: str, text: str, told_as_done: bool) -> None:
    assert plan_told_as_result(Statement(sentence), [Ground(text)]) is told_as_done
