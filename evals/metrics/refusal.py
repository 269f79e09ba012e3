"""Refusing: whether what the articles do not say is refused, and nothing else. The positive class is a refusal."""

from __future__ import annotations

from evals.cases import EvalCase
from evals.metrics.applying import NotMeasured
from rag.records import Answer, Status


def refusal_recall(case: EvalCase, answer: Answer) -> float:
    """Return 1 when a question without an answer is met as it should be, else 0.

    The mean is TP / (TP + FN). Raises NotMeasured for an answerable case. Source: negative rejection of RGB (Chen et al.,
    AAAI 2024), decided by the structured status instead of a phrase.
    """
    if case.answerable or case.expected != "refused":
        raise NotMeasured(f"{case.id} is to be answered")
    return float(answer.status.value in case.statuses)


def refusal_precision(case: EvalCase, answer: Answer) -> float:
    """Return 1 when a refusal was right, 0 when the articles do answer; the mean is TP / (TP + FP).

    Raises NotMeasured when nothing was refused.
    """
    if answer.status is not Status.REFUSED:
        raise NotMeasured("nothing was refused")
    return float("refused" in case.statuses)


def over_refusal(case: EvalCase, answer: Answer) -> float:
    """Return 1 when a question that the articles answer is refused, else 0; the mean is FP / answerable.

    Raises NotMeasured for a case without an answer. Source: 非拒答误拒率 of GB/T 45654-2025, applied to our own questions.
    """
    if not case.answerable:
        raise NotMeasured(f"{case.id} has no answer")
    return float(answer.status is Status.REFUSED)
