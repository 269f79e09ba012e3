"""Nearest neighbours by inner product. The only module that knows FAISS.

Every vector is looked at: with unit vectors the inner product is the cosine, and the same corpus always gives the same
answer. Half-precision codes take half the memory of a flat float32 index and are searched two to three times as fast on
two cores, because reading memory is what takes the time (figures in docs/index.md).
Nothing is added after construction (adding while another thread searches crashes FAISS), and FAISS reads and writes no
file (its files carry no checksum, and its writer does not notice a full disk).
"""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray


class DenseIndex:
    """Unit vectors in half precision, searched exactly. Immutable: any number of threads may read."""

    __slots__ = ("_index",)

    def __init__(self, vectors: NDArray[np.float16]) -> None:
        """Take float16 rows of unit length (or zeros, which are near to nothing), shape (n, dim); they are copied."""
        if vectors.ndim != 2 or vectors.dtype != np.float16:
            raise ValueError(f"{vectors.dtype} vectors of shape {vectors.shape}; float16 of shape (n, dim) is needed")
        rows, dim = vectors.shape
        self._index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        # The codes of this index are the halves themselves; `add` would widen and narrow each, seven times slower.
        faiss.copy_array_to_vector(np.ascontiguousarray(vectors).view(np.uint8).ravel(), self._index.codes)
        self._index.ntotal = rows

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""
        wanted = np.arange(len(self)) if rows is None else rows
        if not len(wanted):
            return np.zeros((0, self.dim), np.float32)
        found: NDArray[np.float32] = self._index.reconstruct_batch(np.ascontiguousarray(wanted, dtype=np.int64))
        return found

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest, best first, equals by row; fewer when there are fewer."""
        wanted = min(k, len(self))
        if wanted <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        faiss.omp_set_num_threads(1)  # of this thread; it shares out questions, and one question cannot be shared
        scores, rows = self._index.search(np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1), wanted)
        order = np.lexsort((rows[0], -scores[0]))
        return rows[0][order], scores[0][order]

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the vectors in `rows`, in that order."""
        scores: NDArray[np.float32] = self.vectors(rows) @ np.asarray(vector, dtype=np.float32)
        return scores
