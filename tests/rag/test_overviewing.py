from __future__ import annotations

import pytest

from rag.answerer import ExtractiveAnswerer
from rag.answers.overview import names_alone
from rag.question.preparation import prepare
from rag.question.vocabulary import CorpusWords
from rag.records import Status


@pytest.fixture(scope="module")
def words(real_answerer: ExtractiveAnswerer) -> CorpusWords:
    return CorpusWords.of(article.text for article in real_answerer.articles.values())


@pytest.mark.parametrize(
    "typed", ["算力小镇", "介绍一下算力小镇", "算力小镇的情况", "说说算力小镇吧", "算力小镇怎么样"]
)
def test_a_name_alone_is_seen_however_one_asks_to_be_told(typed: str, words: CorpusWords) -> None:
    assert names_alone(prepare(typed, (), words), words) == ("算力小镇",)


@pytest.mark.parametrize(
    "typed", ["算力小镇有多少企业", "算力小镇的面积", "临平区区长", "临平 gdp 2023", "算力小镇在哪"]
)
def test_what_asks_for_something_is_no_name_alone(typed: str, words: CorpusWords) -> None:
    assert names_alone(prepare(typed, (), words), words) == ()


def test_every_sentence_told_holds_the_name_and_no_longer_name_around_it(real_answerer: ExtractiveAnswerer) -> None:
    told = real_answerer.answer("临平经开区")
    assert told.status is Status.ANSWERED
    assert len(told.citations) > 1
    assert all("临平经开区" in citation.quote or "经济技术开发区" in citation.quote for citation in told.citations)
    assert not any(citation.quote.startswith("临平经开区") for citation in real_answerer.answer("临平").citations)


def test_sentences_of_several_articles_say_when_each_appeared(real_answerer: ExtractiveAnswerer) -> None:
    told = real_answerer.answer("算力小镇")
    assert len({citation.article_id for citation in told.citations}) > 1
    assert all(claim.label.endswith("报道") for claim in told.claims)


def test_a_name_and_an_attribute_that_no_sentence_holds_together_are_refused(real_answerer: ExtractiveAnswerer) -> None:
    assert real_answerer.answer("艺尚小镇 税收").status is Status.REFUSED


def test_a_name_that_the_articles_do_not_hold_is_refused(real_answerer: ExtractiveAnswerer) -> None:
    assert real_answerer.answer("西湖龙井茶").status is Status.REFUSED
