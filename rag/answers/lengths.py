"""How much of a sentence is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold, split_clauses
from corpus.records import Span
from rag.answers.composition import Evidence
from rag.question.kinds import SEVERAL, Asked
from rag.reading.ranker import common_runs

_FACT_LIMIT = 200  # characters of an answer to a factual question
_LONG_LIMIT = 360  # … and to why, how, what is, lists
_SHORTEST_LIMIT = 60  # … and of each of many
_CUT = "…"


def trimmed(evidence: Evidence, asked: Asked, limit: int) -> str:
    """Return the sentence, or when it is longer than `limit` the clauses that carry value and question, cuts marked …"""
    text = evidence.candidate.text
    if len(text) <= limit:
        return text
    clauses = split_clauses(text, Span(0, len(text)))
    matched, _, _ = common_runs(asked.folded, fold(text))
    weight = [float(matched[clause.start : clause.end].sum()) for clause in clauses]
    weight[0] += 2.0  # the subject usually stands first
    if evidence.value is not None:
        weight = [w + 50.0 * clause.overlaps(evidence.value) for w, clause in zip(weight, clauses, strict=True)]
    kept: set[int] = set()
    size = 0
    for at in sorted(range(len(clauses)), key=lambda at: (-weight[at], at)):
        if size + len(clauses[at]) > limit - 2:
            continue
        kept.add(at)
        size += len(clauses[at])
    return _joined(text, clauses, kept)


def _joined(text: str, clauses: Sequence[Span], kept: set[int]) -> str:
    pieces: list[str] = []
    for at, clause in enumerate(clauses):
        if at in kept:
            pieces.append(text[clause.start : clause.end])
        elif not pieces or pieces[-1] != _CUT:
            pieces.append(_CUT)
    joined = "".join(pieces)
    return re.sub(r"[，,；;、]…$", _CUT, joined)


def limit_of(asked: Asked, count: int) -> int:
    """Return how many characters each of `count` sentences may take."""
    whole = _LONG_LIMIT if asked.kind in SEVERAL or count > 1 else _FACT_LIMIT
    return max(_SHORTEST_LIMIT, whole // max(1, count))
