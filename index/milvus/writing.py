"""A generation written into Milvus shard by shard; a writer that was stopped is gone on from.

Beside the collections of an unfinished generation lies a fifth one, which says what is being written and by whom. Who is
to write the same, and finds that its writer is gone, writes what is missing: nothing is embedded or sent twice. What a
writer is still at, or one on another machine may be, is left alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from corpus.errors import StorageError
from corpus.records import Article
from index.milvus.database import MilvusDatabase, Row, bytes_pieces, text_pieces
from index.milvus.schema import (
    MADE,
    MANIFEST,
    NAME,
    NOTHING,
    PARTS,
    PIECES,
    WRITER,
    WRITING,
    collection,
    create_articles,
    create_searched,
    create_tables,
    generation_of,
)
from index.milvus.searching import spelled
from index.milvus.shards import Plan, Shard, cut, year_of
from index.search.embedding import Embedder
from index.storage.building import Progress, Splitter, embed
from index.storage.generations import Damaged, Manifest

Vectors = Mapping[str, NDArray[np.float16]]

_ROWS, _ARTICLES = 10_000, 1_000  # rows, and articles, whose keys are read at once
_under_way: set[str] = set()  # the generations that this process writes


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows come from; `known` gives the vectors that texts of the articles of some ids had before."""

    articles: Sequence[Article]
    split: Splitter
    embedder: Embedder
    known: Callable[[Iterable[str]], Vectors]
    workers: int


def write(database: MilvusDatabase, plan: Plan, source: Source, served: str, tell: Progress) -> tuple[Manifest, int]:
    """Write a generation whole; return its manifest and how many texts were embedded.

    `served` is the generation that is read meanwhile. What was written stays when this fails. Raises StorageError,
    ModelError.
    """
    begun = _left_behind(database, plan.manifest, served)
    generation = begun or _new_name(database)
    manifest = replace(plan.manifest, generation=generation)
    _under_way.add(generation)
    try:
        _sign(database, manifest, fresh=not begun)
        filling = _Filling(database, manifest, source, bool(begun), tell)
        for shard in plan.shards:
            filling.add(shard)
        filling.settle()
        create_tables(database, generation)
        database.settle(
            collection(generation, "tables"),
            database.fill(collection(generation, "tables"), _table_rows(manifest, plan.tables)),
        )
    finally:
        _under_way.discard(generation)
    return manifest, filling.embedded


def unfinished(collections: Iterable[str]) -> set[str]:
    """Return the generations that are being written, or were when their writer was stopped."""
    return {generation_of(name) for name in collections if name.endswith(f"_{WRITING}")} - {""}


def finish(database: MilvusDatabase, generation: str) -> None:
    """Take the sign away that a generation is being written."""
    database.drop([collection(generation, WRITING)])


def _left_behind(database: MilvusDatabase, wanted: Manifest, served: str) -> str:
    """Return the generation that a writer who is gone left, if it was writing what is wanted; any other of theirs goes."""
    found = ""
    for generation in sorted(unfinished(database.call("list_collections"))):
        if generation == served:  # it was stopped right after publishing
            finish(database, generation)
            continue
        manifest, gone = _signed(database, generation)
        if not gone:
            continue
        database.drop([collection(generation, "tables")])
        if manifest is not None and manifest.same_content(wanted) and not found:
            found = generation
        else:
            database.drop(collection(generation, part) for part in (*PARTS, WRITING))
    return found


def _signed(database: MilvusDatabase, generation: str) -> tuple[Manifest | None, bool]:
    """Return what is being written, None when that cannot be read, and whether its writer is gone."""
    with contextlib.suppress(StorageError, Damaged, ValueError, KeyError):
        name = collection(generation, WRITING)
        database.load(name)
        held = {row["name"]: row["piece"] for row in database.rows(name, "at", range(2), "name", "piece")}
        return Manifest.decode(held[MANIFEST].encode()), _is_gone(json.loads(held[WRITER]), generation)
    return None, False


def _is_gone(writer: Mapping[str, object], generation: str) -> bool:
    if writer["host"] != socket.gethostname():
        return False
    process = int(str(writer["process"]))
    if process == os.getpid():
        return generation not in _under_way
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _sign(database: MilvusDatabase, manifest: Manifest, *, fresh: bool) -> None:
    """Say what is being written, and that this process writes it."""
    if fresh:
        create_tables(database, manifest.generation, WRITING)
    writer = json.dumps({"host": socket.gethostname(), "process": os.getpid()})
    held = ((MANIFEST, manifest.encode().decode()), (WRITER, writer))
    rows = [{"at": at, "name": name, "piece": piece, **NOTHING} for at, (name, piece) in enumerate(held)]
    database.call("upsert", collection(manifest.generation, WRITING), rows)


def _new_name(database: MilvusDatabase) -> str:
    names = map(generation_of, database.call("list_collections"))
    numbers = [int(match[1]) for name in names if (match := NAME.fullmatch(name))]
    return f"gen-{max(numbers, default=0) + 1:06d}-{secrets.token_hex(3)}"


class _Filling:
    """The rows of one generation on their way; where it was begun before, those that are not there."""

    def __init__(
        self, database: MilvusDatabase, manifest: Manifest, source: Source, begun: bool, tell: Progress
    ) -> None:
        self._database = database
        self._generation = manifest.generation
        self._source = source
        self._begun = begun
        self._tell = tell
        self._counts = {"passages": manifest.passages, "sentences": manifest.sentences, "articles": 0}
        self._texts = 0  # passages and sentences that are there
        self.embedded = 0
        there = set(database.call("list_collections"))
        for part, count in self._counts.items():
            if collection(self._generation, part) in there:
                database.load(collection(self._generation, part))
            elif part == "articles":
                create_articles(database, self._generation)
            else:
                create_searched(database, self._generation, part, manifest.dim, count)

    def add(self, shard: Shard) -> None:
        """Write the rows of a shard."""
        source = self._source
        tables = cut(source.articles, shard.articles, source.split)
        known: Vectors | None = None
        for part, rows, texts, owners in (
            ("passages", shard.passages, tables.passage_texts, tables.passage_rows[:, 0]),
            ("sentences", shard.sentences, tables.sentence_texts, tables.sentence_rows[:, 0]),
        ):
            held = self._held(part, "row", rows, _ROWS)
            missing = [at for at, row in enumerate(rows) if row not in held]
            if missing:
                known = source.known(tables.ids) if known is None else known
                vectors = self._embedded([texts[at] for at in missing], known)
                self._fill(
                    part,
                    (
                        _searched(rows[at], shard.articles[owners[at]], source.articles, texts[at], vector)
                        for at, vector in zip(missing, vectors, strict=True)
                    ),
                )
            self._texts += len(rows)
        lines = list(_article_rows(source.articles, shard.articles, tables.each_line))
        keys = range(shard.articles.start * PIECES, shard.articles.stop * PIECES)
        held = self._held("articles", "at", keys, _ARTICLES * PIECES)
        self._fill("articles", (line for line in lines if line["at"] not in held))
        self._counts["articles"] += len(lines)
        self._tell("writing", shard.articles.stop, len(source.articles))

    def settle(self) -> None:
        """Wait until every row can be read. Raises StorageError when they are not all there."""
        for part, count in self._counts.items():
            try:
                self._database.settle(collection(self._generation, part), count)
            except StorageError:  # what was written twice nobody can mend
                if self._database.count(collection(self._generation, part)) > count:
                    self._database.drop(collection(self._generation, part) for part in (*PARTS, WRITING))
                raise

    def _held(self, part: str, key: str, keys: range, step: int) -> set[int]:
        if not self._begun:
            return set()
        return self._database.keys(collection(self._generation, part), key, keys, step)

    def _fill(self, part: str, rows: Iterable[Row]) -> None:
        self._database.fill(collection(self._generation, part), rows)

    def _embedded(self, texts: Sequence[str], known: Vectors) -> NDArray[np.float16]:
        before, total = self._texts, self._counts["passages"] + self._counts["sentences"]
        vectors, fresh = embed(
            texts,
            self._source.embedder,
            known,
            lambda stage, done, _: self._tell(stage, before + done, total),
            workers=self._source.workers,
        )
        self.embedded += fresh
        return vectors[:]


def _searched(row: int, owner: int, articles: Sequence[Article], text: str, vector: NDArray[np.float16]) -> Row:
    return {
        "row": row,
        "article": owner,
        "year": year_of(articles[owner]),
        "publisher": _text(articles[owner].publisher, 2_000),
        "vector": vector.astype(np.float32).tolist(),
        "terms": spelled(text),
    }


def _article_rows(articles: Sequence[Article], run: range, lines: Iterable[bytes]) -> Iterator[Row]:
    for row, line in zip(run, lines, strict=True):
        article = articles[row]
        published = article.published
        for number, piece in enumerate(text_pieces(line)):
            yield {
                "at": row * PIECES + number,
                "piece": piece,
                "id": article.id,
                "headline": _text(article.headline, 2_000),
                "publisher": _text(article.publisher, 2_000),
                "first": published.first.isoformat() if published else "",
                "last": published.last.isoformat() if published else "",
                "year": year_of(article),
                **NOTHING,
            }


def _table_rows(manifest: Manifest, tables: Mapping[str, bytes]) -> Iterator[Row]:
    held: list[tuple[str, str]] = [
        (MANIFEST, manifest.encode().decode()),
        (MADE, datetime.now(UTC).isoformat(timespec="seconds")),
    ]
    for name, content in tables.items():
        held += [(name, piece) for piece in bytes_pieces(content)]
    for at, (name, piece) in enumerate(held):
        yield {"at": at, "name": name, "piece": piece, **NOTHING}


def _text(text: str, most: int) -> str:
    """Return a text as a Milvus field takes it: whole characters, at most so many bytes."""
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore")
