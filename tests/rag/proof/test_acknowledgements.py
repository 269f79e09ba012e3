"""«有，…», «是的，…», «拿到了，…»: the word that answers a yes-or-no question before the sentence that proves it."""

from __future__ import annotations

from rag.proof.acknowledgements import without_acknowledgement


def test_a_word_that_only_takes_up_the_question_is_taken_away() -> None:
    assert without_acknowledgement("拿到了，青禾镇获评样板镇。", "青禾镇拿到称号了没有") == "青禾镇获评样板镇。"
    assert without_acknowledgement("是的，桥有七个孔。", "桥有七个孔吗") == "桥有七个孔。"
    assert without_acknowledgement("免费，桥有七个孔。", "桥有七个孔吗") == "免费，桥有七个孔。"


def test_words_that_point_to_what_was_asked_are_taken_away() -> None:
    assert without_acknowledgement("这个工具叫计算器。", "那个算补贴的工具叫什么") == "叫计算器。"
    assert without_acknowledgement("她叫顾砚秋。", "项目经理叫什么") == "叫顾砚秋。"
    assert without_acknowledgement("该计划已在青禾镇建成。", "这个计划是什么") == "该计划已在青禾镇建成。"
