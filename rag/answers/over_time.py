"""The figure that is asked for, with the others that speak of the same thing and say otherwise."""

from __future__ import annotations

from dataclasses import replace

from corpus.records import Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Asking, Composition, Evidence
from rag.figures.over_time import Timeline, timeline
from rag.question.kinds import AnswerKind
from rag.reading.candidates import Candidate, candidate_at

_NAMED_IN_FULL = 0.5  # the least confidence in a figure whose subject and indicator are the question's own words
_FIGURES = frozenset({AnswerKind.QUANTITY, AnswerKind.CHANGE, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.OTHER})


def over_time(asking: Asking) -> Composition | None:
    """Return the figures in their order, newest first, each with its time."""
    asked, ranked, snapshot, period = asking.asked, asking.ranked, asking.snapshot, asking.period
    if asked.kind not in _FIGURES:
        return None
    found = timeline(asked, ranked, snapshot, period)
    if found is None:
        return None
    made = _laid_out(found, {one.candidate.row: one.candidate for one in ranked}, snapshot)
    ahead = [one for one in ranked if one.candidate.row == found.main]
    timeless = period is None or (period.first is None and period.last is None)
    if found.named and timeless:  # whom and what the question names in full, and at no time that could be missed
        return replace(made, confidence=max(_NAMED_IN_FULL, asking.probability(ranked)))
    if not ahead or ahead[0] is ranked[0]:
        return made
    return replace(made, confidence=asking.probability([*ahead, *(one for one in ranked if one is not ahead[0])]))


def _laid_out(found: Timeline, known: dict[int, Candidate], snapshot: Snapshot) -> Composition:
    evidence: list[Evidence] = []
    for row, figure in found.entries:
        candidate = known.get(row) or candidate_at(snapshot, row)
        value = Span(figure.quantity.start, figure.quantity.end)
        evidence.append(Evidence(candidate, value, found.labels[len(evidence)] if len(found.entries) > 1 else ""))
    return Composition(tuple(evidence), conflicts=found.conflicts, settled=found.measured)
