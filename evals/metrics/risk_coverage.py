"""Risk and coverage: how often answers are wrong when only the surest share of questions is answered."""

from __future__ import annotations

from collections.abc import Sequence


def risk_coverage(confidences: Sequence[float], wrong: Sequence[bool]) -> tuple[tuple[float, float], ...]:
    """Return points (coverage, risk), coverage rising to 1: the surest first, ties answered together.

    coverage = |answered| / n, risk = |wrong among them| / |answered|; both from 0 to 1. Raises ValueError for no question.
    Source: El-Yaniv & Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010.
    """
    if not confidences or len(confidences) != len(wrong):
        raise ValueError("risk and coverage need questions, one verdict each")
    order = sorted(range(len(wrong)), key=lambda at: -confidences[at])
    points: list[tuple[float, float]] = []
    errors = 0
    for count, at in enumerate(order, start=1):
        errors += wrong[at]
        if count == len(order) or confidences[order[count]] != confidences[at]:
            points.append((count / len(order), errors / count))
    return tuple(points)


def area_under_risk(points: Sequence[tuple[float, float]]) -> float:
    """Return the mean risk over all coverages (AURC), from 0 to 1, lower is better: Σ risk · (coverage − the one before).

    Source: Geifman, Uziel & El-Yaniv, ICLR 2019.
    """
    area = before = 0.0
    for coverage, risk in points:
        area += risk * (coverage - before)
        before = coverage
    return area
