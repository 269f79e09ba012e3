from __future__ import annotations

import pytest

from rag.question.kinds import understand
from rag.question.vocabulary import CorpusWords
from rag.reading.units import fits, found_quantities, measures_something_else, wanted
from rag.reading.wholes import tells_of_the_whole

WORDS = CorpusWords.of(["青溪经济技术开发区（以下简称“青溪经开区”）去年产值40亿元。青溪区产值120亿元。"])


@pytest.mark.parametrize(
    ("sentence", "around", "whole"),
    [
        ("青溪去年规上产值120亿元。", "", True),
        ("青溪经开区去年规上产值40亿元。", "", False),
        ("青溪经济技术开发区去年规上产值40亿元。", "", False),
        ("去年规上产值40亿元，占青溪的三分之一。", "经开区的家底", False),
        ("去年规上产值40亿元。", "", False),
    ],
)
def test_a_figure_of_the_whole_is_none_of_its_part(sentence: str, around: str, whole: bool) -> None:
    assert tells_of_the_whole(["青溪经开区"], sentence, around, WORDS) is whole


def test_what_is_no_part_of_anything_has_no_whole() -> None:
    assert not tells_of_the_whole(["青溪"], "青溪去年产值120亿元。", "", WORDS)
    assert not tells_of_the_whole(["青溪速度"], "青溪去年产值120亿元。", "", WORDS)


def test_things_are_counted_and_not_paid() -> None:
    what = wanted(understand("青溪经开区有多少规上企业？"))
    assert [fits(one, what) for one in found_quantities("400家企业投入30.93亿元")] == [True, False]


@pytest.mark.parametrize(
    ("question", "sentence", "other"),
    [
        ("青溪经开区面积有多大？", "青溪经开区上半年产值630亿元，增长6.4%。", True),
        ("青溪经开区面积有多大？", "这片77平方公里的土地宜业宜居。", False),
        ("青溪经开区有多少家企业？", "这里集聚企业很多。", False),
        ("青溪经开区谁当主任？", "青溪经开区上半年产值630亿元。", False),
    ],
)
def test_an_amount_of_another_measure_is_no_answer(question: str, sentence: str, other: bool) -> None:
    assert measures_something_else(understand(question), sentence) is other
