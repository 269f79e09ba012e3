"""Articles to the files of a generation: pure, and the same bytes for the same articles and embedder."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import split_sentences
from corpus.errors import CorpusError, ModelError
from corpus.records import Article, Passage, Span
from index.search.columns import Column, NewColumn
from index.search.dense import Nearest, shorten
from index.search.embedding import Embedder
from index.search.lexical import count_terms_apart
from index.search.words import count_words_apart
from index.search.workers import encoded
from index.storage import serial
from index.storage.catalogue import days_of
from index.storage.disk import Content, Pieces
from index.storage.resuming import KeptVectors
from index.storage.snapshot import KINDS, Snapshot, passage_text, write_arrays

Progress = Callable[[str, int, int], None]
Splitter = Callable[[Article], Sequence[Passage]]

APART_AT_MOST = 50_000  # sentences that are searched for themselves where the embedder is fast enough for the other way
_BATCH = 1024  # texts that are embedded at once
_WINDOW = 64  # batches whose vectors are in memory at once
_NOT_UNIT = "向量模型「{}」给出的向量不是单位长度；请检查模型文件是否完好。"


@dataclass(frozen=True, slots=True)
class Tables:
    """Articles cut into passages and sentences; the columns of the rows are those of `index.storage.snapshot`.

    `lines` are those of `articles.jsonl`, end to end, and `ends` where each ends. `sentence_texts` are empty when sentences
    are not searched for themselves. `days` are those of `Catalogue.days`.
    """

    ids: Sequence[str]
    lines: Column
    ends: Sequence[int]
    article_texts: Sequence[str]
    days: NDArray[np.int32]
    passage_rows: NDArray[np.int32]
    sentence_rows: NDArray[np.int32]
    passage_texts: list[str]
    sentence_texts: list[str]

    @property
    def apart(self) -> bool:
        """Return whether sentences are searched for themselves."""
        return len(self.sentence_texts) == len(self.sentence_rows)

    @property
    def texts(self) -> list[str]:
        """What is embedded: every passage, then every sentence that is searched for itself."""
        return self.passage_texts + self.sentence_texts if self.sentence_texts else self.passage_texts

    @property
    def each_line(self) -> Iterator[bytes]:
        """Yield the line of each article."""
        return (self.lines[begin:end].tobytes() for begin, end in pairwise([0, *self.ends]))


def in_order(articles: Sequence[Article]) -> list[Article]:
    """Return the articles by id; raises CorpusError when there is none or two share an id."""
    ordered = sorted(articles, key=lambda article: article.id)
    if not ordered:
        raise CorpusError("没有一篇文章可以建索引；请先往文章目录里放文章。")
    for one, other in pairwise(ordered):
        if one.id == other.id:
            raise CorpusError(
                f"「{one.file_name}」和「{other.file_name}」用了同一个编号「{one.id}」；请在 articles.toml 里改掉一个。"
            )
    return ordered


def tabulate(
    articles: Sequence[Article],
    split: Splitter,
    tell: Progress,
    apart_at_most: int | None = None,
    column: NewColumn = Column,
) -> Tables:
    """Cut articles up. More than `apart_at_most` sentences, where that is a number, are not searched for themselves."""
    ids: list[str] = []
    passage_texts: list[str] = []
    lines = column(np.uint8)
    ends: list[int] = []
    passage_rows, sentence_rows = array("i"), array("i")
    sentence_texts: list[str] = []
    apart = True
    for row, article in enumerate(articles):
        tell("passages", row, len(articles))
        own = sorted(split(article), key=lambda passage: (passage.start, passage.end))
        ids.append(article.id)
        lines.append(np.frombuffer(serial.to_line(article, own), np.uint8))
        ends.append(len(lines))
        taken: set[Span] = set()
        for number, passage in enumerate(own):
            for span in _sentences(passage):
                if span in taken:  # passages may overlap; a sentence belongs to the first
                    continue
                taken.add(span)
                sentence_rows.extend((row, len(passage_texts), span.start, span.end, KINDS.index(passage.kind)))
                if apart:
                    sentence_texts.append(article.text[span.start : span.end])
            passage_rows.extend((row, number))
            passage_texts.append(passage_text(passage))
        if apart_at_most is not None and len(sentence_rows) // 5 > apart_at_most:
            apart, sentence_texts = False, []
    tell("passages", len(articles), len(articles))
    return Tables(
        ids,
        lines,
        ends,
        [article.text for article in articles],
        np.array([days_of(article) for article in articles], dtype=np.int32).reshape(-1, 2),
        np.array(passage_rows, dtype=np.int32).reshape(-1, 2),
        np.array(sentence_rows, dtype=np.int32).reshape(-1, 5),
        passage_texts,
        sentence_texts,
    )


def require_passages(passages: int) -> None:
    """Raise CorpusError when nothing is left to search."""
    if not passages:
        raise CorpusError("文章里没有可以检索的文字；请检查文章目录。")


def _sentences(passage: Passage) -> Sequence[Span]:
    if passage.sentences:
        return passage.sentences
    return [Span(passage.start + span.start, passage.start + span.end) for span in split_sentences(passage.text)]


def vectors_of(snapshot: Snapshot, article_ids: Iterable[str]) -> dict[str, NDArray[np.float16]]:
    """Return the vector of every text of some articles, of a generation whose sentences are searched for themselves."""
    known: dict[str, NDArray[np.float16]] = {}
    for name in article_ids:
        passages, sentences = snapshot.passage_rows(name), snapshot.article_sentence_rows(name)
        if not passages:
            continue
        texts = [passage_text(snapshot.passages[row]) for row in passages]
        texts += [snapshot.sentences[row].text for row in sentences]
        held = (
            snapshot.by_passage.dense.vectors(np.array(passages)),
            snapshot.by_sentence.dense.vectors(np.array(sentences)),
        )
        known |= zip(texts, np.concatenate(held).astype(np.float16), strict=True)
    return known


def known_vectors(snapshot: Snapshot) -> dict[str, NDArray[np.float16]]:
    """Return the vector of every text that a generation holds."""
    known: dict[str, NDArray[np.float16]] = {}
    if not snapshot.sentences_within(snapshot.by_passage):
        known |= zip((one.text for one in snapshot.sentences), _halves(snapshot.by_sentence.dense), strict=True)
    known |= zip(map(passage_text, snapshot.passages), _halves(snapshot.by_passage.dense), strict=True)
    return known


def _halves(vectors: Nearest) -> Iterator[NDArray[np.float16]]:
    for first in range(0, len(vectors), _WINDOW * _BATCH):
        yield from vectors.vectors(np.arange(first, min(first + _WINDOW * _BATCH, len(vectors)))).astype(np.float16)


def embed(
    texts: Sequence[str],
    embedder: Embedder,
    known: Mapping[str, NDArray[Any]],
    tell: Progress,
    *,
    workers: int = 1,
    kept: KeptVectors | None = None,
    column: NewColumn = Column,
) -> tuple[Column, int]:
    """Return a float16 row for every text, and how many texts are new.

    The longest come first, some ten thousand texts at a time, so that no worker is left with the long ones at the end.
    What is `kept` is not embedded again. Raises ModelError.
    """
    first_of: dict[str, int] = {}
    first = np.fromiter((first_of.setdefault(text, row) for row, text in enumerate(texts)), np.int64, len(texts))
    new = [row for text, row in first_of.items() if text not in known]
    fresh = int(np.isin(first, new).sum())
    held = kept.of([texts[row] for row in new]) if kept is not None and len(new) > _BATCH else {}
    new = [row for row in new if texts[row] not in held]
    batches = _batches(new, texts)
    made = encoded(([texts[row] for row in batch] for batch in batches), embedder, min(workers, len(batches)))
    tell("embedding", 0, len(new))
    vectors, at, done, usable = column(np.float16, embedder.dim), 0, 0, not new
    for low in range(0, len(texts), _WINDOW * _BATCH):
        some = np.zeros((min(_WINDOW * _BATCH, len(texts) - low), embedder.dim), dtype=np.float16)
        while at < len(batches) and batches[at][0] < low + len(some):
            batch = batches[at]
            found = _checked(next(made), len(batch), embedder).astype(np.float16)
            some[np.array(batch) - low] = found
            usable = usable or bool(found.any())
            at, done = at + 1, done + len(batch)
            if kept is not None and at < len(batches):
                kept.keep([texts[row] for row in batch], found)
            tell("embedding", done, len(new))
        for row in range(low, low + len(some)):
            if (earlier := int(first[row])) != row:
                some[row - low] = some[earlier - low] if earlier >= low else vectors[earlier : earlier + 1][0]
            elif (vector := held.get(texts[row], known.get(texts[row]))) is not None:
                some[row - low] = vector
        vectors.append(some)
    if not usable:
        raise ModelError(_NOT_UNIT.format(embedder.name))
    return vectors, fresh


def _batches(rows: Sequence[int], texts: Sequence[str]) -> list[list[int]]:
    """Return rising rows some at a time, the longest of a window first where they are many."""
    windows = [list(window) for _, window in groupby(rows, lambda row: row // (_WINDOW * _BATCH))]
    if len(rows) > _BATCH:
        windows = [sorted(window, key=lambda row: -len(texts[row])) for window in windows]
    return [window[at : at + _BATCH] for window in windows for at in range(0, len(window), _BATCH)]


def _checked(vectors: NDArray[np.float32], wanted: int, embedder: Embedder) -> NDArray[np.float32]:
    if vectors.shape != (wanted, embedder.dim):
        raise ModelError(
            f"向量模型「{embedder.name}」给出的形状是 {vectors.shape}，应为 {(wanted, embedder.dim)}；请检查模型。"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    unit = np.abs(lengths - 1) < 1e-3
    if not (unit | (lengths == 0)).all():  # NaN is neither
        raise ModelError(_NOT_UNIT.format(embedder.name))
    return vectors


def write_list(ids: Sequence[str], ends: Sequence[int], days: NDArray[np.int32]) -> bytes:
    """Return articles.json."""
    listed = {"ids": list(ids), "ends": list(ends), "days": days.ravel().tolist()}
    return json.dumps(listed, ensure_ascii=False).encode()


def lay_out(
    tables: Tables, vectors: Column, tell: Progress, column: NewColumn = Column
) -> tuple[dict[str, Content], bool]:
    """Return the files of a generation by name, as `index.storage.snapshot.FILES` lists them, and whether vectors have codes."""
    codes = () if tables.apart else shorten(vectors)
    files: dict[str, Content] = {
        "articles.json": write_list(tables.ids, tables.ends, tables.days),
        "articles.jsonl": Pieces((tables.lines,)),
        "vectors.npy": write_arrays(vectors, *codes),
        "words.npys": write_arrays(*count_words_apart(tables.article_texts, column)),
    }
    units = (
        ("passages", tables.passage_rows, tables.passage_texts),
        ("sentences", tables.sentence_rows, tables.sentence_texts),
    )
    for done, (unit, rows, texts) in enumerate(units):
        tell("terms", done, len(units))
        if len(texts) != len(rows):
            files[f"{unit}.npys"] = write_arrays(rows)
            continue
        held = count_terms_apart(texts, column)
        terms = np.frombuffer(held.vocabulary.blob, dtype=np.uint8)
        files[f"{unit}.npys"] = write_arrays(
            rows, terms, held.vocabulary.ends, held.starts, held.texts, held.counts, held.lengths
        )
    tell("terms", len(units), len(units))
    return files, bool(codes)
