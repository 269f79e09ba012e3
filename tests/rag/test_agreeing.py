from __future__ import annotations

from datetime import date

import pytest

from corpus.chinese.timing import months_of, question_period
from index.storage.snapshot import Snapshot
from rag.question.kinds import understand
from rag.reading.candidates import Candidate, find_candidates
from rag.reading.periods import speaks_of

NEWEST = date(2026, 2, 28)


def candidate(snapshot: Snapshot, words: str) -> Candidate:
    return next(one for one in find_candidates(snapshot, [words]) if words in one.text)


@pytest.mark.parametrize(
    ("question", "words", "agrees"),
    [
        ("2023年临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", True),
        ("2022年临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", False),
        ("2023年临平规模以上工业产值是多少？", "规模以上工业产值突破3000亿元", False),
        ("2028年临平规模以上工业产值是多少？", "规模以上工业产值突破3000亿元", True),
        ("2025年上半年经开区研发费用是多少？", "规上企业研发费用30.93亿元", True),
        ("2024年上半年经开区研发费用是多少？", "规上企业研发费用30.93亿元", False),
        ("临平规模以上工业产值是多少？", "已实现规模以上工业产值1724.22亿元", True),
        ("2025年经开区规上工业总产值是多少？", "规上工业总产值突破630亿元", False),
    ],
)
def test_a_sentence_answers_only_for_its_own_time(question: str, words: str, agrees: bool, snapshot: Snapshot) -> None:
    period = question_period(question, None, NEWEST)
    assert speaks_of(period, understand(question), candidate(snapshot, words), snapshot) is agrees


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("7月份", {7}),
        ("1—3月", {1, 2, 3}),
        ("十二月", {12}),
        ("第二季度", {4, 5, 6}),
        ("2023年上半年", set(range(1, 7))),
        ("前三季度", set(range(1, 10))),
        ("今年", set()),
        ("13月", set()),
    ],
)
def test_words_of_time_name_months_whatever_the_year(text: str, months: set[int]) -> None:
    assert months_of(text) == months
