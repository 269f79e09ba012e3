"""How sure we may be that the best sentence answers the question: a calibrated probability, and the right to refuse.

Boosted trees over what the ranker saw and how its scores lie, trained by `python -m rag.training confidence` on questions
whose answer was taken out of the articles, on impossible questions and on questions that were ranked wrongly.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.ranking import FEATURES, Ranked, Trees

_NEXT = 3  # how many runners-up are looked at
SIGNALS: tuple[str, ...] = (
    *(f"first_{name}" for name in FEATURES),
    "top_score",
    *(f"margin_{place}" for place in range(2, _NEXT + 2)),
    "spread",
    "best_covered",
    "best_covered_passage",
    "candidates",
    "around_share",
    "around_missing",
    "around_missing_3",
)


def signals(ranked: Sequence[Ranked], around: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return shape (len(SIGNALS),) for the ranking of one question, best first; it must not be empty.

    `around` is what `Featuriser.around` says of the first.
    """
    scores = [one.score for one in ranked]
    margins = [scores[0] - scores[place] if place < len(scores) else 9.0 for place in range(1, _NEXT + 1)]
    covered, passage = FEATURES.index("covered"), FEATURES.index("covered_passage")
    extra = [
        scores[0],
        *margins,
        float(np.std(scores)),
        max(float(one.features[covered]) for one in ranked),
        max(float(one.features[passage]) for one in ranked),
        float(len(ranked)),
    ]
    return np.concatenate([ranked[0].features, np.array(extra, dtype=np.float32), around])


class Confidence:
    """Probability that the best sentence holds the answer."""

    def __init__(self, trees: Trees) -> None:
        self._trees = trees

    @classmethod
    def load(cls, folder: Path) -> Confidence:
        """Read the model of `folder`. Raises ModelError."""
        return cls(Trees.load(folder / "trees.safetensors"))

    def of(self, ranked: Sequence[Ranked], around: NDArray[np.float32]) -> float:
        """Return from 0 to 1 for a ranking that is not empty; `around` as `signals` takes it."""
        margin = float(self._trees.predict(signals(ranked, around)[None, :])[0])
        return float(1.0 / (1.0 + np.exp(-margin)))
