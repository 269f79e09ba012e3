"""Helpful or harmful: a right answer earns a point, a wrong one costs one, silence costs nothing."""

from __future__ import annotations

from evals.cases import EvalCase
from evals.metrics.facts_found import facts_found, says_forbidden
from rag.records import Answer, Status


def helpfulness(case: EvalCase, answer: Answer) -> float:
    """Return 1 for right, 0 for missing, −1 for wrong.

    Answerable: every obligatory fact is right, a refusal is missing, the rest is wrong. Not answerable: a status that the
    case accepts is right, an answer wrong. The mean is (2·right + missing) / n − 1.
    Source: CRAG's score (Yang et al., NeurIPS 2024), with facts compared by value instead of by a judge.
    """
    if not case.answerable:
        return 1.0 if answer.status.value in case.statuses else -1.0
    if answer.status is not Status.ANSWERED:
        return 0.0
    return 1.0 if facts_found(case, answer) == 1 and not says_forbidden(case, answer) else -1.0
