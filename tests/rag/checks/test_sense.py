"""增长 is not 下降, and a denial is no affirmation."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.sense import reversed_sense
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict

TEXT = "云溪镇茶叶产量同比增长，渡口本月开工改建，绿茶出口日本，采茶工不收取押金。"


@pytest.mark.parametrize(
    ("sentence", "is_reversed"),
    [
        ("云溪镇茶叶产量同比下降。", True),
        ("云溪渡口本月完工。", True),
        ("云溪镇绿茶进口日本。", True),
        ("采茶工收取押金。", True),
        ("云溪镇茶叶产量同比增加。", False),
        ("云溪渡口本月动工改建。", False),
        ("云溪镇绿茶出口日本。", False),
        ("采茶工不收押金。", False),
    ],
)
def test_a_sentence_keeps_the_sense_of_its_span_in_the_check_and_the_whole_proof(
    sentence: str, is_reversed: bool
) -> None:
    assert reversed_sense(Statement(sentence), [Ground(TEXT)]) is is_reversed
    assert verdict(sentence, TEXT).fault is (Fault.REVERSED if is_reversed else Fault.NONE)


@pytest.mark.parametrize(
    ("sentence", "text", "is_reversed"),
    [
        ("云溪渡口停运。", "云溪渡口有渡船。", True),  # a turn for the worse that nothing tells
        ("云溪渡口没有改建。", "云溪渡口改建。", True),
        ("云溪渡口不断改建。", "云溪渡口改建。", False),  # 不断 denies nothing
        ("船工乘船穿救生衣。", "船工乘船未穿救生衣。", True),
        ("三人同乘一船。", "三人同乘一船且未穿救生衣。", False),  # takes nothing of what is denied
    ],
)
def test_what_is_denied_stays_denied_and_nothing_else(sentence: str, text: str, is_reversed: bool) -> None:
    assert reversed_sense(Statement(sentence), [Ground(text)]) is is_reversed


def test_a_denial_taken_over_from_the_question_denies_nothing() -> None:
    sentence, grounds = Statement("渡口没修以前两岸靠小船往来。"), [Ground("渡口修好以前，两岸靠小船往来。")]
    assert reversed_sense(sentence, grounds)
    assert not reversed_sense(sentence, grounds, "渡口没修以前怎么过河？")
