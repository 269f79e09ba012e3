"""What was said before is put into a question that leans on it, and into no other."""

from __future__ import annotations

import pytest

from rag.answerer import ExtractiveAnswerer


@pytest.mark.parametrize(
    ("before", "question", "short"),
    [
        ("五个倍增是哪五个", "服务业增加值和工业增加值哪个大？", "服务业增加值"),
        ("五个倍增是哪五个", "电梯加装了多少台？", "120台"),
        ("柴家坞那条路多宽", "规上工业产值是多少", "1724.22亿元"),
        ("临平2028工业目标是多少?", "老旧小区改造了多少万平方米", "57万平方米"),  # 临平 adds nothing here
    ],
)
def test_a_question_that_is_complete_stays_as_it_is(
    real_answerer: ExtractiveAnswerer, before: str, question: str, short: str
) -> None:
    answer = real_answerer.answer(question, [(before, real_answerer.answer(before).answer)])
    assert answer.standalone == real_answerer.answer(question).standalone
    assert answer.short_answer == short


@pytest.mark.parametrize(
    ("before", "question", "standalone"),
    [
        ("算力小镇有多少家企业？", "规上工业产值是多少", "算力小镇的规上工业产值是多少"),
        ("五个倍增是哪五个", "什么时候实现", "五个倍增什么时候实现"),
        ("算力小镇有多少家企业？", "艺尚小镇呢？", "艺尚小镇有多少家企业？"),
        ("算力小镇有多少家企业？", "老板是谁", "算力小镇的老板是谁"),
    ],
)
def test_a_question_that_leans_is_completed(
    real_answerer: ExtractiveAnswerer, before: str, question: str, standalone: str
) -> None:
    answer = real_answerer.answer(question, [(before, real_answerer.answer(before).answer)])
    assert answer.standalone == standalone
