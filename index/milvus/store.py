"""Generations in Milvus: each is four collections that are never altered, and one alias says which is served.

`_tables` holds the manifest and the arrays that a reader wants at once, `_articles` each article as the folder keeps it
with its metadata beside, `_passages` and `_sentences` what is searched. A generation is written, counted and loaded under
its own name; then the alias is moved to its tables, which is the moment of publication. Whatever stops a writer leaves
the generation before; two writers at once do not disturb each other, and the later one is served.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BadIndex, StorageError
from corpus.records import Article
from index.milvus.database import MilvusDatabase, bytes_of
from index.milvus.schema import ALIAS, PARTS, PIECES, collection, generation_of
from index.milvus.searching import MilvusLexical, MilvusNearest, MilvusTexts
from index.milvus.shards import ARRAYS, plan
from index.milvus.writing import Source, Vectors, finish, unfinished, write
from index.search.embedding import AUTO, Embedder, StaticEmbedder, load_embedder
from index.search.fusion import FusionWeights, load_weights
from index.search.lexical import Vocabulary
from index.search.retrieval import HybridRetriever
from index.search.words import WordCounts
from index.storage.building import Progress, Splitter, in_order, vectors_of
from index.storage.catalogue import ArticleLines, Catalogue
from index.storage.generations import KEPT, SCHEMA, Damaged, Manifest, Report, earlier, file_entries
from index.storage.snapshot import Passages, Sentences, Snapshot, articles_with, read_arrays
from index.storage.store import ArticleSource, Built, check_embedder, check_vectors, default_splitter

REBUILD = "linping index"
_WORDS = 64  # of questions, whose articles are remembered
_AHEAD = 256  # articles that are read at once when they are read one after the other


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
            with suppress(BadIndex, StorageError):  # its writer has not come that far
                found.append(self._manifest(name))
        return tuple(found), generation_of(self.published())

    def made(self, generation: str) -> datetime | None:
        with suppress(StorageError):  # it was swept away just now
            (row,) = self._database.rows(collection(generation, "tables"), "at", range(1, 2), "piece")
            return datetime.fromisoformat(row["piece"]).astimezone().replace(tzinfo=None)
        return None

    def inspect(self) -> tuple[Report, ...]:
        return ()

    def roll_back(self, generation: str = "") -> Manifest:
        manifest = earlier(*self.kept(), generation)
        for part, count in (("passages", manifest.passages), ("sentences", manifest.sentences)):
            name = collection(manifest.generation, part)
            self._database.load(name)
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
        articles, cut = in_order(corpus.articles), split or default_splitter()
        planned = plan(articles, cut, embedder, corpus.digest, tell)
        before = self._before()
        manifest, embedded = before or planned.manifest, 0
        changed = before is None or not before.same_content(planned.manifest)
        if changed:
            workers = 1 if isinstance(embedder, StaticEmbedder) else workers
            source = Source(articles, cut, embedder, self._known(before, embedder), workers)
            manifest, embedded = write(self._database, planned, source, before.generation if before else "", tell)
            self._point_at(manifest.generation)
            finish(self._database, manifest.generation)
            self._collect(keep)
        counts = (manifest.articles, manifest.passages, manifest.sentences)
        texts = manifest.passages + manifest.sentences
        return Built(manifest.generation, changed, *counts, embedded, texts - embedded)

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
        name = generation_of(self.published())
        return self._manifest(name) if name else None

    def _before(self) -> Manifest | None:
        """Return what the generation says of itself that is being replaced; None when it cannot be read."""
        try:
            return self._current()
        except BadIndex:
            return None

    def _generations(self) -> list[str]:
        """Return the names of the generations that are whole, oldest first."""
        held = self._database.call("list_collections")
        writing = unfinished(held) - {generation_of(self.published())}
        return sorted({generation_of(name) for name in held if name.endswith("_tables")} - {""} - writing)

    def _manifest(self, generation: str) -> Manifest:
        """Return what a generation says of itself. Raises BadIndex when that cannot be read."""
        name = collection(generation, "tables")
        self._database.load(name)
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
        for part in PARTS:
            self._database.load(collection(manifest.generation, part))
        files = self._files(manifest)
        listed = json.loads(files["articles.json"])
        years = np.array(listed["years"], dtype=np.int64)
        of_passages = dict(zip(ARRAYS, read_arrays(files["passages.npys"]), strict=True))
        of_sentences = dict(zip(ARRAYS, read_arrays(files["sentences.npys"]), strict=True))
        ids = listed["ids"]
        lines = ArticleLines(ids, MilvusLines(self._database, collection(manifest.generation, "articles")))

        def retriever(part: str, arrays: dict[str, NDArray[Any]]) -> HybridRetriever:
            name = collection(manifest.generation, part)
            texts = MilvusTexts(self._database, name, arrays["rows"], years, manifest.dim)
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
        name = collection(manifest.generation, "tables")
        for row in self._database.rows(name, "at", range(2, 2 + self._database.count(name)), "name", "piece"):
            pieces.setdefault(row["name"], []).append(row["piece"])
        files = {name: bytes_of(held) for name, held in pieces.items()}
        for entry in manifest.files:
            if entry.name in files and file_entries({entry.name: files[entry.name]}) != (entry,):
                raise Damaged(f"{entry.name} 的校验和不符")
        return files

    def _known(self, before: Manifest | None, embedder: Embedder) -> Callable[[Iterable[str]], Vectors]:
        """Return what gives the vectors that the texts of some articles have in the generation before."""
        if before is None or (before.fingerprint, before.dim) != (embedder.fingerprint, embedder.dim):
            return lambda ids: {}
        try:
            snapshot = self._opened(before, embedder, FusionWeights(1, 0, 0, 0))
        except BadIndex:
            return lambda ids: {}
        return lambda ids: vectors_of(snapshot, ids)

    # Writing

    def _point_at(self, generation: str) -> None:
        name = collection(generation, "tables")
        self._database.call("alter_alias" if self.published() else "create_alias", name, ALIAS)

    def _collect(self, keep: int) -> None:
        """Remove all but the newest `keep` generations, half written ones among them; the one that is served stays."""
        found: dict[str, list[str]] = {}
        for name in self._database.call("list_collections"):
            if generation := generation_of(name):
                found.setdefault(generation, []).append(name)
        now = generation_of(self.published())
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
        filter_ = f"at >= {row * PIECES} and at < {self._next * PIECES}"
        read = self._database.call("query", self._collection, filter=filter_, output_fields=["at", "piece"])
        for one in sorted(read, key=lambda one: int(one["at"])):
            lines.setdefault(int(one["at"]) // PIECES, []).append(one["piece"])
        ahead = {number: "".join(pieces).encode() for number, pieces in lines.items()}
        wanted = ahead.pop(row)
        self._ahead = ahead
        return wanted
