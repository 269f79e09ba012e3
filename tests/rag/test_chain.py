from __future__ import annotations

import asyncio

import pytest
from langchain_core.runnables import RunnableLambda

from corpus.errors import QuestionError
from rag.answerer import ExtractiveAnswerer
from rag.chain import AnswerChain
from rag.citing import faults
from rag.records import Answer, Status

QUESTION = "临平2028工业目标是多少?"


@pytest.fixture(scope="module")
def chain(answerer: ExtractiveAnswerer) -> AnswerChain:
    return AnswerChain(answerer)


def same(one: Answer, other: Answer) -> bool:
    return one.to_json() | {"timings_ms": {}} == other.to_json() | {"timings_ms": {}}


def test_invoke_answers_with_a_proof(chain: AnswerChain, answerer: ExtractiveAnswerer) -> None:
    answer = chain.invoke({"question": QUESTION})
    assert answer.status is Status.ANSWERED
    assert "3000亿元" in answer.answer
    assert faults(answer, answerer.articles) == []


def test_awaited_streamed_and_batched_answers_are_the_same(chain: AnswerChain) -> None:
    answer = chain.invoke({"question": QUESTION})
    assert same(asyncio.run(chain.ainvoke({"question": QUESTION})), answer)
    assert same(list(chain.stream({"question": QUESTION}))[-1], answer)
    assert all(same(one, answer) for one in chain.batch([{"question": QUESTION}] * 3))

    async def last() -> Answer:
        return [one async for one in chain.astream({"question": QUESTION})][-1]

    assert same(asyncio.run(last()), answer)


def test_history_is_read(chain: AnswerChain) -> None:
    answer = chain.invoke({"question": "那它有多少家企业？", "history": [("算力小镇什么时候开园的？", "……")]})
    assert "算力小镇" in answer.standalone


def test_it_composes_with_other_runnables(chain: AnswerChain) -> None:
    composed = RunnableLambda(lambda question: {"question": question}) | chain | RunnableLambda(lambda a: a.status)
    assert composed.invoke(QUESTION) is Status.ANSWERED


def test_what_cannot_be_asked_is_an_error_and_not_an_answer(chain: AnswerChain) -> None:
    with pytest.raises(QuestionError):
        chain.invoke({"question": "  "})


def test_a_refusal_says_how_a_time_without_its_year_was_understood(real_answerer):
    answer = real_answerer.answer("经开区今年上半年的总产值是多少")
    assert answer.status is Status.REFUSED
    newest = max(article.published.last for article in real_answerer.articles.values())
    assert f"「今年上半年」是按{newest.year}年1—6月理解的。" in answer.notices
    answer = real_answerer.answer("经开区2030年的总产值是多少")
    assert not any("理解的" in notice for notice in answer.notices)


def test_the_figure_of_the_very_indicator_comes_before_one_of_a_wider_one(real_answerer):
    answer = real_answerer.answer("临平经开区规上工业产值是多少？")
    assert answer.short_answer == "630亿元"
    assert answer.conflicts
