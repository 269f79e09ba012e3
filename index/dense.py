"""Nearest neighbours by inner product. The only module that knows FAISS.

Exact, not approximate: with unit vectors the inner product is the cosine, and the same corpus always gives the same
answer. The vectors stay ours, FAISS only searches them: an index of its own would copy them, must not be added to while
another thread searches (it crashes), and lends out memory that dies with it. FAISS reads and writes no file here (its
files carry no checksum, and its writer does not notice a full disk).
"""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray


class DenseIndex:
    """Unit vectors, searched exactly. Immutable: any number of threads may read."""

    __slots__ = ("_vectors",)

    def __init__(self, vectors: NDArray[np.float32]) -> None:
        """Take float32 rows of unit length (or zeros, which are near to nothing), shape (n, dim); they become ours."""
        if vectors.ndim != 2 or vectors.dtype != np.float32:
            raise ValueError(f"{vectors.dtype} vectors of shape {vectors.shape}; float32 of shape (n, dim) is needed")
        self._vectors = np.ascontiguousarray(vectors)
        self._vectors.flags.writeable = False

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dim(self) -> int:
        return int(self._vectors.shape[1])

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The rows, read-only."""
        return self._vectors

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest, best first, equals by row; fewer when there are fewer."""
        wanted = min(k, len(self))
        if wanted <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        asked = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, rows = faiss.knn(asked, self._vectors, wanted, metric=faiss.METRIC_INNER_PRODUCT)
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the vectors in `rows`, in that order."""
        scores: NDArray[np.float32] = self._vectors[rows] @ np.asarray(vector, dtype=np.float32)
        return scores
