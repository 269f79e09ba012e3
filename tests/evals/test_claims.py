"""Freely worded sentences, true and faulty, and what the proof makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Span
from evals.claims import FAULTS, asked, evidence, proven, table
from rag.training.claims import WrittenClaim, kept_apart, read_claims, texts
from rag.training.written import PAIRS, QUESTIONS, TWINS, Written, read_written

DATA = Path("../shared/data")
TEXT = "青禾镇有企业900余家。2024年全镇产值12亿元，增长6%。其中工业产值8亿元。"


def question() -> Written:
    start = TEXT.index("2024年")
    end = TEXT.index("其中")
    return Written("written-1", "news_text", 0, Span(0, len(TEXT)), "产值多少", "number", (Span(start, end),), (), ())


def test_every_sentence_answers_a_written_question_and_has_a_known_fault_or_none() -> None:
    claims = read_claims()
    ids = {one.id for file in (QUESTIONS, PAIRS, TWINS) for one in read_written(file)}
    assert {one.question for one in claims} <= ids
    assert {one.fault for one in claims} == {"", *FAULTS}
    assert len({(one.question, one.text) for one in claims}) == len(claims) > 8000


def test_the_evidence_comes_first_and_its_neighbours_after_it() -> None:
    spans = evidence(question(), TEXT)
    assert [one.n for one in spans] == [1, 2, 3]
    assert [one.text[:4] for one in spans] == ["2024", "青禾镇有", "其中工业"]
    assert spans[0].before == "青禾镇有企业900余家。"


def test_only_questions_with_evidence_of_articles_that_training_left_out_are_asked() -> None:
    questions = asked(read_claims()).values()
    assert len(questions) > 100 and all(one.evidence and kept_apart(one) for one in questions)


def test_the_table_counts_true_ones_withheld_and_faulty_ones_released() -> None:
    made = [
        (WrittenClaim("a", "", ""), None),
        (WrittenClaim("a", "", ""), "number"),
        (WrittenClaim("a", "", "year"), None),
        (WrittenClaim("a", "", "year"), "date"),
        (WrittenClaim("a", "", "who"), "date"),
    ]
    lines = table(made).splitlines()
    assert lines[2].startswith("| true, withheld | 1 of 2 |")
    assert lines[3].startswith("| … number | 1 of 2 |")
    assert lines[4].startswith("| faulty, released | 1 of 3 |")
    assert [line.split("|")[1].strip() for line in lines[5:]] == ["… year", "… who"]


@pytest.mark.skipif(not DATA.is_dir(), reason="the news is not to be had")
def test_each_claim_with_evidence_gets_a_verdict_against_the_article_that_it_is_about() -> None:
    claims = read_claims()[:900:5]  # `python -m evals.claims` tells all
    questions = list(asked(claims).values())
    articles = texts(DATA, questions)
    verbatim = [
        WrittenClaim(one.id, articles[one.source, one.row][span.start : span.end], "")
        for one in questions
        for span in one.evidence[:1]
    ]
    verdicts = list(proven([*claims, *verbatim], DATA))
    assert [one for one, _ in verdicts] == [*(one for one in claims if one.question in asked(claims)), *verbatim]
    quoted = [fault for one, fault in verdicts if one in verbatim]
    assert quoted.count(None) >= 0.8 * len(quoted), "the evidence's own words follow from it"
