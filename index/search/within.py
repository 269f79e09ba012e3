"""Sentences found in the passages that were found: for corpora so large that each sentence would cost too much to keep.

A sentence is scored as in an index of all sentences, only that nobody counted how many sentences hold a word: that is told
from how often the passages do, as if its places had been drawn by lot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from index.search.dense import Nearest
from index.search.lexical import K1, B, LexicalIndex, best_rows, count_asked
from index.search.retrieval import HybridRetriever

_LEXICAL, _DENSE = 200, 50  # passages whose sentences are looked at; a sentence costs most to embed

TextOf = Callable[[int], str]
Encode = Callable[[Sequence[str]], NDArray[np.float32]]


def within_passages(
    passages: HybridRetriever, text_of: TextOf, starts: NDArray[np.int64], encode: Encode
) -> HybridRetriever:
    """Return what finds sentences within the best of `passages`.

    The sentences of passage p are the rows `starts[p]` to `starts[p + 1]`.
    """
    lexical = _LexicalWithin(passages.lexical, text_of, starts)
    return HybridRetriever(lexical, _DenseWithin(passages.dense, text_of, starts, encode), passages.weights)


class _LexicalWithin(LexicalIndex):
    """BM25 of the sentences of the best passages; zero for all others."""

    __slots__ = ("_mean", "_of_passages", "_starts", "_text_of")

    def __init__(self, passages: LexicalIndex, text_of: TextOf, starts: NDArray[np.int64]) -> None:
        self._of_passages = passages
        self._vocabulary = passages.vocabulary
        self._postings = passages.postings
        self._k1, self._b = K1, B
        self._text_of = text_of
        self._starts = starts
        self._mean = float(passages.postings.lengths.sum(dtype=np.int64)) / max(1, len(self))

    def __len__(self) -> int:
        return int(self._starts[-1])

    def frequency(self, term: str) -> int:
        """Return about how many sentences hold `term` (already folded)."""
        at = self._vocabulary.find(term)
        if at < 0 or not len(self):
            return 0
        here = slice(int(self._postings.starts[at]), int(self._postings.starts[at + 1]))
        told = float(self._postings.counts[here].sum(dtype=np.int64))
        return max(1, round(len(self) * -float(np.expm1(-told / len(self)))))

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        """Return BM25, shape (len(self),): zero where no passage of the best holds the sentence."""
        scores = np.zeros(len(self), dtype=np.float32)
        passages, _ = self._of_passages.best(question_terms, _LEXICAL)
        rows = _rows(passages, self._starts)
        scores[rows] = self.scores_of(question_terms, rows)
        return scores

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 of the sentences in `rows`, in that order."""
        asked = sorted(set(question_terms))
        counts, lengths = count_asked([self._text_of(row) for row in rows.tolist()], asked)
        norms = self._k1 * (1 - self._b + self._b * lengths / (self._mean or 1.0))
        scores = np.zeros(len(rows), dtype=np.float32)
        for term, held in zip(asked, counts, strict=True):
            if held.any():
                scores += np.float32((self._k1 + 1) * self.idf(term)) * (held / (held + norms)).astype(np.float32)
        return scores

    def best(self, question_terms: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and scores of the `k` best, best first, equals by row."""
        scores = self.scores(question_terms)
        rows = best_rows(scores, k)
        return rows, scores[rows]


class _DenseWithin(Nearest):
    """The sentences of the nearest passages, embedded when they are asked for."""

    __slots__ = ("_encode", "_of_passages", "_starts", "_text_of")

    def __init__(self, passages: Nearest, text_of: TextOf, starts: NDArray[np.int64], encode: Encode) -> None:
        self._of_passages = passages
        self._text_of = text_of
        self._starts = starts
        self._encode = encode

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def dim(self) -> int:
        return self._of_passages.dim

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""
        wanted = np.arange(len(self)) if rows is None else rows
        return self._encode([self._text_of(row) for row in wanted.tolist()])

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest in the nearest passages, best first, equals by row."""
        passages, _ = self._of_passages.search(vector, _DENSE)
        rows = _rows(passages, self._starts)
        scores = self.scores_of(vector, rows)
        order = np.lexsort((rows, -scores))[: max(0, k)]
        return rows[order], scores[order]

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the sentences in `rows`, in that order."""
        if not len(rows):
            return np.zeros(0, np.float32)
        scores: NDArray[np.float32] = self.vectors(rows) @ np.asarray(vector, dtype=np.float32)
        return scores


def _rows(passages: NDArray[np.int64], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of the sentences of some passages, rising."""
    spans = [np.arange(starts[row], starts[row + 1]) for row in np.sort(passages)]
    return np.concatenate(spans).astype(np.int64) if spans else np.zeros(0, np.int64)
