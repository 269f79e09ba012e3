"""Everyday words for boats stand for those of the papers."""

from rag.question.rewording import thesaurus


def test_a_ferry_is_found_by_the_word_that_papers_use() -> None:
    assert {"轮渡", "渡轮"} <= set(thesaurus().official["摆渡船"])
