"""Intervals and comparisons: values that can be worked out, and laws that must hold."""

from __future__ import annotations

import pytest

from evals.verdict.statistics import difference, estimate, holm, mcnemar, wilson


def spread(right: int, of: int, size: int = 1) -> tuple[dict[str, float], dict[str, str]]:
    values = {f"c{at}": float(at < right) for at in range(of)}
    return values, {name: f"k{int(name[1:]) // size}" for name in values}


def test_a_mean_lies_in_its_interval_and_the_seed_fixes_both() -> None:
    values, clusters = spread(80, 100)
    found = estimate(values, clusters)
    assert found.value == 0.8
    assert 0.70 < found.low < 0.8 < found.high < 0.89
    assert estimate(values, clusters) == found
    assert estimate(dict(reversed(values.items())), clusters) == found


def test_clusters_that_stand_or_fall_together_widen_the_interval() -> None:
    alone, one_each = spread(80, 100)
    _, tens = spread(80, 100, size=10)
    narrow, wide = estimate(alone, one_each), estimate(alone, tens)
    assert wide.high - wide.low > 2 * (narrow.high - narrow.low)
    assert (narrow.clusters, wide.clusters) == (100, 10)


def test_all_right_is_not_certainty() -> None:
    values, clusters = spread(300, 300)
    found = estimate(values, clusters)
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(1 - 0.0126, abs=5e-4)


def test_nothing_measured_has_no_mean() -> None:
    with pytest.raises(ValueError, match="nothing was measured"):
        estimate({}, {})


def test_equal_runs_differ_by_nothing_for_certain() -> None:
    values, clusters = spread(80, 100)
    same = difference(values, values, clusters, 0.02)
    assert (same.value, same.low, same.high, same.better, same.worse, same.p) == (0, 0, 0, 0, 0, 1)


def test_a_loss_is_counted_by_case_and_lies_below_zero() -> None:
    old, clusters = spread(90, 100)
    new, _ = spread(70, 100)
    lost = difference(new, old, clusters, 0.02)
    assert lost.value == pytest.approx(-0.2)
    assert (lost.better, lost.worse) == (0, 20)
    assert lost.high < -0.1
    assert lost.p == pytest.approx(2 / 2**20)


def test_runs_without_a_common_case_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="in common"):
        difference({"a": 1.0}, {"b": 1.0}, {}, 0.02)


def test_too_few_cases_are_told_how_many_would_do() -> None:
    old, clusters = spread(10, 20)
    new = {**old, "c0": 0.0, "c19": 1.0}
    unsure = difference(new, old, clusters, 0.02)
    assert unsure.value == 0
    assert unsure.needed is not None and unsure.needed > 20


def test_mcnemar_is_the_exact_sign_test() -> None:
    assert mcnemar(0, 0) == 1
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(3, 3) == 1
    assert mcnemar(1, 9) == pytest.approx(2 * 11 / 1024)


def test_holm_steps_down_and_never_falls() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == {"a": 0.03, "c": 0.06, "b": 0.06}
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}


def test_no_success_in_three_hundred_still_bounds_the_rate_at_1_3_percent() -> None:
    assert wilson(0, 300) == (pytest.approx(0, abs=1e-12), pytest.approx(0.0126, abs=5e-4))
    assert wilson(5, 10) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))
    with pytest.raises(ValueError):
        wilson(0, 0)
