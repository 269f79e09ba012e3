"""BM25 and vectors searched by Milvus, as the rest of the index knows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.milvus.database import WRITING, MilvusDatabase
from index.search.dense import Nearest
from index.search.lexical import K1, B, LexicalIndex, Vocabulary, terms

SCORED = 2000  # texts that a question's words are scored in; all others count as zero
_ROWS_AT_ONCE = 1000  # vectors that are read in one call
_PAIR = re.compile("[\u4e00-\u9fff]{2}")
_BYTES = 65_534  # of the 65,535 that a Milvus text holds: a blank follows


def spelled(text: str) -> str:
    """Return the terms of a text in letters and digits alone, a blank before and after each: every analyzer cuts them as we do.

    A Chinese analyzer would cut words where ours takes characters and pairs, and each Milvus has another one. A text of
    more terms than fit (some four thousand characters) is searched by the first of them.
    """
    written = "".join(f" {_spelled(term)}" for term in terms(text))
    return f"{written if len(written) <= _BYTES else written[: written.rindex(' ', 0, _BYTES)]} "


def _spelled(term: str) -> str:
    return "x".join(f"{ord(character):x}" for character in term)


def _telling(asked: set[str]) -> set[str]:
    """Return the terms without the Han characters of asked pairs: a text with the pair has them."""
    return asked - {character for term in asked if _PAIR.fullmatch(term) for character in term}


@dataclass(frozen=True, slots=True)
class MilvusTexts:
    """The passages or the sentences of a generation in their collection.

    `rows` has the article of each text in its first column, `years` that of each article (0: undated). `condition`
    holds the search to some of them; empty: to none.
    """

    database: MilvusDatabase
    collection: str
    rows: NDArray[np.int32]
    years: NDArray[np.int64]
    dim: int
    condition: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    def wake(self) -> None:
        """Have the words of all texts counted now: Milvus Lite would while the first question waits."""
        self.database.call(
            "search", self.collection, data=["x"], anns_field="bm25", limit=1, output_fields=["row"], timeout=WRITING
        )

    def best(
        self, field: str, asked: Any, k: int, among: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return rows and scores of the `k` best, best first, equals by row; only `among` the given rows."""
        if k < 1:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        held = [self.condition] if self.condition else []
        if among is not None:
            held.append(f"row in {among.tolist()}")
        (hits,) = self.database.call(
            "search",
            self.collection,
            data=[asked],
            anns_field=field,
            limit=k,
            filter=" and ".join(held),
            output_fields=["row"],
        )
        rows = np.array([hit["row"] for hit in hits], dtype=np.int64)
        scores = np.array([hit["distance"] for hit in hits], dtype=np.float32)
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def scores_of(self, field: str, asked: Any, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the scores of the given rows, in that order; zero for one that is not found."""
        scores = np.zeros(len(rows), dtype=np.float32)
        found, held = self.best(field, asked, len(rows), rows) if len(rows) else (rows, scores)
        if len(found):
            order = np.argsort(found)
            at = np.minimum(np.searchsorted(found, rows, sorter=order), len(found) - 1)
            there = found[order[at]] == rows
            scores[there] = held[order[at[there]]]
        return scores

    def having(self, spelled_terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the rows of the texts that have every one of some terms, spelled as `spelled` does, rising.

        Milvus looks through the texts: some words of a question are asked for so, most are searched.
        """
        held = [f'terms like "% {term} %"' for term in spelled_terms]
        condition = " and ".join([self.condition, *held] if self.condition else held)
        found = self.database.call("query", self.collection, filter=condition, output_fields=["row"])
        return np.sort(np.array([one["row"] for one in found], dtype=np.int32))

    def within(self, kept: NDArray[np.bool_]) -> MilvusTexts:
        """Return them held to rows of whole articles: by year where a year is kept whole, else by article."""
        articles = np.unique(self.rows[kept, 0])
        mine = np.zeros(len(self.years), dtype=bool)
        mine[articles] = True
        broken = np.unique(self.years[~mine])
        whole = np.setdiff1d(self.years[mine], broken)
        rest = articles[np.isin(self.years[articles], broken)]
        parts = [f"year in {whole.tolist()}"] if len(whole) else []
        if len(rest) or not parts:
            parts.append(f"article in {rest.tolist() or [-1]}")
        held = [self.condition] if self.condition else []
        return replace(self, condition=" and ".join([*held, f"({' or '.join(parts)})"]))


class MilvusLexical(LexicalIndex):
    """BM25 by Milvus's own function; how rare a word is stands in the vocabulary, which is here."""

    __slots__ = ("_frequencies", "_texts")

    def __init__(self, texts: MilvusTexts, vocabulary: Vocabulary, frequencies: NDArray[np.int32]) -> None:
        if len(vocabulary) != len(frequencies):
            raise ValueError(f"{len(vocabulary)} terms but {len(frequencies)} frequencies")
        self._vocabulary = vocabulary
        self._frequencies = frequencies
        self._texts = texts
        self._k1, self._b = K1, B

    def __len__(self) -> int:
        return len(self._texts)

    def frequency(self, term: str) -> int:
        """Return how many texts hold `term` (already folded)."""
        at = self._vocabulary.find(term)
        return int(self._frequencies[at]) if at >= 0 else 0

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 of every text, shape (len(self),): zero but for the `SCORED` best."""
        scores = np.zeros(len(self), dtype=np.float32)
        rows, found = self.best(question_terms, SCORED)
        scores[rows] = found
        return scores

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the BM25 of the texts in `rows`, in that order."""
        asked = self._asked_for(question_terms)
        return np.abs(self._texts.scores_of("bm25", asked, rows)) if asked else np.zeros(len(rows), np.float32)

    def best(self, question_terms: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and scores of the `k` best above zero, best first, equals by row."""
        asked = self._asked_for(question_terms)
        rows, scores = self._texts.best("bm25", asked, min(k, len(self)) if asked else 0)
        scores = np.abs(scores)  # Milvus Lite says them below zero
        order = np.lexsort((rows, -scores))
        return rows[order], scores[order]

    def rows_with(self, question_terms: Sequence[str]) -> NDArray[np.int32]:
        """Return the rows of the texts that hold every one of the terms, rising; none for no term."""
        asked = sorted(_telling(set(question_terms)), key=lambda term: (self.frequency(term), term))
        if not asked or not self.frequency(asked[0]):
            return np.zeros(0, np.int32)
        return self._texts.having(list(map(_spelled, asked)))

    def within(self, kept: NDArray[np.bool_]) -> LexicalIndex:
        """Return what finds nothing but the texts that are `kept`; Milvus looks at no other."""
        return MilvusLexical(self._texts.within(kept), self._vocabulary, self._frequencies)

    def _asked_for(self, question_terms: Sequence[str]) -> str:
        return " ".join(_spelled(term) for term in sorted(set(question_terms)) if self._vocabulary.find(term) >= 0)


class MilvusNearest(Nearest):
    """Unit vectors by inner product."""

    __slots__ = ("_texts",)

    def __init__(self, texts: MilvusTexts) -> None:
        self._texts = texts

    def __len__(self) -> int:
        return len(self._texts)

    @property
    def dim(self) -> int:
        return self._texts.dim

    def vectors(self, rows: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """Return the vectors in `rows`, or all of them, as float32 of shape (n, dim)."""
        wanted = np.arange(len(self)) if rows is None else rows
        found = np.zeros((len(wanted), self.dim), dtype=np.float32)
        for first in range(0, len(wanted), _ROWS_AT_ONCE):
            asked = wanted[first : first + _ROWS_AT_ONCE].tolist()
            held = self._texts.database.call(
                "query", self._texts.collection, filter=f"row in {asked}", output_fields=["row", "vector"]
            )
            by_row = {int(one["row"]): one["vector"] for one in held}
            found[first : first + len(asked)] = [by_row[row] for row in asked]
        return found

    def search(self, vector: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the rows and cosines of the `k` nearest, best first, equals by row; fewer when there are fewer."""
        return self._texts.best("vector", _listed(vector), min(k, len(self)))

    def scores_of(self, vector: NDArray[np.float32], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the cosines of the vectors in `rows`, in that order."""
        return self._texts.scores_of("vector", _listed(vector), rows)

    def within(self, kept: NDArray[np.bool_]) -> Nearest:
        """Return what finds nothing but the rows that are `kept`; Milvus looks at no other."""
        return MilvusNearest(self._texts.within(kept))


def _listed(vector: NDArray[np.float32]) -> list[float]:
    listed: list[float] = np.asarray(vector, dtype=np.float32).reshape(-1).tolist()
    return listed
