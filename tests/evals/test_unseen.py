from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evals.amounts import SHOWN
from evals.unseen import (
    DISTRICTS,
    FLOORS,
    MEASURES,
    NEWS,
    OURS,
    PLACES,
    RESERVED,
    TOWNS,
    AskingDay,
    Ended,
    Tally,
    broken,
    by_kind,
    holds,
    measure,
    read,
    share,
    towns,
)
from rag.answerer import ExtractiveAnswerer
from rag.records import Answer, Citation


def _answer(answerer: ExtractiveAnswerer, question: str) -> Answer:
    return answerer.answer(question)


def test_a_citation_holds_a_clause_that_it_contains_or_that_contains_it(real_answerer: ExtractiveAnswerer) -> None:
    (citation, *_) = _answer(real_answerer, "临平2028工业目标是多少?").citations
    assert holds({"quotes": ["规模以上工业产值\n突破3000亿元"]}, citation)
    assert holds({"quotes": [f"前文。{citation.quote}后文。"]}, citation)
    assert not holds({"quotes": ["规模以上工业产值突破300亿元"]}, citation)


def test_a_clause_of_news_is_found_by_its_offsets(real_answerer: ExtractiveAnswerer) -> None:
    (citation, *_) = _answer(real_answerer, "临平2028工业目标是多少?").citations
    news: Citation = replace(citation, article_id="news-00007", source_start=10, source_end=50)
    case = {"row": 7, "answers": [{"start": 20, "end": 30}]}
    assert holds(case, news)
    assert not holds(case | {"row": 8}, news)
    assert not holds({"row": 7, "answers": [{"start": 5, "end": 30}]}, news)


def test_right_answers_and_refusals_are_counted_apart(real_answerer: ExtractiveAnswerer) -> None:
    cases = [
        {"question": "临平2028工业目标是多少?", "kind": "number", "answerable": True, "quotes": ["突破3000亿元"]},
        {"question": "临平2028工业目标是多少?", "kind": "number", "answerable": True, "quotes": ["没有这句话"]},
        {"question": "火星上有多少人？", "kind": "absent", "answerable": False, "quotes": []},
        {"question": "临平2028工业目标是多少?", "kind": "absent", "answerable": False, "quotes": []},
    ]
    tally = measure(cases, real_answerer.answer)
    assert tally.shares() == {
        "right": (0.5, 2),
        "refused": (0.5, 2),
        "over_refused": (0.0, 2),
        "wrong": (pytest.approx(2 / 3), 3),
    }
    assert by_kind(tally) == "-absent 1/2, number 1/2"


def test_a_question_is_asked_on_its_own_day(real_answerer: ExtractiveAnswerer) -> None:
    today, days = AskingDay(), []

    def answer(question: str) -> Answer:
        days.append(today())
        return real_answerer.answer(question)

    case = {"question": "火星上今年有多少人？", "kind": "absent", "answerable": False, "quotes": []}
    measure([case | {"asked": "2024-05-10"}, case], answer, today)
    assert days == [date(2024, 5, 10), None]


def test_a_share_carries_its_interval() -> None:
    assert share(0.5, 100) == "0.50 [0.40–0.60]"
    assert share(1.0, 10) == "1.00 [0.72–1.00]"


def test_a_floor_that_does_not_hold_is_told_and_one_that_does_is_not() -> None:
    tally = Tally((Ended("number", True, True, True), Ended("absent", False, True, False)))
    assert broken("x", tally, {"x": {"right": 0.9, "refused": 0.5}}) == ["x：refused 为 0.000，底线是不低于 0.5。"]
    assert broken("x", tally, {"x": {"wrong": 0.4}}) == ["x：wrong 为 0.500，底线是不高于 0.4。"]
    assert broken("y", tally, {"x": {"right": 1.0}}) == []


def test_the_floors_are_of_sets_and_measures_that_exist() -> None:
    for name, floors in tomllib.loads(FLOORS.read_text(encoding="utf-8")).items():
        assert name in (*OURS, *NEWS, *TOWNS, *DISTRICTS, PLACES) and set(floors) <= set(MEASURES)


def test_every_clause_of_our_articles_stands_in_them() -> None:
    root = Path(__file__).parents[2]
    folder = root / "evals" / "sets"
    whole = "".join(
        "".join(path.read_text(encoding="utf-8").split()) for path in (root / "corpus" / "articles").glob("*.txt")
    )
    for name in OURS:
        for case in map(json.loads, (folder / name).read_text(encoding="utf-8").splitlines()):
            assert case["answerable"] == bool(case["quotes"]), case["id"]
            assert all("".join(quote.split()) in whole for quote in case["quotes"]), case["id"]
    made_up = "".join("".join(path.read_text(encoding="utf-8").split()) for path in (folder / "towns").glob("*.txt"))
    for case in (one for name in TOWNS for one in read(name)):
        assert case["answerable"] == bool(case["quotes"]) and all(
            "".join(quote.split()) in made_up for quote in case["quotes"]
        ), case["id"]
    for case in (one for name in (*DISTRICTS, PLACES, RESERVED) for one in read(name)):
        texts = [path.read_text(encoding="utf-8") for path in (folder / "districts" / case["district"]).glob("*.txt")]
        assert len(texts) in (3, 4) and case["answerable"] == bool(case["quotes"]), case["id"]
        assert all(any(quote in text for text in texts) for quote in case["quotes"]), case["id"]
    for case in read(SHOWN):
        texts = [path.read_text(encoding="utf-8") for path in (folder / "districts" / case["district"]).glob("*.txt")]
        assert sum(case["sentence"] in text for text in texts) == 1, case["id"]
        assert case["sentence"].startswith(case["short"], case["start"]), case["id"]
    for name in NEWS:
        for case in map(json.loads, (folder / name).read_text(encoding="utf-8").splitlines()):
            assert case["answerable"] == bool(case["answers"]), case["id"]


@pytest.mark.slow
def test_two_towns_that_nobody_knows_hold_their_floors(tmp_path: Path) -> None:
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    tallies = towns(tmp_path / "index", TOWNS)
    assert [len(tally.asked) for tally in tallies.values()] == [132, 86]
    for name, tally in tallies.items():
        assert broken(name, tally, floors) == [], by_kind(tally)
