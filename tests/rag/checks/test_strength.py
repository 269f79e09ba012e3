"""Whoever adds 首个, 最快 or 全省 says more than the source does."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.statements import Ground, Statement
from rag.checks.strength import overstated
from tests.rag.checks.whole_proof import verdict

TEXT = "云溪渡口是全县首个智能渡口，票价最低，渡船均装雷达，最高可载80人。"


@pytest.mark.parametrize(
    ("sentence", "word"),
    [
        ("云溪渡口是全省首个智能渡口。", "全省首个"),
        ("云溪渡口是唯一智能渡口。", "唯一"),
        ("渡船最快可载80人。", "最快"),
        ("云溪渡口是全县首个智能渡口。", ""),
        ("云溪渡口票价最低。", ""),
        ("渡船最多可载80人。", ""),  # 最高 before a figure
        ("渡船全部装雷达。", ""),  # 均
    ],
)
def test_a_strong_word_is_the_sources_own_in_the_check_and_the_whole_proof(sentence: str, word: str) -> None:
    assert overstated(Statement(sentence), [Ground(TEXT)]) == word
    found = verdict(sentence, TEXT)
    assert (found.fault, found.detail) == ((Fault.STRONG, word) if word else (Fault.NONE, ""))


def test_all_stands_for_what_is_said_of_all() -> None:
    assert overstated(Statement("渡船一律装雷达。"), [Ground("渡船装雷达。")]) == "一律"
    assert not overstated(Statement("渡船一律装雷达。"), [Ground("渡船均装雷达。")])


def test_a_headline_may_hold_it() -> None:
    sentence = Statement("云溪渡口是全省首个智能渡口。")
    assert not overstated(sentence, [Ground("云溪渡口智能化。", "全省首个智能渡口")])
    assert overstated(sentence, [Ground("云溪渡口智能化。")]) == "全省首个"
