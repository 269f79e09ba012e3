"""Span recall: how many of the gold characters the first hits hold."""

from __future__ import annotations

from evals.metrics.relevance import Judged


def span_recall(judged: Judged, k: int = 10) -> float:
    """Return |gold characters inside the first `k` hits| / |gold characters|, from 0 to 1; no hit gives 0.

    It sees what Recall@k does not: evidence that a passage boundary cuts in two. Source: own definition, after the
    token-level recall of Chroma's "Evaluating Chunking Strategies for Retrieval", 2024.
    """
    return judged.covered[min(k, len(judged.covered)) - 1] if judged.covered else 0.0
