"""The gate can fail, in every way it says it can."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.records import Article
from evals.cases import EvalCase
from evals.report.baselines import floor_below, read_baseline, set_floors, write_baseline
from evals.report.reporting import Setting, summarise
from evals.run.running import Run, run
from evals.verdict.catalogue import METRICS
from evals.verdict.gating import (
    BOTH,
    FLOOR_BROKEN,
    FLOORS,
    INCOMPLETE,
    NOT_COMPARABLE,
    OK,
    WORSE,
    Baseline,
    Floor,
    check,
    read_floors,
)
from evals.verdict.summarising import estimates, measured
from tests.evals.oracle import Oracle

RIGHT = Floor("right", 0.9, 0.95, margin=0.02)


@pytest.fixture(scope="module")
def perfect(suite: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> Run:
    return run([case for case in suite if case.family in ("number", "unanswerable")][:120], Oracle(), articles)


def with_wrong(done: Run, count: int) -> Run:
    """Return the run with the first `count` cases wrong."""
    rows = [
        replace(row, metrics={**row.metrics, "right": 0.0}, verdict="FAIL", cause="G1") if at < count else row
        for at, row in enumerate(done.rows)
    ]
    return replace(done, rows=tuple(rows))


def baseline_of(done: Run) -> Baseline:
    return Baseline(
        "old", done.dataset, done.corpus, done.stage, {key: one.values for key, one in measured(done.rows).items()}
    )


def test_a_run_that_holds_its_floors_goes_out(perfect: Run) -> None:
    assert check(perfect, [RIGHT], baseline_of(perfect)).code == OK


def test_a_broken_floor_is_ten_and_names_its_cases(perfect: Run) -> None:
    broken = with_wrong(perfect, 30)
    verdict = check(broken, [RIGHT])
    assert verdict.code == FLOOR_BROKEN
    (gate,) = [gate for gate in verdict.gates if gate.passed is False]
    assert set(gate.cases) <= {row.case.id for row in broken.rows[:30]}
    assert len(gate.cases) == 20
    assert "底线≥90.0%" in gate.told


def test_worse_than_the_baseline_is_eleven_and_names_what_broke(perfect: Run) -> None:
    verdict = check(with_wrong(perfect, 8), [RIGHT], baseline_of(perfect))
    assert verdict.code == WORSE
    gate = next(gate for gate in verdict.gates if gate.kind == "baseline")
    assert set(gate.cases) == {row.case.id for row in perfect.rows[:8]}
    assert verdict.differences["right"].worse == 8


def test_both_is_twelve(perfect: Run) -> None:
    assert check(with_wrong(perfect, 40), [RIGHT], baseline_of(perfect)).code == BOTH


def test_better_than_the_baseline_is_never_worse(perfect: Run) -> None:
    assert check(perfect, [RIGHT], baseline_of(with_wrong(perfect, 40))).code == OK


def test_a_loss_within_the_margin_passes(perfect: Run) -> None:
    assert check(with_wrong(perfect, 1), [replace(RIGHT, margin=0.05)], baseline_of(perfect)).code == OK


def test_a_metric_where_low_is_good_is_worse_when_it_rises(perfect: Run) -> None:
    floor = Floor("over_refusal", 0.5, 0.05, margin=0.02)
    rows = tuple(
        replace(row, metrics={**row.metrics, **({"over_refusal": 1.0} if "over_refusal" in row.metrics else {})})
        for row in perfect.rows[:30]
    )
    worse = replace(perfect, rows=(*rows, *perfect.rows[30:]))
    assert check(worse, [floor], baseline_of(perfect)).code == WORSE
    assert check(worse, [replace(floor, at=0.1, margin=None)]).code == FLOOR_BROKEN


def test_five_lost_cases_are_an_incomplete_run(perfect: Run) -> None:
    verdict = check(replace(perfect, rows=perfect.rows[5:]), [RIGHT], baseline_of(perfect))
    assert verdict.code == INCOMPLETE
    assert "少了 5 道题" in verdict.reasons[0]


@pytest.mark.parametrize("field", ["dataset", "corpus", "stage"])
def test_a_baseline_of_something_else_is_refused_not_guessed(perfect: Run, field: str) -> None:
    other = replace(baseline_of(perfect), **{field: "another"})
    verdict = check(perfect, [RIGHT], other)
    assert verdict.code == NOT_COMPARABLE
    assert not verdict.differences


def test_what_was_not_measured_is_neither_zero_nor_a_pass(perfect: Run) -> None:
    floor = Floor("conflict_surfaced", 0.5, 0.9)
    assert "conflict_surfaced" not in estimates(perfect.rows)
    whole = check(perfect, [floor])
    assert (whole.code, whole.gates[0].passed) == (INCOMPLETE, None)
    assert check(perfect, [floor], whole=False).code == OK


def test_a_run_of_some_questions_is_held_to_what_holds_of_every_question(perfect: Run) -> None:
    broken = with_wrong(perfect, 60)
    assert check(broken, [RIGHT], whole=False).code == OK
    assert check(broken, [replace(RIGHT, always=True)], whole=False).code == FLOOR_BROKEN


def test_the_committed_floors_name_metrics_and_lie_on_this_side_of_their_targets() -> None:
    floors = read_floors()
    assert len(floors) >= 20
    for floor in floors:
        good = METRICS[floor.metric].low_is_good
        assert floor.at >= floor.target if good else floor.at <= floor.target, floor.metric
        assert 0 <= floor.at <= 1
    for metric in ("quote_exact", "link_ok"):
        assert next(floor for floor in floors if floor.metric == metric).at == 1
    zero = {floor.metric for floor in floors if floor.at == 0 and METRICS[floor.metric].low_is_good}
    assert {"bad_citation", "future_leak", "false_conflict", "user_attack"} <= zero


def test_a_floor_of_an_unknown_metric_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text("[no_such]\nat = 1.0\ntarget = 1.0\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no_such"):
        read_floors(path)


@pytest.mark.parametrize(
    ("value", "n", "target", "low", "floor"),
    [
        (0.8267, 765, 0.95, False, 0.81),
        (0.99, 765, 0.95, False, 0.95),
        (0.088, 603, 0.05, True, 0.105),
        (0.02, 603, 0.05, True, 0.05),
        (0.7, 20, 0.95, False, 0.6),
        (1.0, 24, 0.95, False, 0.915),
    ],
)
def test_floors_are_set_a_little_below_what_is_held_and_never_above_the_target(
    value: float, n: int, target: float, low: bool, floor: float
) -> None:
    assert floor_below(value, n, target, low_is_good=low) == pytest.approx(floor)


def test_floors_are_a_ratchet_that_keeps_its_comments(perfect: Run, tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_bytes(FLOORS.read_bytes())
    summary = {
        "metrics": {
            "right": {"value": 0.9, "n": 765},
            "short_em": {"value": 0.1, "n": 600},
            "quote_exact": {"value": 0.5, "n": 9},
        }
    }
    before = {floor.metric: floor.at for floor in read_floors(path)}
    set_floors(summary, path)
    after = {floor.metric: floor.at for floor in read_floors(path)}
    assert after["right"] == max(before["right"], 0.885)
    assert (after["short_em"], after["quote_exact"]) == (before["short_em"], 1.0)
    assert set_floors(summary, path, lower=True)["short_em"][1] == 0.085
    assert path.read_text(encoding="utf-8").startswith("# What a release must hold.")


def test_a_written_baseline_reads_back_and_compares_with_its_own_run_as_equal(perfect: Run, tmp_path: Path) -> None:
    floors = [RIGHT, Floor("cmrc_f1", 0.1, 0.9, margin=0.02)]
    summary = summarise(perfect, check(perfect, floors), floors, Setting("all", "", True, "", "2026-11-22"), None)
    write_baseline(tmp_path, perfect, summary, floors)
    again = read_baseline(tmp_path)
    verdict = check(perfect, floors, again)
    assert verdict.code == OK
    assert {key: (gap.value, gap.worse) for key, gap in verdict.differences.items()} == {
        "right": (0, 0),
        "cmrc_f1": (0, 0),
    }
    assert "latency" not in (tmp_path / "summary.json").read_text(encoding="utf-8")
