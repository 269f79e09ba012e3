from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.storage.snapshot import Snapshot
from rag.answerer import ExtractiveAnswerer
from rag.citing import faults
from rag.reading.finder import Models
from rag.records import Answer, Status
from ui.page.render import answer_turn

ROOT = Path(__file__).parents[2]
SETS = ROOT / "evals" / "sets"
LONGEST = 420  # characters of an answer, citation marks included


@pytest.fixture(scope="module")
def answerer(snapshot: Snapshot, models: Models) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(snapshot, models, threshold=0.0)


def ask(answerer: ExtractiveAnswerer, question: str) -> Answer:
    answer = answerer.answer(question)
    assert answer.status is Status.ANSWERED
    assert faults(answer, answerer.articles) == []
    return answer


def test_a_sum_is_shown_with_its_operands(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "数智城剩余的住宅和产业空间加起来多少亩")
    assert answer.calculation == "1300亩[1] + 800亩[1] = 2100亩"
    assert answer.short_answer == "2100亩"


def test_operands_of_two_articles_are_cited_each(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "数智城和经开区哪个面积大，差多少平方公里")
    assert answer.calculation == "近77平方公里[1] − 38平方公里[2] = 约39平方公里"
    assert len({citation.article_id for citation in answer.citations}) == 2


def test_a_figure_that_grew_is_shown_newest_first(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "算力小镇有多少家企业")
    assert [claim.value for claim in answer.claims] == ["2600余家", "1400余家"]
    assert [(conflict.relation, conflict.claims) for conflict in answer.conflicts] == [("时间不同", (0, 1))]
    assert answer.short_answer == "2600余家"
    assert all(claim.label for claim in answer.claims)


def test_one_value_for_two_times_is_called_a_disagreement(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "临平新招引青年大学生多少名")
    assert [conflict.relation for conflict in answer.conflicts] == ["说法不一"]


def test_a_premise_that_the_articles_contradict_is_corrected(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "为什么临平GDP下降了")
    assert answer.answer.startswith("报道中的说法不同：")
    assert "增长6%" in answer.claims[0].text


def test_two_spellings_of_a_name_are_both_shown(answerer: ExtractiveAnswerer) -> None:
    answer = ask(answerer, "“桥头堡”的定位各篇怎么写的？")
    assert "名称写法不同" in {conflict.relation for conflict in answer.conflicts}
    assert len({citation.article_id for citation in answer.citations}) >= 3


def questions() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield every third of the questions about our articles that the release test does not ask as well."""
    for name in ("lay.jsonl", "short.jsonl"):
        for line in (SETS / name).read_text(encoding="utf-8").splitlines()[::3]:
            case = json.loads(line)
            if "question" in case:
                yield case["question"], [tuple(turn) for turn in case.get("history", [])]


@pytest.mark.slow
def test_every_answer_to_the_sets_is_proved_and_short(answerer: ExtractiveAnswerer) -> None:
    for question, history in questions():
        answer = answerer.answer(question, history)
        assert faults(answer, answerer.articles) == [], question
        assert len(answer.answer) <= LONGEST, question
        for conflict in answer.conflicts:
            assert all(0 <= at < len(answer.claims) for at in conflict.claims), question


@pytest.mark.parametrize(
    ("question", "untold"),
    [
        ("临平和西岭的GDP哪个高", "西岭的GDP"),
        ("临平的GDP和宁波的GDP分别是多少", "宁波"),
        ("临平区2023年GDP是多少，西岭县2023年GDP是多少？", "西岭"),
    ],
)
def test_half_of_what_is_asked_is_shown_with_what_is_not_told_and_never_as_the_answer(
    question: str, untold: str, real_answerer: ExtractiveAnswerer
) -> None:
    answer = real_answerer.answer(question)
    assert answer.short_answer is None and not answer.calculation
    assert [claim.value for claim in answer.claims] == ["1067.27亿元"]
    assert any(untold in notice for notice in answer.notices)
    assert 'class="short' not in answer_turn("t", answer, real_answerer.articles)


def test_each_of_two_questions_is_held_against_its_own_place(real_answerer: ExtractiveAnswerer) -> None:
    answer = real_answerer.answer("临平的GDP和宁波的GDP分别是多少")
    assert len(answer.citations) == 1
    assert any("宁波" in notice for notice in answer.notices)


@pytest.mark.parametrize(
    ("question", "share"),
    [("临平经开区规上工业总产值占临平区多少", "73.8%"), ("高新技术产业增加值占规上工业增加值多少", "92.13%")],
)
def test_a_printed_share_is_shown_and_not_the_amount_beside_it(
    question: str, share: str, real_answerer: ExtractiveAnswerer
) -> None:
    assert real_answerer.answer(question).short_answer == share


@pytest.mark.parametrize("question", ["翊湖公园和艺尚小镇哪个大", "临平和余杭什么关系"])
def test_half_of_a_comparison_is_no_answer(question: str, real_answerer: ExtractiveAnswerer) -> None:
    assert real_answerer.answer(question).status is Status.REFUSED
