"""Suggestions: answered before they are offered, near to what was cited, never the same twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.answers.suggestions import Suggester, drafts
from rag.records import Status
from tests.rag.worlds import article_of


@pytest.fixture(scope="module")
def suggester(real_answerer: ExtractiveAnswerer) -> Suggester:
    prepared = Suggester(tuple(real_answerer.articles.values()), real_answerer.answer, most=14)
    while prepared.try_one():
        pass
    return prepared


def test_everything_offered_is_answered(suggester: Suggester, real_answerer: ExtractiveAnswerer) -> None:
    assert len(suggester.offers) >= 8
    for offer in suggester.offers:
        assert real_answerer.answer(offer.question).status is Status.ANSWERED


def test_openers_speak_of_different_things(suggester: Suggester) -> None:
    openers = suggester.openers(4)
    abouts = {offer.question: offer.about for offer in suggester.offers}
    assert len(openers) == len({abouts[question] for question in openers}) == 4


def test_what_was_told_or_asked_is_not_offered_again(suggester: Suggester, real_answerer: ExtractiveAnswerer) -> None:
    told: list[str] = []
    for _ in range(3):
        answer = real_answerer.answer(told[-1] if told else "算力小镇有多少家企业？")
        fresh = suggester.after(answer, told)
        assert fresh
        assert not set(fresh) & {*told, answer.question}
        told += fresh


def test_an_answer_is_followed_by_other_sentences_and_a_refusal_by_its_own_lead(
    suggester: Suggester, real_answerer: ExtractiveAnswerer
) -> None:
    offer = suggester.offers[0]
    answer = replace(real_answerer.answer(offer.question), question="另一句话", standalone="另一句话")
    assert offer.question not in suggester.after(answer, count=20)
    refused = replace(answer, status=Status.REFUSED, claims=())
    assert offer.question in suggester.after(refused, count=20)


def test_the_nearest_comes_first(suggester: Suggester, real_answerer: ExtractiveAnswerer) -> None:
    for offer in suggester.offers:
        answer = real_answerer.answer(offer.question)
        first = suggester.after(answer)[0]
        article = next(one.cited[0][0] for one in suggester.offers if one.question == first)
        abouts = {one.about for one in suggester.offers if one.question == first}
        assert article in {c.article_id for c in answer.citations} or any(about in answer.answer for about in abouts)


def test_no_draft_is_made_twice(real_answerer: ExtractiveAnswerer) -> None:
    questions = [draft.question for draft in drafts(tuple(real_answerer.articles.values()))]
    assert len(questions) == len(set(questions)) > 50


@pytest.mark.parametrize(
    ("told", "question"),
    [
        ("云溪镇去年接待游客，云溪镇规上工业产值9亿元。", "云溪镇规上工业产值是多少？"),
        ("车站所在的地方是云溪镇西南角的一个村，规上工业产值9亿元。云溪镇很大。", None),
        ("云溪镇很大。白石县的报告说，规上工业产值9亿元。", None),
    ],
)
def test_a_figure_is_asked_about_only_where_its_sentence_says_whose_it_is(told: str, question: str | None) -> None:
    asked = [draft.question for draft in drafts([article_of(told)]) if "产值" in draft.question]
    assert asked == ([question] if question else [])
