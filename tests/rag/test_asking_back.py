"""What names nothing is asked back with questions that the articles answer; refusals show what has to do with the question."""

from __future__ import annotations

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.answers.asked_back import is_vague, offers_choices
from rag.records import Status


@pytest.mark.parametrize(
    "question",
    [
        "老板是谁",
        "谁是老板？",
        "负责人是谁",
        "最新进展",
        "怎么样了",
        "情况如何",
        "有什么新消息？",
        "最近有什么新闻",
        "它怎么样",
        "介绍一下",
        "有什么变化",
    ],
)
def test_what_names_nothing_is_vague(question: str) -> None:
    assert is_vague(question)


@pytest.mark.parametrize(
    "question",
    [
        "临平新城主要负责人是谁",
        "人才总量是多少",
        "介绍一下临平",
        "今年有哪些新项目？",
        "算力小镇最新进展",
        "老板电器在哪里",
        "临平怎么样",
        "目标是多少",
        "区长是谁",
    ],
)
def test_what_names_a_thing_or_means_the_district_is_not(question: str) -> None:
    assert not is_vague(question)


@pytest.mark.parametrize("question", ["老板是谁", "最新进展"])
def test_choices_are_drawn_from_the_articles_and_answered(answerer: ExtractiveAnswerer, question: str) -> None:
    back = answerer.answer(question)
    assert back.status is Status.REFUSED
    assert offers_choices(back)
    assert not back.citations
    assert 2 <= len(back.suggestions) <= 3
    for choice in back.suggestions:
        assert answerer.answer(choice).status is Status.ANSWERED, choice


def test_what_went_before_says_what_is_meant(answerer: ExtractiveAnswerer) -> None:
    history = [("算力小镇有多少家企业？", "2600余家")]
    assert not offers_choices(answerer.answer("最新进展怎么样了？", history))


@pytest.mark.parametrize(
    ("question", "lead", "about"),
    [
        ("临平明天会下雨吗？", False, ""),
        ("临平的房价是多少", False, ""),
        ("艺尚小镇的门票多少钱", True, "艺尚小镇"),
        ("春风动力的股价", True, "春风动力"),
    ],
)
def test_a_refusal_shows_what_has_to_do_with_the_question_or_nothing(
    answerer: ExtractiveAnswerer, question: str, lead: bool, about: str
) -> None:
    refused = answerer.answer(question)
    assert refused.status is Status.REFUSED
    assert bool(refused.citations) is lead
    assert about in "".join(cited.quote for cited in refused.citations)
    assert (f"写到{about}的内容" in refused.answer) is bool(about)
