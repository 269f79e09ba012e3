"""Articles to the files of a generation: pure, and the same bytes for the same articles and embedder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import split_sentences
from corpus.errors import CorpusError, ModelError
from corpus.records import Article, Passage, Span
from index.search.dense import shorten
from index.search.embedding import Embedder
from index.search.lexical import Vocabulary, count_terms
from index.search.words import count_words
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


@dataclass(frozen=True, slots=True)
class Tables:
    """Articles cut into passages and sentences; the columns of the rows are those of `index.storage.snapshot`.

    `sentence_texts` are empty when sentences are not searched for themselves. `days` are those of `Catalogue.days`.
    """

    ids: Sequence[str]
    lines: Sequence[bytes]
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


def tabulate(articles: Sequence[Article], split: Splitter, tell: Progress, apart_at_most: int | None = None) -> Tables:
    """Cut articles up; raises CorpusError when nothing is left to search.

    More than `apart_at_most` sentences, where that is a number, are not searched for themselves.
    """
    ids: list[str] = []
    passage_texts: list[str] = []
    lines: list[bytes] = []
    passage_rows: list[tuple[int, int]] = []
    sentence_rows: list[tuple[int, int, int, int, int]] = []
    sentence_texts: list[str] = []
    apart = True
    for row, article in enumerate(articles):
        tell("passages", row, len(articles))
        own = sorted(split(article), key=lambda passage: (passage.start, passage.end))
        ids.append(article.id)
        lines.append(serial.to_line(article, own))
        taken: set[Span] = set()
        for number, passage in enumerate(own):
            for span in _sentences(passage):
                if span in taken:  # passages may overlap; a sentence belongs to the first
                    continue
                taken.add(span)
                sentence_rows.append((row, len(passage_texts), span.start, span.end, KINDS.index(passage.kind)))
                if apart:
                    sentence_texts.append(article.text[span.start : span.end])
            passage_rows.append((row, number))
            passage_texts.append(passage_text(passage))
        if apart_at_most is not None and len(sentence_rows) > apart_at_most:
            apart, sentence_texts = False, []
    tell("passages", len(articles), len(articles))
    if not passage_texts:
        raise CorpusError("文章里没有可以检索的文字；请检查文章目录。")
    return Tables(
        ids,
        lines,
        [article.text for article in articles],
        np.array([days_of(article) for article in articles], dtype=np.int32).reshape(-1, 2),
        np.array(passage_rows, dtype=np.int32).reshape(-1, 2),
        np.array(sentence_rows, dtype=np.int32).reshape(-1, 5),
        passage_texts,
        sentence_texts,
    )


def _sentences(passage: Passage) -> Sequence[Span]:
    if passage.sentences:
        return passage.sentences
    return [Span(passage.start + span.start, passage.start + span.end) for span in split_sentences(passage.text)]


def known_vectors(snapshot: Snapshot) -> dict[str, NDArray[np.float32]]:
    """Return the vector of every text that a generation holds."""
    known = (
        {}
        if snapshot.sentences_within(snapshot.by_passage)
        else {
            sentence.text: vector
            for sentence, vector in zip(snapshot.sentences, snapshot.by_sentence.dense.vectors(), strict=True)
        }
    )
    for passage, vector in zip(snapshot.passages, snapshot.by_passage.dense.vectors(), strict=True):
        known[passage_text(passage)] = vector
    return known


def embed(
    texts: Sequence[str],
    embedder: Embedder,
    known: Mapping[str, NDArray[Any]],
    tell: Progress,
    *,
    workers: int = 1,
    kept: KeptVectors | None = None,
) -> tuple[NDArray[np.float16], int]:
    """Return a float16 row for every text, and how many texts are new.

    The longest come first, so that no worker is left with the long ones at the end. What is `kept` is not embedded again.
    """
    numbers: dict[str, int] = {}
    wanted = np.fromiter((numbers.setdefault(text, len(numbers)) for text in texts), np.int64, len(texts))
    distinct = list(numbers)
    vectors = np.zeros((len(distinct), embedder.dim), dtype=np.float16)
    new = []
    for number, text in enumerate(distinct):
        if text in known:
            vectors[number] = known[text]
        else:
            new.append(number)
    fresh = int(np.isin(wanted, new).sum())
    if kept is not None and len(new) > _BATCH:
        held = kept.of([distinct[number] for number in new])
        for number in new:
            if (vector := held.get(distinct[number])) is not None:
                vectors[number] = vector
        new = [number for number in new if distinct[number] not in held]
    if len(new) > _BATCH:
        new.sort(key=lambda number: -len(distinct[number]))
    batches = [new[first : first + _BATCH] for first in range(0, len(new), _BATCH)]
    drafts = ([distinct[number] for number in batch] for batch in batches)
    tell("embedding", 0, len(new))
    made = encoded(drafts, embedder, min(workers, len(batches)))
    for at, (batch, found) in enumerate(zip(batches, made, strict=True)):
        vectors[batch] = _checked(found, len(batch), embedder)
        if kept is not None and at + 1 < len(batches):
            kept.keep([distinct[number] for number in batch], vectors[batch])
        tell("embedding", min((at + 1) * _BATCH, len(new)), len(new))
    return vectors if len(distinct) == len(texts) else vectors[wanted], fresh


def _checked(vectors: NDArray[np.float32], wanted: int, embedder: Embedder) -> NDArray[np.float32]:
    if vectors.shape != (wanted, embedder.dim):
        raise ModelError(
            f"向量模型「{embedder.name}」给出的形状是 {vectors.shape}，应为 {(wanted, embedder.dim)}；请检查模型。"
        )
    lengths = np.linalg.norm(vectors, axis=1)
    unit = np.abs(lengths - 1) < 1e-3
    if not (unit | (lengths == 0)).all() or not unit.any():  # NaN is neither
        raise ModelError(f"向量模型「{embedder.name}」给出的向量不是单位长度；请检查模型文件是否完好。")
    return vectors


def write_list(ids: Sequence[str], ends: Sequence[int], days: NDArray[np.int32]) -> bytes:
    """Return articles.json."""
    listed = {"ids": list(ids), "ends": list(ends), "days": days.ravel().tolist()}
    return json.dumps(listed, ensure_ascii=False).encode()


def lay_out(tables: Tables, vectors: NDArray[np.float16], tell: Progress) -> tuple[dict[str, Content], bool]:
    """Return the files of a generation by name, as `index.storage.snapshot.FILES` lists them, and whether vectors have codes."""
    ends = list(accumulate(len(line) for line in tables.lines))
    codes = () if tables.apart else shorten(vectors)
    files: dict[str, Content] = {
        "articles.json": write_list(tables.ids, ends, tables.days),
        "articles.jsonl": Pieces(tables.lines),
        "vectors.npy": write_arrays(vectors, *codes),
        "words.npys": write_arrays(*count_words(tables.article_texts).arrays()),
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
        names, postings = count_terms(texts)
        vocabulary = Vocabulary.of(names)
        terms = np.frombuffer(vocabulary.blob, dtype=np.uint8)
        files[f"{unit}.npys"] = write_arrays(
            rows, terms, vocabulary.ends, postings.starts, postings.texts, postings.counts, postings.lengths
        )
    tell("terms", len(units), len(units))
    return files, bool(codes)
