"""Two rankings into one: a weighted sum of calibrated scores.

Reciprocal-rank fusion forgets how sure each side is, so that a weak dense side drags a strong lexical one down. Scores
keep that, once they are brought to one scale: each is divided by what it could have been at best.
Source: Bruch, Gai & Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval", TOIS 2023 (convex combination).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

FEATURES = ("lexical_relative", "lexical_absolute", "dense_relative", "dense_absolute")


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """What each calibrated score counts, in the order of `FEATURES`.

    `lexical_relative`: BM25 over the best BM25 of this question; `lexical_absolute`: BM25 over what a text would score
    that repeats the whole question for ever; `dense_relative`: cosine over the best cosine; `dense_absolute`: cosine.
    """

    lexical_relative: float
    lexical_absolute: float
    dense_relative: float
    dense_absolute: float

    def __post_init__(self) -> None:
        if min(self.as_array()) < 0 or not self.as_array().any():
            raise ValueError(f"weights must not be negative nor all zero: {self}")

    def as_array(self) -> NDArray[np.float32]:
        return np.array([getattr(self, name) for name in FEATURES], dtype=np.float32)


def features(
    lexical: NDArray[np.float32],
    dense: NDArray[np.float32],
    best_lexical: float,
    best_possible: float,
    best_dense: float,
) -> NDArray[np.float32]:
    """Return the calibrated scores, float32 of shape (n, 4), columns as in `FEATURES`, each at most 1.

    `best_lexical` and `best_dense` are the best of the question over the whole index, not over these rows alone.
    """
    relative_dense = np.maximum(dense, 0) / best_dense if best_dense > 0 else np.zeros_like(dense)
    return np.stack(
        [
            lexical / best_lexical if best_lexical > 0 else np.zeros_like(lexical),
            lexical / best_possible if best_possible > 0 else np.zeros_like(lexical),
            relative_dense,
            np.maximum(dense, 0),
        ],
        axis=1,
    ).astype(np.float32)


def fuse(calibrated: NDArray[np.float32], weights: FusionWeights) -> NDArray[np.float32]:
    """Return one score per row of `features`."""
    fused: NDArray[np.float32] = calibrated @ weights.as_array()
    return fused


@cache
def load_weights(embedder_name: str) -> FusionWeights:
    """Return the weights tuned for an embedder, or the cautious ones for an embedder nobody tuned them for."""
    text = resources.files("index").joinpath("models", "fusion", "weights.json").read_text(encoding="utf-8")
    table = json.loads(text)["embedders"]
    chosen = table.get(embedder_name, table["*"])
    return FusionWeights(**{name: float(chosen[name]) for name in FEATURES})
