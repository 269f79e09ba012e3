"""The articles of an index: lines of a file, decoded when somebody looks at one; what they tell all at once is known without."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.records import Article, Passage
from index.storage import serial

_KEPT = 4096  # articles that stay decoded


def days_of(article: Article) -> tuple[int, int]:
    """Return the first and the last day that an article may have appeared on, as ordinals; zeros without a date."""
    published = article.published
    return (published.first.toordinal(), published.last.toordinal()) if published else (0, 0)


class Catalogue(Mapping[str, Article]):
    """Articles by id; a row is the place of an article among all. `kept` are the rows that are not left out, rising.

    What is asked of all of them at once (when they appeared, which of them use a word) is known without decoding any.
    """

    __slots__ = ("_days", "_kept", "_lines", "_with")

    def __init__(
        self,
        lines: ArticleLines,
        days: NDArray[np.int32],
        rows_with: Callable[[str], NDArray[np.int64]],
        kept: NDArray[np.int64],
    ) -> None:
        self._lines = lines
        self._days = days
        self._with = rows_with
        self._kept = kept

    @property
    def days(self) -> NDArray[np.int32]:
        """Return what `days_of` gives each article, shape (len(self), 2)."""
        return self._days[self._kept]

    def __getitem__(self, article_id: str) -> Article:
        if (row := self._row(article_id)) < 0:
            raise KeyError(article_id)
        return self._at(row)

    def __contains__(self, article_id: object) -> bool:
        return self._row(article_id) >= 0

    def __iter__(self) -> Iterator[str]:
        return (self._lines.ids[row] for row in self._kept.tolist())

    def __len__(self) -> int:
        return len(self._kept)

    def rows_with(self, word: str) -> NDArray[np.int64]:
        """Return the rows of the articles that have a passage with every term of `word`, rising.

        Terms are single characters and pairs: one with all of 临平区 nearly always has the word itself.
        """
        found = self._with(word)
        return found if self._is_whole else found[np.isin(found, self._kept)]

    def using(self, word: str) -> Iterator[Article]:
        """Yield the articles whose text, folded, has a folded word in it."""
        return (article for article in map(self._at, self.rows_with(word).tolist()) if word in fold(article.text))

    def newest(self, count: int) -> list[Article]:
        """Return the articles that appeared last, those without a date behind them, equals by row."""
        order = np.argsort(-self.days[:, 1], kind="stable")[:count]
        return list(map(self._at, self._kept[order].tolist()))

    def only(self, kept: NDArray[np.bool_]) -> Catalogue:
        """Return the catalogue without those for which `kept`, of the shape (len(self),), is false."""
        return Catalogue(self._lines, self._days, self._with, self._kept[kept])

    @property
    def _is_whole(self) -> bool:
        return len(self._kept) == len(self._days)

    def _at(self, row: int) -> Article:
        return self._lines.at(row)[0]

    def _row(self, article_id: object) -> int:
        row: int = self._lines.rows.get(article_id, -1)  # type: ignore[call-overload]
        if row < 0 or self._is_whole:
            return row
        at = int(self._kept.searchsorted(row))
        return row if at < len(self._kept) and self._kept[at] == row else -1


def using(articles: Mapping[str, Article]) -> Callable[[str], Iterator[Article]]:
    """Return what yields the articles whose text, folded, has a folded word in it; a catalogue need not read every one."""
    if isinstance(articles, Catalogue):
        return articles.using
    return lambda word: (article for article in articles.values() if word in fold(article.text))


class ArticleLines:
    """Articles and their passages by row, decoded when first looked at; some thousands are kept."""

    __slots__ = ("_decoded", "_line_of", "ids", "rows")

    def __init__(self, ids: Sequence[str], line_of: Callable[[int], bytes]) -> None:
        """Take the ids in order and what reads the line of an article, as `index.storage.serial` writes it, by its row."""
        self.ids = ids
        self.rows = {article_id: row for row, article_id in enumerate(ids)}
        self._line_of = line_of
        self._decoded: dict[int, tuple[Article, tuple[Passage, ...]]] = {}

    def at(self, row: int) -> tuple[Article, tuple[Passage, ...]]:
        found = self._decoded.get(row)
        if found is None:
            # two threads may both decode; setdefault lets all of them see one object
            found = self._decoded.setdefault(row, serial.from_line(self._line_of(row)))
            if len(self._decoded) > _KEPT:
                self._decoded.pop(next(iter(self._decoded.copy())), None)
        return found
