"""A corpus laid out for Milvus shard by shard: memory holds the texts and vectors of one, whatever the corpus.

What a generation says of itself and its tables are known before a row is written (`plan`), so that nothing is written where
nothing has changed, and a writer that was stopped is known by what it was writing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article
from index.search.embedding import Embedder
from index.search.lexical import count_terms
from index.search.words import CountedWords, count_words
from index.storage.building import Progress, Splitter, Tables, require_passages, tabulate
from index.storage.disk import pieces
from index.storage.generations import FileEntry, Manifest, file_entries
from index.storage.snapshot import write_arrays
from index.storage.store import draft

SHARD = 4_000_000  # characters of the articles of a shard, less those of its last one
ARRAYS = ("rows", "terms", "ends", "frequencies")


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of articles, and which rows are theirs."""

    articles: range
    passages: range
    sentences: range


@dataclass(frozen=True, slots=True)
class Plan:
    """What a generation will hold. `tables` by name; the lines of the articles are in none of them."""

    manifest: Manifest
    tables: Mapping[str, bytes]
    shards: tuple[Shard, ...]


def plan(
    articles: Sequence[Article], split: Splitter, embedder: Embedder, digest: str, tell: Progress = lambda *_: None
) -> Plan:
    """Read articles, which are in order, shard by shard. Raises CorpusError when nothing is left to search."""
    lines, size = hashlib.sha256(), 0
    days: list[NDArray[np.int32]] = []
    passages, sentences = _Unit(), _Unit()
    words = count_words(())
    shards: list[Shard] = []
    for run in _runs(articles):
        tables = cut(articles, run, split)
        for line in tables.each_line:
            lines.update(line)
        size += len(tables.lines)
        days.append(tables.days)
        words = words.changed(count_words(()), count_words(tables.article_texts, run), lambda row: row)
        first = len(passages)
        shards.append(
            Shard(
                run,
                passages.add(tables.passage_rows + np.array([run.start, 0], np.int32), tables.passage_texts),
                sentences.add(
                    tables.sentence_rows + np.array([run.start, first, 0, 0, 0], np.int32), tables.sentence_texts
                ),
            )
        )
        tell("passages", run.stop, len(articles))
    require_passages(len(passages))
    listed = {
        "ids": [article.id for article in articles],
        "years": [year_of(article) for article in articles],
        "days": np.concatenate(days).ravel().tolist(),
    }
    held = {
        "articles.json": json.dumps(listed, ensure_ascii=False).encode(),
        "passages.npys": passages.table(),
        "sentences.npys": sentences.table(),
        "words.npys": _table(*words.arrays()),
    }
    entries = (*file_entries(held), FileEntry("articles.jsonl", size, lines.hexdigest()))
    counts = (len(articles), len(passages), len(sentences))
    manifest = draft(embedder, digest, counts, sorted(entries, key=lambda entry: entry.name))
    return Plan(manifest, held, tuple(shards))


def cut(articles: Sequence[Article], run: range, split: Splitter) -> Tables:
    """Cut the articles of a run up; rows are counted from the first of them."""
    return tabulate(articles[run.start : run.stop], split, lambda *_: None)


def year_of(article: Article) -> int:
    """Return the year that an article is found under; 0 without a date."""
    return article.published.first.year if article.published else 0


def _runs(articles: Sequence[Article]) -> Iterator[range]:
    ends = np.cumsum([len(article.text) for article in articles])
    borders = np.flatnonzero(np.diff(ends // SHARD)) + 1
    yield from (range(first, last) for first, last in pairwise([0, *borders.tolist(), len(articles)]))


class _Unit:
    """The rows of all passages or sentences, and how many of them hold each term."""

    def __init__(self) -> None:
        self._rows: list[NDArray[np.int32]] = []
        self._held = CountedWords.of({})

    def __len__(self) -> int:
        return sum(map(len, self._rows))

    def add(self, rows: NDArray[np.int32], texts: Sequence[str]) -> range:
        """Count what comes next, and return which rows those are."""
        first = len(self)
        self._rows.append(rows)
        vocabulary, postings = count_terms(texts)
        names = (str(vocabulary[at], "utf-8") for at in range(len(vocabulary)))
        self._held = self._held.changed(dict(zip(names, np.diff(postings.starts).tolist(), strict=True)))
        return range(first, first + len(rows))

    def table(self) -> bytes:
        """Return the arrays of `ARRAYS`."""
        ends, terms, often = self._held.arrays()
        return _table(np.concatenate(self._rows), terms, ends, often)


def _table(*arrays: NDArray[np.generic]) -> bytes:
    return b"".join(pieces(write_arrays(*arrays)))
