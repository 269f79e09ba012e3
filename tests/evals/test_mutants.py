"""The suite tests itself: perfect answers score 1, and every fault made on purpose turns its own gate red."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from corpus.records import Article
from evals.cases import EvalCase
from evals.run.outcomes import PASS
from evals.run.running import Run, run
from evals.verdict.catalogue import METRICS
from evals.verdict.gating import FLOOR_BROKEN, INCOMPLETE, NOT_COMPARABLE, Baseline, Floor, check, read_floors
from evals.verdict.statistics import estimate
from evals.verdict.summarising import estimates, measured
from tests.evals.mutants import MUTANTS, Mutant
from tests.evals.oracle import Oracle

FEW = 60  # questions that a mutant is asked


@pytest.fixture(scope="module")
def perfect(suite: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> Run:
    return run(suite, Oracle(), articles)


def test_an_oracle_scores_one_on_every_metric(perfect: Run) -> None:
    assert [row.case.id for row in perfect.rows if row.verdict != PASS] == []
    found = estimates(perfect.rows)
    assert {key: one.value for key, one in found.items() if one.value != (0 if METRICS[key].low_is_good else 1)} == {}
    assert found.keys() == METRICS.keys()


def test_an_oracle_is_perfect_on_every_single_case(perfect: Run) -> None:
    for row in perfect.rows:
        for key, value in row.metrics.items():
            assert value == pytest.approx(0 if METRICS[key].low_is_good else 1), (row.case.id, key)


def test_an_oracle_passes_every_committed_floor(perfect: Run) -> None:
    verdict = check(perfect, read_floors())
    assert (verdict.code, verdict.reasons) == (0, ())


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_fault_turns_exactly_its_gates_red(
    mutant: Mutant, suite: tuple[EvalCase, ...], articles: tuple[Article, ...]
) -> None:
    asked = [case for case in suite if mutant.asked(case)][:FEW]
    assert len(asked) >= 10
    whole = run(asked, Oracle(), articles)
    floors = floors_measured(whole)
    assert check(whole, floors).code == 0
    broken = run(asked, mutant, articles)
    verdict = check(broken, [floor for floor in floors if floor.metric in estimates(broken.rows)])
    assert {gate.metric for gate in verdict.gates if gate.passed is False} == {mutant.gate} | mutant.also
    assert verdict.code == FLOOR_BROKEN


def floors_measured(done: Run) -> Sequence[Floor]:
    found = estimates(done.rows)
    return [floor for floor in read_floors() if floor.metric in found]


def test_there_is_a_fault_for_every_promise() -> None:
    gates = [mutant.gate for mutant in MUTANTS]
    assert {
        "wrong_value",
        "short_em",
        "citation_recall",
        "citation_precision",
        "over_refusal",
        "refusal_recall",
        "as_of_right",
        "conflict_surfaced",
        "ndcg@10",
        "quote_exact",
        "future_leak",
    } == set(gates)
    assert gates.count("citation_recall") == 2
    assert (
        len(MUTANTS) == 12
    )  # lost cases, another baseline and a broken judge are faults of the run: below, and test_judging


def test_five_lost_cases_stop_the_release(perfect: Run) -> None:
    assert check(replace(perfect, rows=perfect.rows[:-5]), read_floors()).code == INCOMPLETE


def test_the_baseline_of_another_data_set_is_not_compared(perfect: Run) -> None:
    values = {key: one.values for key, one in measured(perfect.rows).items()}
    other = Baseline("old", "another data set", perfect.corpus, perfect.stage, values)
    assert check(perfect, read_floors(), other).code == NOT_COMPARABLE
    assert check(perfect, read_floors(), replace(other, dataset=perfect.dataset)).code == 0


def test_a_mean_is_over_what_was_measured_alone(perfect: Run) -> None:
    found = measured(perfect.rows)["conflict_surfaced"]
    asked = [row for row in perfect.rows if row.case.family == "conflict" and len(row.case.must) > 1]
    assert estimate(found.values, found.cluster).n == len(asked) < len(perfect.rows)
