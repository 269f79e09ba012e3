"""What is done is not still to come."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.results import result_told_as_plan
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict


@pytest.mark.parametrize(
    ("sentence", "text", "told_as_plan"),
    [
        ("沙河大桥将于5月通车。", "沙河大桥已于5月通车。", True),
        ("青禾镇计划新建12所幼儿园。", "青禾镇新建12所幼儿园，全部开学。", True),
        ("沙河大桥将于5月通车。", "按计划，沙河大桥5月通车。", False),
        ("沙河大桥即将通车。", "沙河大桥有望下月通车。", False),
        ("沙河大桥将军亭已于5月开放。", "沙河大桥将军亭于5月开放。", False),
    ],
)
def test_what_is_done_is_not_to_come(sentence: str, text: str, told_as_plan: bool) -> None:
    assert result_told_as_plan(Statement(sentence), [Ground(text)]) is told_as_plan


def test_the_whole_proof_withholds_it() -> None:
    text = "沙河大桥已于去年5月通车。"
    assert verdict("沙河大桥将于去年5月通车。", text).fault is Fault.PLAN
    assert verdict("沙河大桥去年5月已通车。", text).proven
