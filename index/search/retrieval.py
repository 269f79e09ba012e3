"""One list of texts searched both ways, and the two results fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.search.dense import Nearest
from index.search.fusion import FusionWeights, features, fuse
from index.search.lexical import LexicalIndex, terms
from index.search.lexical import best_rows as best_rows

CANDIDATES = 200  # proposed by each channel; the fused order is exact among their union


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready once for any number of searches: its terms, and its unit vector of shape (dim,)."""

    text: str
    terms: tuple[str, ...]
    vector: NDArray[np.float32]

    @classmethod
    def of(cls, question: str, vector: NDArray[np.float32]) -> Query:
        return cls(question, tuple(terms(question)), np.ascontiguousarray(vector, dtype=np.float32).reshape(-1))


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a search found, as arrays of one length, best first.

    `lexical_ranks` and `dense_ranks` count from 1; 0 where the channel did not propose the row.
    """

    rows: NDArray[np.int64]
    scores: NDArray[np.float32]
    lexical: NDArray[np.float32]
    dense: NDArray[np.float32]
    lexical_ranks: NDArray[np.int64]
    dense_ranks: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.rows)


class HybridRetriever:
    """BM25 and vectors over the same texts. Immutable: any number of threads may read."""

    __slots__ = ("_dense", "_lexical", "_weights")

    def __init__(self, lexical: LexicalIndex, dense: Nearest, weights: FusionWeights) -> None:
        if len(lexical) != len(dense):
            raise ValueError(f"{len(lexical)} texts but {len(dense)} vectors")
        self._lexical = lexical
        self._dense = dense
        self._weights = weights

    def __len__(self) -> int:
        return len(self._lexical)

    @property
    def lexical(self) -> LexicalIndex:
        return self._lexical

    @property
    def dense(self) -> Nearest:
        return self._dense

    @property
    def weights(self) -> FusionWeights:
        return self._weights

    def rank(self, query: Query, k: int, candidates: int = CANDIDATES) -> Ranking:
        """Return at most `k` rows, best first, equals by row.

        Each channel proposes `candidates` rows (at least `k`); a row that shares no term with the question is proposed
        by its vector alone.
        """
        wanted = max(k, candidates)
        lexical_rows, lexical_scores = self._lexical.best(query.terms, wanted)
        dense_rows, dense_scores = self._dense.search(query.vector, wanted)
        rows = np.union1d(lexical_rows, dense_rows)
        lexical = np.zeros(len(rows), dtype=np.float32)
        lexical[np.searchsorted(rows, lexical_rows)] = lexical_scores
        others = np.flatnonzero(np.isin(rows, lexical_rows, invert=True))
        lexical[others] = self._lexical.scores_of(query.terms, rows[others])
        dense = self._dense.scores_of(query.vector, rows)
        calibrated = features(
            lexical,
            dense,
            best_lexical=float(lexical_scores[0]) if len(lexical_scores) else 0.0,
            best_possible=self._lexical.best_possible(query.terms),
            best_dense=float(dense_scores[0]) if len(dense_scores) else 0.0,
        )
        scores = fuse(calibrated, self._weights)
        order = np.lexsort((rows, -scores))[:k]
        return Ranking(
            rows[order],
            scores[order],
            lexical[order],
            dense[order],
            _places(lexical_rows, rows[order]),
            _places(dense_rows, rows[order]),
        )

    def within(self, kept: NDArray[np.bool_]) -> HybridRetriever:
        """Return what finds nothing but the rows that are `kept`, shape (len(self),)."""
        return HybridRetriever(self._lexical.within(kept), self._dense.within(kept), self._weights)

    def lexical_scores(self, query: Query, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 of the given rows, in that order."""
        return self._lexical.scores_of(query.terms, np.asarray(rows, dtype=np.int64))

    def dense_scores(self, query: Query, rows: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the given rows, in that order."""
        return self._dense.scores_of(query.vector, np.asarray(rows, dtype=np.int64))


def _places(ranked: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the 1-based place of each of `rows` in `ranked`, 0 for those that are not there."""
    order = np.argsort(ranked)
    at = np.searchsorted(ranked, rows, sorter=order)
    places = np.append(order, len(ranked))[np.minimum(at, len(ranked))]
    there = (places < len(ranked)) & (np.append(ranked, -1)[places] == rows)
    return np.where(there, places + 1, 0).astype(np.int64)
