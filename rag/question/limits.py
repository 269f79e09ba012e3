"""A question put to some of the articles only: named ones, or those of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article
from index.search.dense import Nearest
from index.search.lexical import LexicalIndex, best_rows
from index.search.retrieval import HybridRetriever
from index.storage.catalogue import Catalogue
from index.storage.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Limit:
    """Which articles may answer. `articles` are ids, none means all; `since` and `until` are the first and last day.

    An article whose date is a span fits when part of it does; one without a date fits no period.
    """

    articles: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return bool(self.articles or self.since or self.until)

    def holds(self, article: Article) -> bool:
        if self.articles and article.id not in self.articles:
            return False
        if self.since is None and self.until is None:
            return True
        published = article.published
        if published is None:
            return False
        return (self.since is None or published.last >= self.since) and (
            self.until is None or published.first <= self.until
        )

    def of(self, articles: Mapping[str, Article]) -> Mapping[str, Article]:
        """Return those of `articles` that may answer."""
        if isinstance(articles, Catalogue):
            return articles.only(self.held(articles))
        return {name: article for name, article in articles.items() if self.holds(article)}

    def held(self, catalogue: Catalogue) -> NDArray[np.bool_]:
        """Return which of the articles may answer, shape (len(catalogue),)."""
        held = np.ones(len(catalogue), dtype=bool)
        if self.articles:
            held &= np.fromiter((name in self.articles for name in catalogue), bool, len(catalogue))
        first, last = catalogue.days.T
        if self.since is not None or self.until is not None:
            held &= last > 0
        if self.since is not None:
            held &= last >= self.since.toordinal()
        if self.until is not None:
            held &= first <= self.until.toordinal()
        return held


def limited(snapshot: Snapshot, limit: Limit) -> Snapshot:
    """Return the snapshot with nothing to be found outside of `limit`. Rows and weights of words stay as they are."""
    articles = snapshot.articles.only(limit.held(snapshot.articles))
    sentences = _kept(len(snapshot.sentences), [snapshot.article_sentence_rows(name) for name in articles])
    passages = _kept(len(snapshot.passages), [snapshot.passage_rows(name) for name in articles])
    by_passage = _within(snapshot.by_passage, passages)
    by_sentence = snapshot.sentences_within(by_passage) or _within(snapshot.by_sentence, sentences)
    return replace(snapshot, articles=articles, by_sentence=by_sentence, by_passage=by_passage)


def _kept(count: int, rows: Sequence[range]) -> NDArray[np.bool_]:
    kept = np.zeros(count, dtype=bool)
    for some in rows:
        kept[some.start : some.stop] = True
    return kept


def _within(whole: HybridRetriever, kept: NDArray[np.bool_]) -> HybridRetriever:
    return HybridRetriever(_Lexical(whole.lexical, kept), _Dense(whole.dense, kept), whole.weights)


class _Lexical(LexicalIndex):
    """BM25 with the scores of some texts only; how rare a word is, all of them tell."""

    __slots__ = ("_kept",)

    def __init__(self, whole: LexicalIndex, kept: NDArray[np.bool_]) -> None:
        super().__init__(whole.vocabulary, whole.postings)
        self._kept = kept

    def scores(self, question_terms: Sequence[str]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = np.where(self._kept, super().scores(question_terms), np.float32(0))
        return found

    def scores_of(self, question_terms: Sequence[str], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = np.where(self._kept[rows], super().scores_of(question_terms, rows), np.float32(0))
        return found

    def best(self, question_terms: Sequence[str], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores = self.scores(question_terms)
        rows = best_rows(scores, k)
        return rows, scores[rows]


class _Dense:
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
