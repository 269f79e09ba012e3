"""One generation in memory: arrays to search in, and records that stay bytes until somebody looks at one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.records import BlockKind, Passage
from index.search.columns import Column
from index.search.dense import nearest
from index.search.embedding import Embedder
from index.search.fusion import FusionWeights
from index.search.hits import Hit, Sentence, SentenceHit
from index.search.lexical import LexicalIndex, Postings, Vocabulary, matched_words, terms
from index.search.retrieval import HybridRetriever, Query, Ranking
from index.search.within import within_passages
from index.search.words import WordCounts
from index.storage.catalogue import ArticleLines, Catalogue
from index.storage.disk import Buffer, Pieces
from index.storage.generations import Damaged, Manifest

KINDS = tuple(BlockKind)  # a kind is stored as its place here: new ones go to the end
FILES = ("articles.json", "articles.jsonl", "passages.npys", "sentences.npys", "vectors.npy", "words.npys")
"""Ids, line ends and days; one article a line; per unit the seven arrays of `ARRAYS`, one .npy after the other; float16
vectors of the passages, then of the sentences; what `index.search.words` counts. Few files, for each costs a wait for the
medium. Of a large corpus the sentences have rows alone and no vector, and the vectors are followed by their codes:
centres, codes."""
ARRAYS = ("rows", "terms", "ends", "starts", "texts", "counts", "lengths")
_HEADER = 1024  # bytes that hold any header of ours


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation in memory. Immutable: any number of threads may read it; a reload is a new Snapshot.

    `passages` are in the order of article ids and offsets; the `sentences` of a passage stand together, in order.
    `words` are counted over all articles, whatever a limit leaves of `articles`. `warnings` are Chinese sentences for the
    reader: empty when this is the generation that was published last.
    """

    generation: str
    corpus_digest: str
    warnings: tuple[str, ...]
    articles: Catalogue
    passages: Sequence[Passage]
    sentences: Sequence[Sentence]
    by_passage: HybridRetriever
    by_sentence: HybridRetriever
    embedder: Embedder
    words: WordCounts
    _passage_rows: Mapping[str, range] = field(repr=False)
    _sentence_starts: NDArray[np.int64] = field(repr=False)
    _sentences_apart: bool = field(repr=False, default=True)

    def query(self, question: str) -> Query:
        """Return a question made ready: embed once, search often."""
        return Query.of(question, self.embedder.encode_questions([question])[0])

    def search_passages(self, question: str | Query, k: int = 10) -> tuple[Hit, ...]:
        """Return at most `k` passages, best first."""
        query = self._query(question)
        ranking = self.by_passage.rank(query, k)
        return tuple(
            Hit(passage=self.passages[row], **scored)
            for row, scored in _scored(ranking, query, lambda row: self.passages[row].text)
        )

    def search_sentences(self, question: str | Query, k: int = 10) -> tuple[SentenceHit, ...]:
        """Return at most `k` sentences, best first."""
        query = self._query(question)
        ranking = self.by_sentence.rank(query, k)
        return tuple(
            SentenceHit(sentence=self.sentences[row], **scored)
            for row, scored in _scored(ranking, query, lambda row: self.sentences[row].text)
        )

    def idf(self, term: str) -> float:
        """Return how rare a term (as `index.search.lexical.terms` gives it) is among sentences, ≥ 0."""
        return self.by_sentence.lexical.idf(term)

    def passage_rows(self, article_id: str) -> range:
        """Return the rows of an article's passages; empty when there is no such article."""
        return self._passage_rows.get(article_id, range(0))

    def sentence_rows(self, passage: int) -> range:
        """Return the rows of the sentences of the passage in row `passage`."""
        return range(int(self._sentence_starts[passage]), int(self._sentence_starts[passage + 1]))

    @property
    def sentence_owners(self) -> NDArray[np.int64]:
        """Return the row of the passage of every sentence, shape (len(sentences),)."""
        return np.repeat(np.arange(len(self.passages)), np.diff(self._sentence_starts))

    def article_sentence_rows(self, article_id: str) -> range:
        """Return the rows of an article's sentences; empty when there is no such article."""
        rows = self.passage_rows(article_id)
        if not rows:
            return range(0)
        return range(int(self._sentence_starts[rows.start]), int(self._sentence_starts[rows.stop]))

    def sentences_within(self, passages: HybridRetriever) -> HybridRetriever | None:
        """Return what finds sentences in the passages that `passages` finds; None where sentences are searched for themselves."""
        if self._sentences_apart:
            return None
        return within_passages(
            passages, lambda row: self.sentences[row].text, self._sentence_starts, self.embedder.encode
        )

    def _query(self, question: str | Query) -> Query:
        return question if isinstance(question, Query) else self.query(question)


def _scored(ranking: Ranking, query: Query, text_of: Callable[[int], str]) -> Iterator[tuple[int, dict[str, Any]]]:
    for at in range(len(ranking)):
        row = int(ranking.rows[at])
        yield (
            row,
            {
                "row": row,
                "rank": at + 1,
                "score": float(ranking.scores[at]),
                "lexical": float(ranking.lexical[at]),
                "dense": float(ranking.dense[at]),
                "lexical_rank": int(ranking.lexical_ranks[at]) or None,
                "dense_rank": int(ranking.dense_ranks[at]) or None,
                "matched": matched_words(query.text, text_of(row)),
            },
        )


def passage_text(passage: Passage) -> str:
    """Return what of a passage is searched: its headings, then its text."""
    headings = [heading for heading in passage.heading_path if heading != passage.text]
    return "\n".join([*headings, passage.text])


class Passages(Sequence[Passage]):
    """Passages by row. Columns of `rows`: article, number within the article."""

    __slots__ = ("_lines", "_rows")

    def __init__(self, lines: ArticleLines, rows: NDArray[np.int32]) -> None:
        self._lines = lines
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        article, number = self._rows[at].tolist()
        return self._lines.at(article)[1][number]


class Sentences(Sequence[Sentence]):
    """Sentences by row. Columns of `rows`: article, passage, start, end, kind."""

    __slots__ = ("_lines", "_rows")

    def __init__(self, lines: ArticleLines, rows: NDArray[np.int32]) -> None:
        self._lines = lines
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return tuple(self[row] for row in range(*at.indices(len(self))))
        number, passage, start, end, kind = self._rows[at].tolist()
        article = self._lines.at(number)[0]
        return Sentence(article.id, start, end, article.text[start:end], KINDS[kind], passage)


def decode(manifest: Manifest, files: Mapping[str, Buffer], embedder: Embedder, weights: FusionWeights) -> Snapshot:
    """Return what the files hold; raises Damaged when they do not fit together."""
    try:
        listed = json.loads(bytes(files["articles.json"]))
        ids = listed["ids"]
        lines = ArticleLines(ids, _lines(files["articles.jsonl"], listed["ends"], len(ids)))
        of_passages = dict(zip(ARRAYS, read_arrays(files["passages.npys"]), strict=True))
        apart = manifest.sentences_by == "themselves"
        of_sentences = dict(zip(ARRAYS, read_arrays(files["sentences.npys"]), strict=apart))
        vectors, *coded = read_arrays(files["vectors.npy"])
        words = WordCounts.from_arrays(read_arrays(files["words.npys"]))
        passages = Passages(lines, of_passages["rows"])
        sentences = Sentences(lines, of_sentences["rows"])
        counts = (len(ids), len(passages), len(sentences), *vectors.shape)
        held = counts[1] + (counts[2] if apart else 0)
        if counts != (manifest.articles, manifest.passages, manifest.sentences, held, manifest.dim):
            raise Damaged("文章、段落、句子或向量的数目与清单不符")
        by_passage = _retriever(of_passages, vectors[: len(passages)], weights, coded)
        days = np.array(listed["days"], dtype=np.int32).reshape(len(ids), 2)
        catalogue = Catalogue(lines, days, articles_with(by_passage.lexical, of_passages["rows"]), np.arange(len(ids)))
        borders = np.searchsorted(of_passages["rows"][:, 0], np.arange(len(ids) + 1)).tolist()
        rows = {article_id: range(*border) for article_id, border in zip(ids, pairwise(borders), strict=True)}
        starts = np.searchsorted(of_sentences["rows"][:, 1], np.arange(len(passages) + 1))
        if apart:
            by_sentence = _retriever(of_sentences, vectors[len(passages) :], weights)
        else:
            by_sentence = within_passages(by_passage, lambda row: sentences[row].text, starts, embedder.encode)
        if len(by_passage) != len(passages) or len(by_sentence) != len(sentences):
            raise Damaged("段落或句子与检索表的数目不符")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise Damaged(f"内容读不懂（{error}）") from error
    return Snapshot(
        manifest.generation,
        manifest.corpus_digest,
        (),
        catalogue,
        passages,
        sentences,
        by_passage,
        by_sentence,
        embedder,
        words,
        rows,
        starts,
        apart,
    )


def articles_with(lexical: LexicalIndex, rows: NDArray[np.int32]) -> Callable[[str], NDArray[np.int64]]:
    """Return what gives the rows of the articles that have a passage with every term of a word, rising; `rows` as in `Passages`."""

    def rows_with(word: str) -> NDArray[np.int64]:
        held: NDArray[np.int64] = np.unique(rows[lexical.rows_with(terms(word)), 0])
        return held

    return rows_with


def _lines(lines: Buffer, ends: Sequence[int], count: int) -> Callable[[int], bytes]:
    if count != len(ends) or (ends and ends[-1] != len(lines)):
        raise ValueError("ids and lines do not fit together")
    return lambda row: bytes(lines[ends[row - 1] if row else 0 : ends[row]])


def _retriever(
    arrays: Mapping[str, NDArray[Any]],
    vectors: NDArray[np.float16],
    weights: FusionWeights,
    coded: Sequence[NDArray[Any]] = (),
) -> HybridRetriever:
    vocabulary = Vocabulary(arrays["terms"].data, arrays["ends"])
    postings = Postings(*(arrays[part] for part in ("starts", "texts", "counts", "lengths")))
    return HybridRetriever(LexicalIndex(vocabulary, postings), nearest(vectors, coded), weights)


def read_arrays(data: Buffer) -> list[NDArray[Any]]:
    """Return the arrays of a file that holds one .npy after the other, without copying them; raises ValueError.

    Pickles are refused.
    """
    view = memoryview(data)
    arrays: list[NDArray[Any]] = []
    at = 0
    while at < len(view):
        head = io.BytesIO(view[at : at + _HEADER])
        if np.lib.format.read_magic(head) != (1, 0):
            raise ValueError("not an array of version 1.0")
        shape, columns_first, dtype = np.lib.format.read_array_header_1_0(head)
        if dtype.hasobject or columns_first:
            raise ValueError("an array of objects, or by columns")
        at += head.tell()
        count = int(np.prod(shape, dtype=np.int64))
        arrays.append(np.frombuffer(view, dtype, count, at).reshape(shape) if count else np.zeros(shape, dtype))
        at += count * dtype.itemsize
    return arrays


def write_arrays(*arrays: NDArray[Any] | Column) -> Pieces:
    """Return the file that `read_arrays` reads: equal arrays give equal bytes, and so do columns of equal rows."""
    parts: list[Buffer | Column] = []
    for array in arrays:
        head = io.BytesIO()
        descr = np.lib.format.dtype_to_descr(array.dtype)
        np.lib.format.write_array_header_1_0(head, {"descr": descr, "fortran_order": False, "shape": array.shape})
        body = array if isinstance(array, Column) else np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
        parts += [head.getvalue(), body]
    return Pieces(parts)
