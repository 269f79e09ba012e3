"""Recall@k: how much of the gold evidence is among the first `k` hits."""

from __future__ import annotations

from evals.metrics.relevance import Judged


def recall_at_k(judged: Judged, k: int) -> float:
    """Return |evidences held by the first `k` hits| / min(k, |evidences|), at most 1; from 0 to 1.

    Where any one evidence is enough, 1 as soon as one is held. `k` counts hits from 1; the cap lets a perfect ranking score
    1 at k = 1 on a question with two evidences. Raises ValueError for `k` < 1. Source: the textbook measure (Manning,
    Raghavan & Schütze, ch. 8), capped as in BEIR (Thakur et al., NeurIPS 2021).
    """
    if k < 1:
        raise ValueError(f"k must be at least 1, not {k}")
    held = frozenset[int]().union(*judged.holds[:k])
    return float(bool(held)) if judged.any_enough else min(1.0, len(held) / min(k, judged.needed))
