"""Nearest neighbours by inner product. The only module that knows FAISS.

Of up to `FLAT_AT_MOST` vectors every one is looked at: with unit vectors the inner product is the cosine, and the same
corpus always gives the same answer. Half-precision codes take half the memory of a flat float32 index and are searched two
to three times as fast on two cores, because reading memory is what takes the time (figures in docs/index.md).
More are looked at by short codes first, two bits a number, in one pass of the processor's widest instructions; the best by
their codes are compared by their vectors, which may lie in a mapped file. Each score is exact; docs/benchmark.md says how
seldom a near text is not among them. Source: André, Kermarrec & Le Scouarnec, "Cache locality is not enough", VLDB 2015.
Nothing is added after construction (adding while another thread searches crashes FAISS), and FAISS reads and writes no
file (its files carry no checksum, and its writer does not notice a full disk).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import faiss
import numpy as np
from numpy.typing import NDArray

from index.search.columns import Column

FLAT_AT_MOST = 150_000  # vectors
_COMPARED = 3  # times as many vectors as are wanted are compared exactly
_LEARNED_FROM = 20_000  # vectors
_AT_ONCE = 20_000  # vectors


class Nearest(Protocol):
    """Unit vectors by row."""

    def __len__(self) -> int: ...

    @property
    def dim(self) -> int: ...

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest, best first, equals by row; fewer when there are fewer."""

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the vectors in `rows`, in that order."""

    def within(self, kept: NDArray[np.bool_]) -> Nearest:
        """Return what finds nothing but the rows that are `kept`, shape (len(self),)."""
        return _KeptVectors(self, kept)


class _KeptVectors:
    """The vectors of a whole index, of which some are searched."""

    __slots__ = ("_rows", "_whole")

    def __init__(self, whole: Nearest, kept: NDArray[np.bool_]) -> None:
        self._whole = whole
        self._rows = np.flatnonzero(kept)

    def __len__(self) -> int:
        return len(self._whole)

    @property
    def dim(self) -> int:
        return self._whole.dim

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        return self._whole.vectors(rows)

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._whole.scores_of(vector, rows)

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores = self.scores_of(vector, self._rows)
        order = np.lexsort((self._rows, -scores))[: max(0, k)]
        return self._rows[order], scores[order]

    def within(self, kept: NDArray[np.bool_]) -> Nearest:
        mine = np.zeros(len(self), dtype=bool)
        mine[self._rows] = True
        return _KeptVectors(self._whole, mine & kept)


class DenseIndex(Nearest):
    """Unit vectors in half precision, searched exactly. Immutable: any number of threads may read."""

    __slots__ = ("_halves", "_index")

    def __init__(self, vectors: NDArray[np.float16]) -> None:
        """Take float16 rows of unit length (or zeros, which are near to nothing), shape (n, dim); they are copied."""
        if vectors.ndim != 2 or vectors.dtype != np.float16:
            raise ValueError(f"{vectors.dtype} vectors of shape {vectors.shape}; float16 of shape (n, dim) is needed")
        rows, dim = vectors.shape
        self._index = faiss.IndexScalarQuantizer(dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        # The codes of this index are the halves themselves; `add` would widen and narrow each, seven times slower.
        faiss.copy_array_to_vector(np.ascontiguousarray(vectors).view(np.uint8).ravel(), self._index.codes)
        self._index.ntotal = rows
        seen = faiss.rev_swig_ptr(self._index.codes.data(), self._index.codes.size()) if rows else np.zeros(0, np.uint8)
        self._halves = seen.view(np.float16).reshape(rows, dim)  # the same memory: it lives as long as the index

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        return int(self._index.d)

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""
        found: NDArray[np.float32] = (self._halves if rows is None else self._halves[rows]).astype(np.float32)
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


def shorten(vectors: NDArray[np.float16] | Column, flat_at_most: int | None = None) -> tuple[NDArray[Any], ...]:
    """Return what `CodedIndex` searches float16 rows of unit length by; nothing when they are few enough without.

    The same vectors give the same codes on one kind of processor.
    """
    rows, dim = vectors.shape
    if rows <= (FLAT_AT_MOST if flat_at_most is None else flat_at_most) or dim % 2:
        return ()
    faiss.omp_set_num_threads(1)  # so little work that threads would spend more on waiting, on busy cores a hundredfold
    coded = faiss.IndexPQFastScan(dim, dim // 2, 4, faiss.METRIC_INNER_PRODUCT)
    step = -(-rows // _LEARNED_FROM)
    firsts = range(0, rows, _AT_ONCE)
    learned_from = [vectors[first : first + _AT_ONCE][-first % step :: step] for first in firsts]
    coded.train(np.concatenate(learned_from).astype(np.float32))
    for first in firsts:
        coded.add(vectors[first : first + _AT_ONCE].astype(np.float32))
    codes = np.empty(coded.codes.size(), dtype=np.uint8)
    faiss.memcpy(faiss.swig_ptr(codes), coded.codes.get(), codes.nbytes)
    return faiss.vector_to_array(coded.pq.centroids), codes


class CodedIndex(Nearest):
    """Unit vectors in half precision, searched by codes and compared exactly. Immutable: any number of threads may read."""

    __slots__ = ("_coded", "_vectors")

    def __init__(self, vectors: NDArray[np.float16], centres: NDArray[np.float32], codes: NDArray[np.uint8]) -> None:
        """Take rows of unit length, shape (n, dim), which are not copied, and what `shorten` made of them."""
        rows, dim = vectors.shape
        coded = faiss.IndexPQFastScan(dim, dim // 2, 4, faiss.METRIC_INNER_PRODUCT)
        padded = -(-rows // coded.bbs) * coded.bbs
        if len(codes) != padded * dim // 4 or len(centres) != 16 * dim:
            raise ValueError(f"codes of {len(codes)} bytes for {rows} vectors of {dim}")
        faiss.copy_array_to_vector(np.ascontiguousarray(centres), coded.pq.centroids)
        coded.codes.resize(len(codes))
        faiss.memcpy(coded.codes.get(), faiss.swig_ptr(np.ascontiguousarray(codes)), len(codes))
        coded.ntotal, coded.ntotal2, coded.is_trained = rows, padded, True  # type: ignore[attr-defined]
        self._coded = coded
        self._vectors = vectors

    def __len__(self) -> int:
        return len(self._vectors)

    @property
    def dim(self) -> int:
        return int(self._vectors.shape[1])

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""
        return (self._vectors if rows is None else self._vectors[rows]).astype(np.float32)

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest by their codes, best first, equals by row."""
        wanted = min(k, len(self))
        if wanted <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        faiss.omp_set_num_threads(1)
        asked = np.ascontiguousarray(vector, dtype=np.float32)
        _, found = self._coded.search(asked.reshape(1, -1), min(_COMPARED * wanted, len(self)))
        rows = np.sort(found[0][found[0] >= 0])
        scores = self.scores_of(asked, rows)
        order = np.lexsort((rows, -scores))[:wanted]
        return rows[order], scores[order]

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the vectors in `rows`, in that order."""
        scores: NDArray[np.float32] = self.vectors(rows) @ np.asarray(vector, dtype=np.float32)
        return scores


def nearest(vectors: NDArray[np.float16], coded: Sequence[NDArray[Any]]) -> Nearest:
    """Return the index of `vectors`, by what `shorten` made of them when that is anything. Raises ValueError, TypeError."""
    return CodedIndex(vectors, *coded) if coded else DenseIndex(vectors)
