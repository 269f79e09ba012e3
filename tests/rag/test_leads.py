"""What a refusal shows all the same: something of what is named, the sentence nearest to the question, or nothing."""

from __future__ import annotations

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.records import Status


@pytest.mark.parametrize(
    "question",
    [
        "海底捞在哪",
        "特斯拉股价多少",
        "Python怎么写循环",
        "世界杯冠军是谁",
        "苹果手机多少钱",
        "公积金能贷多少",
        "临平有迪士尼吗",
        "停车费多少一小时",
        "上海中心有多高",
        "附近有什么好吃的",
        "临平银行上班时间",
        "垃圾分类怎么分",
    ],
)
def test_nothing_is_shown_that_has_nothing_to_do_with_the_question(
    real_answerer: ExtractiveAnswerer, question: str
) -> None:
    answer = real_answerer.answer(question)
    assert answer.status is Status.REFUSED
    assert answer.citations == ()
    assert answer.answer.endswith("换个说法，或写明名称和年份再试。")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("艺尚小镇的租金多少", "艺尚小镇"),
        ("算力小镇的面积", "算力小镇"),
        ("临平新城有多少人口", "临平新城"),
        ("老板电器有多少员工", "老板电器"),
        ("塘栖古镇门票", "塘栖古镇"),
        ("丁山湖面积", "丁山湖"),
    ],
)
def test_what_the_articles_tell_of_the_thing_that_is_named_is_shown(
    real_answerer: ExtractiveAnswerer, question: str, named: str
) -> None:
    answer = real_answerer.answer(question)
    assert answer.status is Status.REFUSED
    assert named in answer.citations[0].quote
