"""Who and whom: the names of a sentence stand in it as in the spans, unless a word turns them round."""

from __future__ import annotations

from rag.checks.who_and_whom import turned_round


def test_who_and_whom_are_not_exchanged() -> None:
    text, places = "上海的企业走进杭州。", frozenset({"上海", "杭州"})
    assert turned_round("杭州的企业走进上海。", [text], places)
    assert not turned_round("上海的企业走进杭州。", [text], places)
    assert not turned_round("走进杭州的是上海的企业。", [text], places)
