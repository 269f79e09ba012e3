"""A sum adds only what the sentence or the question names."""

from __future__ import annotations

from corpus.chinese.facts import quantities
from rag.checks.foreign_operands import of_something_else
from rag.checks.labels import labelled


def test_a_sum_adds_only_what_is_named() -> None:
    figures = labelled("治理拥堵点位5处；完成桥头跳车整治23处、窨井盖整治1951处。")
    sentence, question = "桥头跳车和窨井盖一共整治了这么多处。", "桥头跳车和窨井盖一共整治多少处"
    assert not of_something_else(sentence, question, quantities("23处+1951处"), figures)
    assert of_something_else(sentence, question, quantities("5处+1951处"), figures)


def test_a_sum_of_a_whole_list_needs_one_name() -> None:
    text = "工程师每年选树金钻5名、红钻15名。"
    figures, operands = labelled(text), quantities("5名+15名")
    assert of_something_else("一年一共选树20名。", "", operands, figures)
    assert not of_something_else("一年一共选树20名。", "", operands, figures, [text])
