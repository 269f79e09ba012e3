"""Rows → one number a metric with its interval, per family and over all; what a run is reduced to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evals.metrics.risk_coverage import area_under_risk, risk_coverage
from evals.run.outcomes import ERROR, PASS, ScoredCase
from evals.verdict.catalogue import CAUSES, METRICS, TRANSFORM_NAMES
from evals.verdict.statistics import SEED, Estimate, estimate
from rag.records import Status

_AREA_DRAWS = 1_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Every value of one metric, by unit: a case, or a base for metrics over its variants. `cluster` goes by unit."""

    values: Mapping[str, float]
    cluster: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure an answer was and whether it was wrong; for risk and coverage."""

    case_id: str
    cluster: str
    confidence: float
    wrong: bool


def measured(rows: Sequence[ScoredCase]) -> dict[str, Measured]:
    """Return the values of every metric that was measured on at least one case."""
    found: dict[str, dict[str, float]] = {}
    cluster = {row.case.id: row.case.cluster or row.case.base_id for row in rows}
    for row in rows:
        for key, value in row.metrics.items():
            found.setdefault(key, {})[row.case.id] = value
    whole = {key: Measured(values, cluster) for key, values in found.items()}
    return whole | _over_variants(rows)


def _over_variants(rows: Sequence[ScoredCase]) -> dict[str, Measured]:
    bases: dict[str, list[float]] = {}
    cluster: dict[str, str] = {}
    for row in rows:
        base = _base_of(row)
        if base and "variant_right" in row.metrics:
            bases.setdefault(base, []).append(row.metrics["variant_right"])
            cluster[base] = row.case.cluster
    if not bases:
        return {}
    right = {row.case.id: row.metrics["right"] for row in rows if "right" in row.metrics}
    drops = {base: right[base] - sum(got) / len(got) for base, got in bases.items() if base in right}
    found = {"variants_all_right": Measured({base: float(min(got) == 1) for base, got in bases.items()}, cluster)}
    return found | ({"variant_drop": Measured(drops, cluster)} if drops else {})


def _base_of(row: ScoredCase) -> str:
    return next((tag[5:] for tag in row.case.tags if tag.startswith("base:")), "")


def estimates(rows: Sequence[ScoredCase]) -> dict[str, Estimate]:
    """Return the estimate of every metric, in the order of the catalogue. What was not measured is not in it."""
    found = {key: estimate(one.values, one.cluster) for key, one in measured(rows).items()}
    sure = certainties(rows)
    if sure:
        found["aurc"] = _area(sure)
    return {key: found[key] for key in METRICS if key in found}


def certainties(rows: Sequence[ScoredCase]) -> list[Certainty]:
    """Return how sure the answers to the written cases were; only systems that say so are measured."""
    return [
        Certainty(row.case.id, row.case.cluster, answer.confidence, not row.metrics["right"])
        for row in rows
        if (answer := row.outcome.answer) is not None
        and "right" in row.metrics
        and answer.status is not Status.SMALLTALK
        and answer.confidence >= 0
    ]


def curve(sure: Sequence[Certainty]) -> tuple[tuple[float, float], ...]:
    """Return the risk–coverage curve of the answers."""
    return risk_coverage([one.confidence for one in sure], [one.wrong for one in sure])


def _area(sure: Sequence[Certainty]) -> Estimate:
    names = sorted({one.cluster for one in sure})
    members: dict[str, list[Certainty]] = {name: [] for name in names}
    for one in sure:
        members[one.cluster].append(one)
    chance = np.random.default_rng(SEED)
    areas: list[float] = []
    for _ in range(_AREA_DRAWS):
        drawn = [one for at in chance.integers(len(names), size=len(names)) for one in members[names[at]]]
        areas.append(area_under_risk(curve(drawn)))
    low, high = np.percentile(areas, [2.5, 97.5])
    return Estimate(area_under_risk(curve(sure)), float(low), float(high), len(sure), len(names))


def by_family(rows: Sequence[ScoredCase]) -> dict[str, dict[str, tuple[float, int]]]:
    """Return for every family each metric's mean and count, and `pass`: the share of passed cases."""
    families: dict[str, list[ScoredCase]] = {}
    for row in rows:
        families.setdefault(row.case.family, []).append(row)
    return {family: _means(members) for family, members in families.items()}


def by_transform(rows: Sequence[ScoredCase]) -> dict[str, tuple[float, int]]:
    """Return for each transform the share of its variants that were answered right, and how many there were."""
    found: dict[str, tuple[float, int]] = {}
    for name in TRANSFORM_NAMES:
        values = [
            row.metrics["variant_right"] for row in rows if row.case.variant == name and "variant_right" in row.metrics
        ]
        if values:
            found[name] = (sum(values) / len(values), len(values))
    return found


def _means(rows: Sequence[ScoredCase]) -> dict[str, tuple[float, int]]:
    values: dict[str, list[float]] = {"pass": [float(row.verdict == PASS) for row in rows if row.verdict != ERROR]}
    for row in rows:
        for key, value in row.metrics.items():
            values.setdefault(key, []).append(value)
    return {key: (sum(found) / len(found), len(found)) for key, found in values.items() if found}


def causes(rows: Sequence[ScoredCase]) -> dict[str, int]:
    """Return how many cases failed for each cause, most first."""
    counted = Counter(row.cause for row in rows if row.cause)
    return {
        cause: counted[cause] for cause in sorted(counted, key=lambda one: (-counted[one], list(CAUSES).index(one)))
    }


def latency(rows: Sequence[ScoredCase]) -> dict[str, float]:
    """Return percentiles of the seconds that a case took; empty when nothing ran. They differ from run to run."""
    seconds = [row.outcome.seconds for row in rows if row.outcome.seconds > 0]
    if not seconds:
        return {}
    return {f"p{p}": round(float(np.percentile(seconds, p)), 4) for p in (50, 90, 95, 99)}
