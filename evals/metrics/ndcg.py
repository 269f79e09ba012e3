"""nDCG@k with novelty: evidence counts when it is shown first, and earlier ranks count more."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from evals.metrics.relevance import Judged


def ndcg(judged: Judged, k: int = 10) -> float:
    """Return DCG@k / ideal DCG@k, from 0 to 1; the gain of a hit is the number of evidences that it shows first.

    DCG = Σ gain(rank) / log2(rank + 1), gains linear as in trec_eval. Where any one evidence is enough, the first hit that
    holds one gains 1 and no later one anything. The ideal takes, at each rank, the passage of the whole corpus that shows
    most that is new. Sources: Järvelin & Kekäläinen, TOIS 2002; Clarke et al., SIGIR 2008 (α-nDCG, here α = 1).
    """
    best = _dcg(_ideal(judged, k))
    return min(1.0, _dcg(_gains(judged.holds[:k], judged.any_enough)) / best) if best else 0.0


def _gains(holds: Sequence[frozenset[int]], any_enough: bool) -> list[int]:
    seen: frozenset[int] = frozenset()
    gains: list[int] = []
    for held in holds:
        gains.append(int(bool(held) and not seen) if any_enough else len(held - seen))
        seen |= held
    return gains


def _ideal(judged: Judged, k: int) -> list[int]:
    if judged.any_enough:
        return [1]
    candidates = [*judged.available, *judged.holds]
    seen: frozenset[int] = frozenset()
    gains: list[int] = []
    for _ in range(min(k, judged.needed)):
        most = max(candidates, key=lambda held: len(held - seen), default=frozenset[int]())
        gains.append(len(most - seen))
        seen |= most
    return gains


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / log2(rank + 1) for rank, gain in enumerate(gains, start=1))
