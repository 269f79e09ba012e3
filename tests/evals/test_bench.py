"""What `make bench` asks, writes and simulates; the systems themselves are measured by the command alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from evals.bench.answers import Ending, as_strict
from evals.bench.exactness import Places, places, table, ways
from evals.bench.page import written
from evals.bench.passages import Question, read_task
from evals.bench.simulation import Load, simulate
from evals.bench.systems import Ours
from index.search.dense import CodedIndex, DenseIndex


@pytest.fixture()
def data(tmp_path: Path) -> Path:
    asked = [
        {
            "question": f"{name}有多长？",
            "context": f"{name}长{at}米。人们爱去{name}。",
            "answers": [{"text": f"{at}米"}],
        }
        for at, name in enumerate(("石桥", "长堤", "古道"), 3)
    ]
    news = [{"text": "".join(f"第{at}条新闻里的第{number}句话说了一件事。" for number in range(40))} for at in range(3)]
    for name, rows in (("cmrc2018_trial", asked), ("news_text", [*news, news[0]]), ("law_articles", [])):
        with gzip.open(tmp_path / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return tmp_path


def test_a_task_has_as_many_passages_as_wanted_and_its_questions_are_among_them(data: Path) -> None:
    task = read_task(data, 8, 10)
    passages = {passage.id: passage for passage in task.passages()}
    assert len(passages) == 8 and len(task.questions) == 3
    for question in task.questions:
        assert any(answer in passages[name].text for name in question.passages for answer in question.answers)
    assert len({article.text for article in read_task(data, 1000, 1).articles}) == 6  # what comes twice is taken once
    assert len(list(read_task(data, 2, 10).passages())) == 2


def test_a_passage_of_marks_alone_is_left_out_for_everybody(data: Path) -> None:
    row = {"text": "河上有一座石桥，桥上有人走过。" * 11 + "\n\n■"}
    with gzip.open(data / "news_text.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")
    made = read_task(data, 1000, 1)
    assert any(article.text.endswith("■") for article in made.articles)
    assert all(any(one.isalnum() for one in passage.text) for passage in made.passages())


def _figures(system: str, passages: int, p50: float) -> dict[str, Any]:
    times = {f"{share}_{clock}_ms": p50 for share in ("p50", "p95") for clock in ("cpu", "wall")}
    return {
        "system": system,
        "passages": passages,
        "versions": {system: "1.2"},
        "questions": 10,
        "recall_1": 0.5,
        "recall_5": 0.75,
        "index_s": 2.0,
        "index_cpu_s": p50,
        "index_peak_mb": 100.0,
        "load": 0.5,
        "answer_mb": p50 * 10,
        "disk_mb": 0.0,
        **times,
    }


def test_the_page_leads_with_ratios_and_names_what_failed() -> None:
    page = written(
        [
            _figures("ours", 20, 2.0),
            _figures("peer", 20, 50.0),
            _figures("ours", 200, 4.0),
            {"system": "peer", "passages": 200, "failed": "more than 3600 s"},
        ]
    )
    assert "| peer | 25 | 25 | 25 | 25 | 0.500 | 0.750 |" in page and "| ours | 1.0 |" in page
    assert page.index("| peer | 25 |") < page.index("| peer | 50 |")
    assert "| peer | more than 3600 s |" in page and "| 200 | 10 | 2.0 |" in page and "peer 1.2" in page


def _asked(*ended: tuple[bool, bool, float]) -> list[dict[str, Any]]:
    return [{"answerable": there, "right": right, "sure": sure} for there, right, sure in ended]


_PEER = _asked((True, True, 3), (True, True, 0.5), (True, False, 2), (False, False, 1), (False, False, -1))


def test_answers_are_counted_by_a_threshold() -> None:
    assert Ending.of(_PEER, 0) == Ending(answerable=3, right=2, wrong=2, absent=2, refused=1)
    assert Ending.of(_PEER, 2.5) == Ending(answerable=3, right=1, wrong=0, absent=2, refused=2)
    assert [Ending.of(_PEER, as_strict(_PEER, refused)).refused for refused in range(3)] == [0, 1, 2]


def test_the_page_tells_answers_by_the_threshold_of_each_and_by_ours() -> None:
    ours = {"system": "ours", "threshold": 0.5, "asked": _asked((True, True, 1), (False, False, 0), (False, False, 0))}
    peer = {"system": "peer", "threshold": 0.0, "asked": _PEER}
    page = written([], [one | {"p50_cpu_ms": 12.0} for one in (peer, ours)])
    assert (
        page.index("| ours | 1.00 [") < page.index("| peer | 0.67 [") < page.index("| peer, as strict as ours | 0.33 [")
    )
    assert "## Whole answers" not in written([])


def test_the_simulation_agrees_with_what_is_known() -> None:
    calm = simulate(Load(1, 0.05, 0.05, 0), servers=4, cores=4, questions=2000)
    assert calm.p50 == pytest.approx(0.05) and calm.p99 == pytest.approx(0.05) and calm.hits == 0
    assert calm.busy == pytest.approx(1 * 0.05 / 16, rel=0.15)
    busy = Load(100, 0.05, 0.1, 0)
    assert simulate(busy, 1, 6, 4000).p99 > simulate(busy, 2, 6, 4000).p99
    kept = Load(100, 0.05, 0.1, 5000)
    assert simulate(kept, 2, 6, 4000).hits > simulate(busy, 2, 6, 4000).hits + 0.1
    assert simulate(kept, 2, 6, 4000) == simulate(kept, 2, 6, 4000)


def test_as_many_come_at_the_same_times_whatever_is_remembered() -> None:
    nothing, much = (Load(100, 0.05, 0.05, remembered, hit=0.05) for remembered in (0, 5000))
    one, other = simulate(nothing, 1, 6, 4000), simulate(much, 1, 6, 4000)
    assert other.hits > one.hits + 0.1 and (one.p50, one.p95, one.p99) == (other.p50, other.p95, other.p99)


def test_what_is_lost_by_codes_is_told_by_question() -> None:
    ours, exact = Places("ours", (1, 0, 2, 6, 1)), Places("exact", (1, 1, 1, 1, 0))
    assert (ours.recall(1), ours.recall(5), exact.recall(1)) == (0.4, 0.6, 0.8)
    assert (exact.without(ours, 1), ours.without(exact, 1)) == (3, 1)
    assert "| exact | 0.800 | 0.800 | -0.400 | -0.200 | 3 | 1 |" in table(ours, [exact])


def test_the_ways_to_search_are_put_the_same_questions(data: Path, tmp_path: Path) -> None:
    task, system = read_task(data, 100, 3), Ours()
    system.index(task, tmp_path / "index")
    system.open(tmp_path / "index")
    by_name = dict(ways(system.snapshot))
    coded = by_name.pop("as it is searched")
    assert isinstance(coded.dense, CodedIndex) and all(isinstance(way.dense, DenseIndex) for way in by_name.values())
    for name, way in by_name.items():
        assert places(name, way, system.snapshot, task.questions).recall(1) == 1, name
    unknown = Question("石桥有多长？", (), frozenset({"none"}))
    assert places("coded", coded, system.snapshot, [task.questions[0], unknown]).found == (1, 0)
