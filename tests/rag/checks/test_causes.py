"""«因为甲，所以乙»: both stand in the spans, and the spans give them as cause and effect, not the other way round."""

from __future__ import annotations

import pytest

from rag.checks.causes import causes_reversed


@pytest.mark.parametrize(
    ("sentence", "text", "reversed_"),
    [
        ("因为汽车竞争激烈，飞梭转向机器人。", "随着汽车竞争激烈，飞梭转向机器人。", False),
        ("因为飞梭转向机器人，汽车竞争激烈。", "随着汽车竞争激烈，飞梭转向机器人。", True),
        ("火灾可能由管路破裂引起。", "初步分析，火灾可能由管路破裂引起。", False),
        ("火灾引起了管路破裂。", "初步分析，火灾可能由管路破裂引起。", True),
        ("因为签约160个项目，投资增长12.5%。", "投资增长12.5%。签约160个项目。", True),
    ],
)
def test_cause_and_effect_stay_what_they_are(sentence: str, text: str, reversed_: bool) -> None:
    assert causes_reversed(sentence, [text]) is reversed_


def test_what_was_asked_about_is_no_cause() -> None:
    text, why = "随着汽车竞争激烈，飞梭转向机器人。", "飞梭为什么转向机器人"
    assert causes_reversed("因为转向机器人，飞梭遇到了汽车竞争。", [text], why)
    assert not causes_reversed("因为汽车竞争激烈，飞梭转向机器人。", [text], why)
