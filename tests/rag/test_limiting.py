"""Questions put to some of the articles: nothing of the others answers, is shown beside, or comes in by a side door."""

from __future__ import annotations

from datetime import date

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.question.limits import Limit, limited
from rag.records import Status

IN_2024 = Limit(since=date(2024, 1, 1), until=date(2024, 12, 31))
LATEST = "2026-01-linping-shuzhicheng"


def test_an_article_fits_a_period_when_part_of_its_span_does(answerer: ExtractiveAnswerer) -> None:
    held = IN_2024.of(answerer.articles)
    assert {name[:4] for name in held} == {"2024"}
    assert Limit(until=date(2024, 2, 1)).of(answerer.articles).keys() == {"2024-02-linping-chengdong-xinzhongxin"}
    assert not Limit(since=date(2030, 1, 1)).of(answerer.articles)
    assert not Limit()
    assert Limit().of(answerer.articles) == dict(answerer.articles)


@pytest.mark.parametrize(
    "question",
    [
        "算力小镇有多少家企业？",
        "临平数智城",
        "临平2028工业目标是多少?",
        "临平有哪些未来工厂？",
        "临平经开区有多大？",
        "翊湖公园占地多少？",
    ],
)
def test_nothing_from_outside_is_cited(answerer: ExtractiveAnswerer, question: str) -> None:
    for limit in (IN_2024, Limit(frozenset({LATEST}))):
        answer = answerer.within(limit).answer(question)
        held = limit.of(answerer.articles)
        assert {cited.article_id for cited in answer.citations} <= held.keys()


def test_a_limit_shows_the_earlier_figure_alone_and_leaves_no_trace(answerer: ExtractiveAnswerer) -> None:
    question = "算力小镇有多少家企业？"
    before = answerer.answer(question)
    assert before.conflicts
    told = answerer.within(IN_2024).answer(question)
    assert (told.short_answer, told.conflicts) == ("1400余家", ())
    again = answerer.answer(question)
    assert (again.claims, again.citations, again.conflicts) == (before.claims, before.citations, before.conflicts)


def test_a_refusal_says_that_only_some_were_looked_at(answerer: ExtractiveAnswerer) -> None:
    refused = answerer.within(IN_2024).answer("翊湖公园占地多少？")
    assert refused.status is Status.REFUSED
    assert refused.answer.startswith("所选的报道（2024年2月—2024年8月）没有提到")


def test_both_channels_keep_to_the_limit(answerer: ExtractiveAnswerer) -> None:
    narrow = limited(answerer.snapshot, Limit(frozenset({LATEST})))
    for search in (narrow.search_sentences("企业", 50), narrow.search_passages("企业", 50)):
        found = {getattr(one, "sentence", None) or one.passage for one in search}
        assert {one.article_id for one in found} == {LATEST}
