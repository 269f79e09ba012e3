"""A name that no span holds is invented; everyday words are none."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.statements import Ground, Statement
from rag.checks.unknown_words import unknown_word
from tests.rag.checks.whole_proof import verdict

TEXT = "云溪渡口由县航运公司改建，渡船装有雷达，票价两元，老人免费。"


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("云溪渡口由霍氏船务改建。", "霍氏船务"),
        ("云溪渡口由顾砚改建。", "顾砚"),
        ("据柏莱介绍，渡船装有雷达。", "柏莱"),
        ("渡船装有雷达、声呐。", "声呐"),  # an item of a list
        ("改建后的渡口叫望潮渡。", "望潮渡"),
        ("云溪渡口由县航运公司改建。", ""),
        ("云溪渡口改建，渡船装有雷达。", ""),
        ("云溪渡口的改建很顺利，渡船装有雷达。", ""),
    ],
)
def test_an_invented_name_is_found_by_the_check_and_the_whole_proof(sentence: str, word: str) -> None:
    assert unknown_word(Statement(sentence), [Ground(TEXT)]) == word
    found = verdict(sentence, TEXT)
    assert (found.fault, found.detail) == ((Fault.NAME, word) if word else (Fault.NONE, ""))


def test_a_short_run_is_a_name_where_it_is_one_of_the_words_around() -> None:
    sentence, grounds = Statement("渡船装有霓岚雷达。"), [Ground(TEXT)]
    assert unknown_word(sentence, grounds) == "霓岚"
    assert unknown_word(sentence, grounds, known="霓岚集团今年招工。") == "霓岚"
    assert not unknown_word(sentence, grounds, known="渡口今年招工。")
