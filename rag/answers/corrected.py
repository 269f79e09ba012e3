"""What the question takes for granted and the articles contradict; and the outcome of a plan, or only the plan."""

from __future__ import annotations

from corpus.chinese.timing import modality
from corpus.records import Modality, Span
from rag.answers.composition import Asking, Composition, Evidence, labelled
from rag.answers.premises import contradicting, outcome


def outcome_of_a_plan(asking: Asking) -> Composition | None:
    """Return the result before the plan; None when only plans speak of it."""
    result = outcome(asking.asked, asking.ranked)
    return None if result is None else labelled([result, asking.first], asking.snapshot)


def is_planned(asking: Asking) -> bool:
    """Tell whether the best sentence only plans."""
    return modality(asking.first.text) is Modality.PLAN


def corrected(asking: Asking) -> Composition | None:
    """Return the sentence that contradicts what the question takes for granted."""
    against = contradicting(asking.asked, asking.ranked, asking.snapshot, asking.period)
    if against is None:
        return None
    candidate, figure = against
    value = Span(figure.quantity.start, figure.quantity.end) if figure else None
    return Composition((Evidence(candidate, value),), confidence=1.0 if figure else None, corrects=True)
