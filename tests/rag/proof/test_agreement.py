"""Does a sentence give the answer that a span gives?"""

from __future__ import annotations

import pytest

from rag.proof.agreement import agrees


@pytest.mark.parametrize(
    ("sentence", "answer", "same"),
    [
        ("换款要10分钟。", "如今只需10分钟", True),
        ("换款要2小时。", "如今只需10分钟", False),
        ("8月6日2点33分发生的。", "8月6日2点33分", True),
        ("8月6日8时发生的。", "8月6日2点33分", False),
        ("主攻绿色能源。", "未来医疗、绿色能源", True),
        ("主攻细胞治疗。", "未来医疗、绿色能源", False),
    ],
)
def test_a_sentence_agrees_with_the_words_that_answer(sentence: str, answer: str, same: bool) -> None:
    assert agrees(sentence, answer) is same
