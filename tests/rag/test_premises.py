from __future__ import annotations

import pytest

from corpus.records import BlockKind
from rag.answers.premises import asks_outcome, verdict
from rag.question.kinds import understand
from rag.reading.candidates import Candidate


def candidate(text: str) -> Candidate:
    return Candidate(0, "a", 0, len(text), text, BlockKind.BODY, "", "", "", text, 0, 1, 1.0, 1.0, 0.5)


@pytest.mark.parametrize(
    ("question", "outcome"),
    [
        ("北枢纽建成了吗", True),
        ("3000亿的目标实现了没有", True),
        ("分校是否已经投入使用", True),
        ("考古博物馆开了没", True),
        ("北枢纽计划什么时候建成", False),
        ("建成后有什么功能", False),
    ],
)
def test_questions_for_an_outcome(question: str, outcome: bool) -> None:
    assert asks_outcome(understand(question)) is outcome


@pytest.mark.parametrize(
    ("question", "text", "short"),
    [
        ("玉山经开区是不是双铁开发区", "玉山经开区作为双铁开发区，承载人流。", "是"),
        ("虚实科技是最早入驻的企业吗", "虚实科技是最早入驻的企业之一。", ""),  # one of them
        ("玉山经开区建成双铁开发区了吗", "玉山经开区将建成双铁开发区。", ""),  # a plan
        ("玉山经开区有多少家企业", "玉山经开区有企业三百家。", ""),
    ],
)
def test_yes_only_when_one_sentence_says_every_word(question: str, text: str, short: str) -> None:
    assert verdict(understand(question), candidate(text)) == short
