"""Reciprocal rank: how soon the first hit with gold evidence comes."""

from __future__ import annotations

from evals.metrics.relevance import Judged


def reciprocal_rank(judged: Judged, k: int = 10) -> float:
    """Return 1 / rank of the first of `k` hits that holds evidence, 0 when none does; from 0 to 1.

    Its mean over questions is MRR@k. Source: Voorhees, TREC-8 Question Answering Track, 1999.
    """
    return next((1 / rank for rank, held in enumerate(judged.holds[:k], start=1) if held), 0.0)
