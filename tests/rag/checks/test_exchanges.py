"""One word in the place of another: a sentence that stands in a span but for one word says something else."""

from __future__ import annotations

import pytest

from rag.checks.exchanges import exchanged_word

EVIDENCE = "望潮制药 青禾制药 飞梭集团 望潮镇 河畔 山间"


@pytest.mark.parametrize(
    ("true", "false", "text"),
    [
        ("驾驶员将面临罚款。", "飞梭集团将面临罚款。", "驾驶员将面临罚款。"),
        (
            "展馆是青禾制药和上海联合打造的。",
            "展馆是青禾制药和飞梭集团联合打造的。",
            "展馆是青禾制药和上海联合打造的。",
        ),
        ("这是固定开通的河畔运输路线。", "这是固定开通的山间运输路线。", "这是固定开通的河畔运输路线。"),
        ("青禾厂设立研究中心。", "望潮镇建立了研究中心。", "青禾厂建立研究中心。"),
    ],
)
def test_one_word_in_the_place_of_another_says_something_else(true: str, false: str, text: str) -> None:
    assert exchanged_word(false, [text], EVIDENCE + text, "")
    assert not exchanged_word(true, [text], EVIDENCE + text, "")


def test_a_word_of_the_question_may_take_the_place_of_another() -> None:
    text = "驾驶员将面临罚款。"
    assert not exchanged_word("飞梭集团将面临罚款。", [text], EVIDENCE + text, "飞梭集团会怎么样")
