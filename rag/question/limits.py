"""A question put to some of the articles only: named ones, or those of a period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article
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
    by_passage = snapshot.by_passage.within(passages)
    by_sentence = snapshot.sentences_within(by_passage) or snapshot.by_sentence.within(sentences)
    return replace(snapshot, articles=articles, by_sentence=by_sentence, by_passage=by_passage)


def _kept(count: int, rows: Sequence[range]) -> NDArray[np.bool_]:
    kept = np.zeros(count, dtype=bool)
    for some in rows:
        kept[some.start : some.stop] = True
    return kept
