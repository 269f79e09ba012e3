"""A list is one list: its items stand in one enumeration of the spans, not one of them in another."""

from __future__ import annotations

from corpus.chinese.text import fold
from rag.checks.lists import item_of_another_list


def test_a_list_is_one_list() -> None:
    text = "由宣传部、环境局、团委发起，遴选文旅局、农业局的人。"
    around = fold(text)
    assert item_of_another_list("由宣传部、环境局、农业局发起。", [text], around) == "农业局"
    assert not item_of_another_list("由宣传部、环境局和团委发起。", [text], around)
