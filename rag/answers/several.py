"""A question that asks several: each answered by its own sentence, or said to be left open."""

from __future__ import annotations

from dataclasses import replace

from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.over_time import over_time
from rag.answers.quoted import choose
from rag.answers.short_answer import with_value
from rag.question.kinds import understand
from rag.question.parts import parts_of


def several(asking: Asking) -> Composition | None:
    """Return the single questions of one that asks several, each answered by its own sentence or said to be left open."""
    parts = parts_of(asking.asked.text)
    if len(parts) < 2:
        return None
    evidence: dict[int, Evidence] = {}
    sure: list[float] = []
    untold: list[str] = []
    for part in parts:
        found = asking.finder.search(part.question)
        one = replace(asking, asked=understand(part.question), ranked=found)
        made = (over_time(one) or Composition(choose(one.asked, found))) if found else None
        confidence = (made.confidence or asking.probability(found)) if made else 0.0
        if made is None or confidence < asking.least:
            untold.append(part.question)
            continue
        sure.append(confidence)
        first = with_value(made.evidence[0], one.asked, asking.finder.reader, asking.snapshot)
        evidence.setdefault(first.candidate.row, Evidence(first.candidate, first.value, part.name))
    if not evidence:
        return None
    return Composition(tuple(evidence.values()), confidence=min(sure), untold=tuple(untold), settled=True)
