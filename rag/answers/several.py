"""A question that asks several: each answered by its own sentence, or said to be left open."""

from __future__ import annotations

from dataclasses import replace

from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.corrected import is_planned
from rag.answers.over_time import over_time
from rag.answers.premises import asks_outcome
from rag.answers.quoted import choose
from rag.answers.short_answer import with_value
from rag.figures.arithmetic import sides_of
from rag.question.parts import parts_of


def several(asking: Asking) -> Composition | None:
    """Return the single questions of one that asks several, each answered by its own sentence or said to be left open."""
    parts = parts_of(asking.asked.text) or sides_of(asking.asked.text)
    if len(parts) < 2:
        return None
    evidence: dict[int, Evidence] = {}
    sure: list[float] = []
    untold: list[str] = []
    for part in parts:
        found = asking.finder.part(part.question)
        one = replace(asking, prepared=found.prepared, asked=found.prepared.asked, ranked=found.ranked)
        made = (over_time(one) or Composition(choose(one.asked, found.ranked))) if found.confidence else None
        confidence = (made.confidence or found.confidence) if made else 0.0
        unfinished = made is not None and asks_outcome(one.asked) and is_planned(one)
        if made is None or confidence < asking.least or unfinished:
            untold.append(part.question)
            continue
        sure.append(confidence)
        period = asking.finder.period(found.prepared)
        first = with_value(made.evidence[0], one.asked, asking.finder.reader, asking.snapshot, period=period)
        evidence.setdefault(first.candidate.row, Evidence(first.candidate, first.value, part.name))
    if not evidence:
        return None
    return Composition(tuple(evidence.values()), confidence=min(sure), untold=tuple(untold), settled=True)
