"""Generations in Milvus: each is four collections that are never altered, and one alias says which is served.

`_tables` holds the manifest and the arrays that a reader wants at once, `_articles` each article as the folder keeps it
with its metadata beside, `_passages` and `_sentences` what is searched. A generation is written, counted and loaded under
its own name; then the alias is moved to its tables, which is the moment of publication. Whatever stops a writer leaves
the generation before; two writers at once do not disturb each other, and the later one is served.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadIndex, StorageError
from corpus.records import Article
from index.milvus.database import MilvusDatabase, Row, bytes_of, bytes_pieces, text_pieces
from index.milvus.searching import MilvusLexical, MilvusNearest, MilvusTexts, spelled
from index.search.dense import FLAT_AT_MOST
from index.search.embedding import AUTO, Embedder, StaticEmbedder, load_embedder
from index.search.fusion import FusionWeights, load_weights
from index.search.lexical import K1, B, Vocabulary, count_terms
from index.search.retrieval import HybridRetriever
from index.search.words import WordCounts, count_words
from index.storage.building import Progress, Splitter, Tables, embed, in_order, known_vectors, tabulate
from index.storage.catalogue import ArticleLines, Catalogue
from index.storage.disk import Pieces
from index.storage.generations import KEPT, SCHEMA, Damaged, Files, Manifest, Report, earlier, file_entries
from index.storage.snapshot import Passages, Sentences, Snapshot, articles_with, read_arrays, write_arrays
from index.storage.store import ArticleSource, Built, check_embedder, check_vectors, default_splitter, draft

ALIAS = "linping"
REBUILD = "linping index"
_NAME = re.compile(r"gen-(\d{6,12})-([0-9a-f]{6})")
_PARTS = ("tables", "articles", "passages", "sentences")
_ARRAYS = ("rows", "terms", "ends", "frequencies")
_MANIFEST, _MADE = "MANIFEST.json", "MADE"
_PIECES = 1 << 10  # of one article at most
_WORDS = 64  # of questions, whose articles are remembered
_AHEAD = 256  # articles that are read at once when they are read one after the other

_NOTHING = {"nothing": [0.0, 0.0]}  # Milvus wants a vector in every collection
_KEPT_FIELDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("at", {"type": "INT64", "is_primary": True}),
    ("piece", {"type": "VARCHAR", "max_length": 65_535}),
    ("nothing", {"type": "FLOAT_VECTOR", "dim": 2}),
)
_ARTICLE_FIELDS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    *((name, {"type": "VARCHAR", "max_length": 2_000}) for name in ("id", "headline", "publisher")),
    *((name, {"type": "VARCHAR", "max_length": 10}) for name in ("first", "last")),
    ("year", {"type": "INT64"}),
)


@dataclass(frozen=True)
class MilvusStore:
    """The generations of one Milvus database: `uri` is a file for Milvus Lite or the address of a server."""

    uri: str
    token: str = field(default="", repr=False)

    @cached_property
    def _database(self) -> MilvusDatabase:
        return MilvusDatabase(self.uri, self.token)

    @property
    def where(self) -> str:
        return self.uri

    @property
    def folder(self) -> Path | None:
        return self._database.file

    @property
    def empty(self) -> bool:
        return not self.published()

    def published(self) -> str:
        """Return the collection that the alias stands for; empty when nothing was published."""
        if not self._database.call("has_collection", ALIAS):
            return ""
        return str(self._database.call("describe_alias", ALIAS)["collection_name"])

    def embedder(self) -> str | None:
        current = self._current()
        return current.embedder if current else None

    def open(self, embedder: str, weights: FusionWeights | None = None) -> Snapshot:
        manifest = self._current()
        if manifest is None:
            raise BadIndex(f"「{self.uri}」里还没有索引；请先运行 {REBUILD}。")
        return self._opened(manifest, load_embedder(manifest.embedder if embedder == AUTO else embedder), weights)

    def kept(self) -> tuple[tuple[Manifest, ...], str]:
        found = []
        for name in self._generations()[::-1]:
            with contextlib.suppress(BadIndex, StorageError):  # its writer has not come that far
                found.append(self._manifest(name))
        return tuple(found), _generation(self.published())

    def made(self, generation: str) -> datetime | None:
        with contextlib.suppress(StorageError):  # it was swept away just now
            (row,) = self._database.rows(_collection(generation, "tables"), "at", range(1, 2), "piece")
            return datetime.fromisoformat(row["piece"]).astimezone().replace(tzinfo=None)
        return None

    def inspect(self) -> tuple[Report, ...]:
        return ()

    def roll_back(self, generation: str = "") -> Manifest:
        manifest = earlier(*self.kept(), generation)
        for part, count in (("passages", manifest.passages), ("sentences", manifest.sentences)):
            name = _collection(manifest.generation, part)
            self._database.call("load_collection", name)
            if self._database.count(name) != count:
                raise BadIndex(f"不能换到 {manifest.generation}：{name} 不完整；请另选一版，或运行 {REBUILD} 重建。")
        self._point_at(manifest.generation)
        return manifest

    def build(
        self,
        corpus: ArticleSource,
        embedder: Embedder,
        *,
        progress: Progress | None = None,
        split: Splitter | None = None,
        keep: int = KEPT,
        workers: int = 1,
    ) -> Built:
        """Publish an index of `corpus` as `index.storage.store.build_index` does; every sentence is searched for itself."""
        tell = progress or (lambda stage, done, total: None)
        articles = in_order(corpus.articles)
        tables = tabulate(articles, split or default_splitter(), tell)
        before = self._before()
        workers = 1 if isinstance(embedder, StaticEmbedder) else workers
        rows, embedded = embed(tables.texts, embedder, self._known(before, embedder), tell, workers=workers)
        vectors = rows[:]
        files = _files(tables, [_year(article) for article in articles], tell)
        manifest = draft(tables, embedder, corpus.digest, files)
        changed = before is None or not before.same_content(manifest)
        tell("writing", 0, 1)
        if changed:
            manifest = self._commit(manifest, articles, tables, vectors, files)
            self._collect(keep)
        elif before is not None:
            manifest = before
        tell("writing", 1, 1)
        counts = (manifest.articles, manifest.passages, manifest.sentences)
        return Built(manifest.generation, changed, *counts, embedded, len(tables.texts) - embedded)

    def update(self, embedder: Embedder, changed: Sequence[Article], removed: Collection[str]) -> Built:
        before = self.open(embedder.name)
        articles = {**before.articles, **{article.id: article for article in changed}}
        for name in removed:
            articles.pop(name, None)
        if not articles:
            raise BadIndex(f"改完以后索引里就没有文章了；请先放入文章，再运行 {REBUILD}。")
        told = [before.corpus_digest, *(one.source_sha256 for one in changed), *sorted(removed)]
        digest = hashlib.sha256("\0".join(told).encode()).hexdigest()
        return self.build(_Gathered(tuple(articles.values()), digest), embedder)

    # Reading

    def _current(self) -> Manifest | None:
        """Return what the published generation says of itself; None when there is none. Raises BadIndex."""
        name = _generation(self.published())
        return self._manifest(name) if name else None

    def _before(self) -> Manifest | None:
        """Return what the generation says of itself that is being replaced; None when it cannot be read."""
        try:
            return self._current()
        except BadIndex:
            return None

    def _generations(self) -> list[str]:
        """Return the names of the generations that have tables, oldest first."""
        names = {_generation(name) for name in self._database.call("list_collections") if name.endswith("_tables")}
        return sorted(names - {""})

    def _manifest(self, generation: str) -> Manifest:
        """Return what a generation says of itself. Raises BadIndex when that cannot be read."""
        name = _collection(generation, "tables")
        self._database.call("load_collection", name)
        told = next(iter(self._database.rows(name, "at", range(1), "piece")), {"piece": ""})
        try:
            return Manifest.decode(told["piece"].encode())
        except Damaged as damage:
            raise self._damaged(generation, damage) from damage

    def _opened(self, manifest: Manifest, embedder: Embedder, weights: FusionWeights | None = None) -> Snapshot:
        if manifest.schema != SCHEMA:
            raise BadIndex(f"「{self.uri}」里的索引是第 {manifest.schema} 版格式；请运行 {REBUILD} 重建。")
        check_embedder(manifest, embedder, self.uri, REBUILD)
        try:
            snapshot = self._decoded(manifest, embedder, weights or load_weights(embedder.name))
            check_vectors(snapshot, self.uri, REBUILD)
        except (Damaged, ValueError, KeyError, IndexError, TypeError) as error:
            raise self._damaged(manifest.generation, error) from error
        return snapshot

    def _damaged(self, generation: str, error: Exception) -> BadIndex:
        return BadIndex(f"「{self.uri}」里的索引 {generation} 已损坏（{error}）；请运行 {REBUILD} 重建。")

    def _decoded(self, manifest: Manifest, embedder: Embedder, weights: FusionWeights) -> Snapshot:
        for part in _PARTS:
            self._database.call("load_collection", _collection(manifest.generation, part))
        files = self._files(manifest)
        listed = json.loads(files["articles.json"])
        years = np.array(listed["years"], dtype=np.int64)
        of_passages = dict(zip(_ARRAYS, read_arrays(files["passages.npys"]), strict=True))
        of_sentences = dict(zip(_ARRAYS, read_arrays(files["sentences.npys"]), strict=True))
        ids = listed["ids"]
        lines = ArticleLines(ids, MilvusLines(self._database, _collection(manifest.generation, "articles")))

        def retriever(part: str, arrays: dict[str, NDArray[Any]]) -> HybridRetriever:
            collection = _collection(manifest.generation, part)
            texts = MilvusTexts(self._database, collection, arrays["rows"], years, manifest.dim)
            texts.wake()
            vocabulary = Vocabulary(arrays["terms"].data, arrays["ends"])
            return HybridRetriever(
                MilvusLexical(texts, vocabulary, arrays["frequencies"]), MilvusNearest(texts), weights
            )

        by_passage = retriever("passages", of_passages)
        days = np.array(listed["days"], dtype=np.int32).reshape(len(ids), 2)
        rows_with = lru_cache(_WORDS)(articles_with(by_passage.lexical, of_passages["rows"]))
        borders = np.searchsorted(of_passages["rows"][:, 0], np.arange(len(ids) + 1)).tolist()
        return Snapshot(
            manifest.generation,
            manifest.corpus_digest,
            (),
            Catalogue(lines, days, rows_with, np.arange(len(ids))),
            Passages(lines, of_passages["rows"]),
            Sentences(lines, of_sentences["rows"]),
            by_passage,
            retriever("sentences", of_sentences),
            embedder,
            WordCounts.from_arrays(read_arrays(files["words.npys"])),
            {name: range(*border) for name, border in zip(ids, pairwise(borders), strict=True)},
            np.searchsorted(of_sentences["rows"][:, 1], np.arange(manifest.passages + 1)),
        )

    def _files(self, manifest: Manifest) -> dict[str, bytes]:
        """Return what the tables hold, by name; raises Damaged when it is not what the manifest says."""
        pieces: dict[str, list[str]] = {}
        name = _collection(manifest.generation, "tables")
        for row in self._database.rows(name, "at", range(2, 2 + self._database.count(name)), "name", "piece"):
            pieces.setdefault(row["name"], []).append(row["piece"])
        files = {name: bytes_of(held) for name, held in pieces.items()}
        for entry in manifest.files:
            if entry.name in files and file_entries({entry.name: files[entry.name]}) != (entry,):
                raise Damaged(f"{entry.name} 的校验和不符")
        return files

    def _known(self, before: Manifest | None, embedder: Embedder) -> dict[str, NDArray[np.float16]]:
        if before is None or (before.fingerprint, before.dim) != (embedder.fingerprint, embedder.dim):
            return {}
        try:
            return known_vectors(self._opened(before, embedder, FusionWeights(1, 0, 0, 0)))
        except BadIndex:
            return {}

    # Writing

    def _commit(
        self,
        manifest: Manifest,
        articles: Sequence[Article],
        tables: Tables,
        vectors: NDArray[np.float16],
        files: Files,
    ) -> Manifest:
        """Write a generation, then publish it; what was written goes when that fails."""
        numbers = [int(match[1]) for name in self._generations() if (match := _NAME.fullmatch(name))]
        manifest = replace(manifest, generation=f"gen-{max(numbers, default=0) + 1:06d}-{secrets.token_hex(3)}")
        years = np.array([_year(article) for article in articles], dtype=np.int64)
        border = len(tables.passage_rows)
        try:
            for part, rows, texts, own in (
                ("passages", tables.passage_rows, tables.passage_texts, vectors[:border]),
                ("sentences", tables.sentence_rows, tables.sentence_texts, vectors[border:]),
            ):
                name = _collection(manifest.generation, part)
                self._create_searched(name, vectors.shape[1], len(rows))
                self._database.fill(name, _searched(rows, years, articles, texts, own))
            self._create_kept(_collection(manifest.generation, "articles"), _ARTICLE_FIELDS)
            self._database.fill(_collection(manifest.generation, "articles"), _article_rows(articles, tables.each_line))
            self._create_kept(
                _collection(manifest.generation, "tables"), [("name", {"type": "VARCHAR", "max_length": 64})]
            )
            self._database.fill(_collection(manifest.generation, "tables"), _table_rows(manifest, files))
            self._point_at(manifest.generation)
        except BaseException:  # an interrupt from the keyboard as well
            self._database.drop(_collection(manifest.generation, part) for part in _PARTS)
            raise
        return manifest

    def _create_kept(self, name: str, fields: Sequence[tuple[str, dict[str, Any]]]) -> None:
        self._database.create(
            name, [*_KEPT_FIELDS, *fields], [{"field_name": "nothing", "index_type": "FLAT", "metric_type": "IP"}]
        )

    def _create_searched(self, name: str, dim: int, count: int) -> None:
        lite = self._database.lite  # it counts words in each part by itself: there the year is a filter, no partition
        self._database.create(
            name,
            [
                ("row", {"type": "INT64", "is_primary": True}),
                ("article", {"type": "INT64"}),
                ("year", {"type": "INT64", **({} if lite else {"is_partition_key": True})}),
                ("publisher", {"type": "VARCHAR", "max_length": 2_000}),
                ("vector", {"type": "FLOAT_VECTOR", "dim": dim}),
                (
                    "terms",
                    {
                        "type": "VARCHAR",
                        "max_length": 65_535,
                        "enable_analyzer": True,
                        "analyzer_params": {"tokenizer": "standard"},
                    },
                ),
                ("bm25", {"type": "SPARSE_FLOAT_VECTOR"}),
            ],
            [
                {
                    "field_name": "vector",
                    "index_type": "FLAT" if count <= FLAT_AT_MOST else "AUTOINDEX",
                    "metric_type": "IP",
                },
                {
                    "field_name": "bm25",
                    "index_type": "SPARSE_INVERTED_INDEX",
                    "metric_type": "BM25",
                    "params": {"params": {"bm25_k1": K1, "bm25_b": B}},
                },
                {"field_name": "article", "index_type": "INVERTED"},
            ],
        )

    def _point_at(self, generation: str) -> None:
        name = _collection(generation, "tables")
        self._database.call("alter_alias" if self.published() else "create_alias", name, ALIAS)

    def _collect(self, keep: int) -> None:
        """Remove all but the newest `keep` generations, half written ones among them; the one that is served stays."""
        found: dict[str, list[str]] = {}
        for name in self._database.call("list_collections"):
            if generation := _generation(name):
                found.setdefault(generation, []).append(name)
        now = _generation(self.published())
        for generation in sorted(found)[: max(0, len(found) - keep)]:
            if generation != now:
                self._database.drop(found[generation])


@dataclass(frozen=True, slots=True)
class _Gathered:
    articles: tuple[Article, ...]
    digest: str


class MilvusLines:
    """The line of an article by its row; twice as many at once each time that they are read one after the other."""

    def __init__(self, database: MilvusDatabase, collection: str) -> None:
        self._database = database
        self._collection = collection
        self._ahead: dict[int, bytes] = {}
        self._next, self._many = 0, 1

    def __call__(self, row: int) -> bytes:
        found = self._ahead.pop(row, None)
        if found is not None:
            return found
        self._many = min(2 * self._many, _AHEAD) if row == self._next else 1
        self._next = row + self._many
        lines: dict[int, list[str]] = {}
        filter_ = f"at >= {row * _PIECES} and at < {self._next * _PIECES}"
        read = self._database.call("query", self._collection, filter=filter_, output_fields=["at", "piece"])
        for one in sorted(read, key=lambda one: int(one["at"])):
            lines.setdefault(int(one["at"]) // _PIECES, []).append(one["piece"])
        ahead = {number: "".join(pieces).encode() for number, pieces in lines.items()}
        wanted = ahead.pop(row)
        self._ahead = ahead
        return wanted


def _collection(generation: str, part: str) -> str:
    return f"linping_{generation.removeprefix('gen-').replace('-', '_')}_{part}"


def _generation(collection: str) -> str:
    """Return the generation that a collection belongs to; empty for any other."""
    match = re.fullmatch(rf"linping_(\d+)_([0-9a-f]{{6}})_(?:{'|'.join(_PARTS)})", collection)
    return f"gen-{match[1]}-{match[2]}" if match else ""


def _year(article: Article) -> int:
    return article.published.first.year if article.published else 0


def _files(tables: Tables, years: Sequence[int], tell: Callable[[str, int, int], None]) -> Files:
    """Return what `_tables` holds, and the lines of the articles, whose hash the manifest tells."""
    units = (
        ("passages", tables.passage_rows, tables.passage_texts),
        ("sentences", tables.sentence_rows, tables.sentence_texts),
    )
    listed = {"ids": list(tables.ids), "years": years, "days": tables.days.ravel().tolist()}
    files: dict[str, Any] = {
        "articles.json": json.dumps(listed, ensure_ascii=False).encode(),
        "articles.jsonl": Pieces((tables.lines,)),
        "words.npys": b"".join(write_arrays(*count_words(tables.article_texts).arrays())),
    }
    for done, (unit, rows, texts) in enumerate(units):
        tell("terms", done, len(units))
        vocabulary, postings = count_terms(texts)
        terms = np.frombuffer(vocabulary.blob, dtype=np.uint8)
        files[f"{unit}.npys"] = b"".join(
            write_arrays(rows, terms, vocabulary.ends, np.diff(postings.starts).astype(np.int32))
        )
    tell("terms", len(units), len(units))
    return files


def _searched(
    rows: NDArray[np.int32],
    years: NDArray[np.int64],
    articles: Sequence[Article],
    texts: Sequence[str],
    vectors: NDArray[np.float16],
) -> Iterator[Row]:
    for row, (article, text) in enumerate(zip(rows[:, 0].tolist(), texts, strict=True)):
        yield {
            "row": row,
            "article": article,
            "year": int(years[article]),
            "publisher": _text(articles[article].publisher, 2_000),
            "vector": vectors[row].astype(np.float32).tolist(),
            "terms": spelled(text),
        }


def _article_rows(articles: Sequence[Article], lines: Iterable[bytes]) -> Iterator[Row]:
    for row, (article, line) in enumerate(zip(articles, lines, strict=True)):
        published = article.published
        for number, piece in enumerate(text_pieces(line)):
            yield {
                "at": row * _PIECES + number,
                "piece": piece,
                "id": article.id,
                "headline": _text(article.headline, 2_000),
                "publisher": _text(article.publisher, 2_000),
                "first": published.first.isoformat() if published else "",
                "last": published.last.isoformat() if published else "",
                "year": _year(article),
                **_NOTHING,
            }


def _table_rows(manifest: Manifest, files: Files) -> Iterator[Row]:
    held: list[tuple[str, str]] = [
        (_MANIFEST, manifest.encode().decode()),
        (_MADE, datetime.now(UTC).isoformat(timespec="seconds")),
    ]
    for name, content in files.items():
        if name != "articles.jsonl":
            held += [(name, piece) for piece in bytes_pieces(bytes(content))]  # type: ignore[arg-type]
    for at, (name, piece) in enumerate(held):
        yield {"at": at, "name": name, "piece": piece, **_NOTHING}


def _text(text: str, most: int) -> str:
    """Return a text as a Milvus field takes it: whole characters, at most so many bytes."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
