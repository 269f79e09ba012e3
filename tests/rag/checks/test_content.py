"""A sentence is the spans' own words, as a whole and clause by clause."""

from __future__ import annotations

import pytest

from rag.checks.content import STRICTNESS, content_length, cover, falls_short, longest_foreign, weakest_clause
from rag.checks.faults import Fault
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict

TEXT = "云溪渡口新买三条渡船，船身漆成绿色，船工每天清早检修。"
GROUNDS = [Ground(TEXT)]


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("船身漆成绿色，深受摄影爱好者喜爱。", True),
        ("船工们夜里轮流值守看护缆绳。", True),
        ("云溪渡口新买渡船，招来外地游客露营烧烤。", True),
        ("船身漆成绿色。", False),
        ("船工每天清早检修渡船。", False),
        ("新买的渡船船身漆成绿色。", False),
    ],
)
def test_a_sentence_of_other_words_falls_short(sentence: str, short: bool) -> None:
    assert falls_short(Statement(sentence), GROUNDS, STRICTNESS) is short
    assert verdict(sentence, TEXT).proven is not short


def test_the_whole_proof_withholds_everyday_words_that_no_span_has() -> None:
    assert verdict("船身漆成绿色，深受摄影爱好者喜爱。", TEXT).fault is Fault.COVER


def test_each_measure_as_worked_out_by_hand() -> None:
    sentence = Statement("船身漆成绿色，围观拍照。")  # six characters held, then four that nothing holds
    assert content_length(sentence) == 10
    assert cover(sentence, GROUNDS) == pytest.approx(0.6)
    assert weakest_clause(sentence, GROUNDS) == 0
    assert longest_foreign(sentence, GROUNDS) == 4


def test_a_headline_holds_half() -> None:
    sentence = Statement("渡口招工。")
    assert cover(sentence, [Ground("三条渡船。", "渡口招工")]) == pytest.approx(0.5)
    assert cover(sentence, [Ground("渡口招工。")]) == 1
