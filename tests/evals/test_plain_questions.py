"""The main job, on the real articles: plain questions answered with the right sentence, absent ones refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.reading import read_source
from evals.cases import SETS, EvalCase, places, read_cases
from evals.metrics.facts_found import facts_found
from evals.metrics.gold_cited import evidence_cited
from evals.metrics.quote_exact import quotes_exact
from evals.values import holds_alias
from rag.answerer import ExtractiveAnswerer
from rag.citing import faults
from rag.records import Answer, Status

ARTICLES = Path(__file__).resolve().parents[2] / "corpus" / "articles"
RIGHT = 0.95  # share of the answerable that must be right, with the right sentence cited
REFUSED = 0.90  # share of the absent that must be refused


@pytest.fixture(scope="module")
def answered(answerer: ExtractiveAnswerer) -> list[tuple[EvalCase, Answer]]:
    return [(case, answerer.answer(case.question, case.history)) for case in read_cases(SETS / "plain.jsonl")]


def test_plain_questions_are_answered_with_the_right_sentence_cited(
    answered: list[tuple[EvalCase, Answer]], answerer: ExtractiveAnswerer
) -> None:
    wrong = [
        f"{case.id} {case.question} → {answer.answer[:60]}"
        for case, answer in answered
        if case.answerable
        and not (
            answer.status is Status.ANSWERED
            and facts_found(case, answer) == 1.0
            and evidence_cited(case, answer, answerer.articles) > 0
        )
    ]
    count = sum(case.answerable for case, _ in answered)
    assert count >= 60
    assert 1 - len(wrong) / count >= RIGHT, "\n".join(wrong)


def test_absent_questions_are_refused(answered: list[tuple[EvalCase, Answer]]) -> None:
    absent = [(case, answer) for case, answer in answered if not case.answerable]
    wrong = [
        f"{case.id} {case.question} → {answer.answer[:60]}"
        for case, answer in absent
        if answer.status.value not in case.statuses
    ]
    assert len(absent) >= 20
    assert 1 - len(wrong) / len(absent) >= REFUSED, "\n".join(wrong)


def test_every_quote_stands_in_the_article_and_in_the_source_file(
    answered: list[tuple[EvalCase, Answer]], answerer: ExtractiveAnswerer
) -> None:
    sources = {article.id: read_source(ARTICLES / article.file_name).text for article in answerer.articles.values()}
    checked = 0
    for case, answer in answered:
        assert quotes_exact(answer, answerer.articles), case.id
        assert faults(answer, answerer.articles) == [], case.id
        for citation in answer.citations:
            article = answerer.articles[citation.article_id]
            source = sources[citation.article_id]
            for at in range(citation.start, citation.end):
                character = article.text[at]
                assert character == "\n" or source[article.source_offset(at)] == character, (case.id, at)
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("name", ["plain", "dev"])
def test_all_gold_evidence_stands_in_the_repaired_articles(name: str, answerer: ExtractiveAnswerer) -> None:
    for case in read_cases(SETS / f"{name}.jsonl"):
        assert case.answerable == bool(case.gold) or case.expected == "smalltalk", case.id
        for evidence in case.evidence:
            assert places(evidence, answerer.articles), case.id


@pytest.mark.parametrize(
    ("alias", "text", "found"),
    [
        ("12家", "新增312家企业", False), ("12家", "新增12家企业", True), ("6米", "路宽16米", False),
        ("3000亿元", "产值0.3万亿元", True), ("3000亿元", "产值3000万元", False), ("3,000亿元", "产值3000亿元", True),
        ("2023年3月", "2023年3月起", True), ("2023年", "12023年", False), ("5.2%", "5.2个百分点", False),
        ("鲁班锁", "以“鲁班锁”为灵感", True), ("數智城", "数智城", True), ("1.5公里", "11.5公里", False),
        ("40分钟", "40分钟即可直达", True), ("约10平方公里", "总面积约10平方公里", True),
    ],
)  # fmt: skip
def test_a_fact_is_found_by_value_and_never_inside_a_longer_number(alias: str, text: str, found: bool) -> None:
    assert holds_alias(alias, text) is found
