"""How sure a figure is, and whether two runs differ: seeded, paired, clustered.

Variants of one question stand or fall together, so that it is clusters that are drawn, never single cases. Sources: Efron &
Tibshirani, An Introduction to the Bootstrap, 1993; Miller, "Adding Error Bars to Evals", arXiv 2411.00640; McNemar,
Psychometrika 1947; Holm, Scandinavian Journal of Statistics 1979; Wilson, JASA 1927.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, comb, sqrt

import numpy as np
from numpy.typing import NDArray

DRAWS = 10_000
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` cases in `clusters` clusters with its 95 % interval [low, high]."""

    value: float
    low: float
    high: float
    n: int
    clusters: int


@dataclass(frozen=True, slots=True)
class PairedDifference:
    """New minus old over the same cases. `better` and `worse` count changed cases, `p` is McNemar's, 1 for no change.

    `p` compares the numbers of cases that rose and fell, whatever by how much, so it also serves means.
    """

    value: float
    low: float
    high: float
    n: int
    better: int
    worse: int
    p: float
    needed: int | None


def estimate(values: Mapping[str, float], clusters: Mapping[str, str]) -> Estimate:
    """Return the mean of `values` (by case id) with its interval. Raises ValueError for no value.

    Percentiles of 10 000 draws of clusters; where every value is the same 0 or 1, drawing says nothing and Wilson's
    interval over the clusters is taken.
    """
    if not values:
        raise ValueError("nothing was measured: there is no mean of nothing")
    sums, counts = _by_cluster(values, clusters)
    mean = float(sums.sum() / counts.sum())
    if mean in (0.0, 1.0) and set(values.values()) <= {mean}:
        low, high = wilson(mean * len(sums), len(sums))
    else:
        low, high = _percentiles(sums, counts)
    return Estimate(mean, low, high, len(values), len(sums))


def difference(
    new: Mapping[str, float], old: Mapping[str, float], clusters: Mapping[str, str], margin: float
) -> PairedDifference:
    """Return the paired difference over the cases that both runs have. Raises ValueError when they share none.

    `needed` is about how many cases would bring half the width of the interval down to `margin`; None when it is there.
    """
    both = sorted(new.keys() & old.keys())
    if not both:
        raise ValueError("the runs have no case in common")
    deltas = {case_id: new[case_id] - old[case_id] for case_id in both}
    sums, counts = _by_cluster(deltas, clusters)
    value = float(sums.sum() / counts.sum())
    low, high = (0.0, 0.0) if not any(deltas.values()) else _percentiles(sums, counts)
    better, worse = sum(d > 0 for d in deltas.values()), sum(d < 0 for d in deltas.values())
    half = (high - low) / 2
    needed = ceil(len(both) * (half / margin) ** 2) if half > margin > 0 else None
    return PairedDifference(value, low, high, len(both), better, worse, mcnemar(better, worse), needed)


def wilson(successes: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """Return Wilson's interval for a rate, both bounds from 0 to 1: with 0 of 300 the upper bound is 1.3 %.

    Raises ValueError for `n` of 0. Source: Wilson, JASA 1927.
    """
    if n <= 0:
        raise ValueError("a rate of nothing has no interval")
    rate = successes / n
    middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def mcnemar(better: int, worse: int) -> float:
    """Return the exact two-sided p of `better` against `worse` changed cases; 1 when nothing changed."""
    n = better + worse
    if not n:
        return 1.0
    tail = sum(comb(n, k) for k in range(min(better, worse) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**n)))


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Return the p values adjusted for being several, by Holm's step-down method."""
    ordered = sorted(p_values, key=lambda name: p_values[name])
    adjusted: dict[str, float] = {}
    highest = 0.0
    for place, name in enumerate(ordered):
        highest = max(highest, min(1.0, p_values[name] * (len(ordered) - place)))
        adjusted[name] = highest
    return adjusted


def _by_cluster(
    values: Mapping[str, float], clusters: Mapping[str, str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sums: dict[str, float] = {}
    counts: dict[str, int] = {}
    for case_id in sorted(values):
        cluster = clusters.get(case_id, case_id)
        sums[cluster] = sums.get(cluster, 0.0) + values[case_id]
        counts[cluster] = counts.get(cluster, 0) + 1
    return np.array(list(sums.values())), np.array(list(counts.values()), dtype=np.float64)


def _percentiles(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[float, float]:
    weights = _draws(len(sums))
    means = (weights @ sums) / (weights @ counts)
    low, high = np.percentile(means, [2.5, 97.5])
    return round(float(low), 12), round(float(high), 12)


@lru_cache(maxsize=64)
def _draws(clusters: int) -> NDArray[np.float32]:
    """Return how often each cluster is drawn, shape (DRAWS, clusters): the same for every metric of that many clusters."""
    chance = np.random.default_rng(SEED)
    return chance.multinomial(clusters, np.full(clusters, 1 / clusters), size=DRAWS).astype(np.float32)
