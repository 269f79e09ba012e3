"""What the collections of a generation are called, and what their rows hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from index.milvus.database import MilvusDatabase
from index.search.dense import FLAT_AT_MOST
from index.search.lexical import K1, B

ALIAS = "linping"
PARTS = ("tables", "articles", "passages", "sentences")
WRITING = "writing"  # a fifth collection, which is there as long as the others are being written
PIECES = 1 << 10  # of one article at most
MANIFEST, MADE, WRITER = "MANIFEST.json", "MADE", "WRITER"  # tables that are no files of a folder
NOTHING = {"nothing": [0.0, 0.0]}  # Milvus wants a vector in every collection
NAME = re.compile(r"gen-(\d{6,12})-([0-9a-f]{6})")

_KEPT: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("at", {"type": "INT64", "is_primary": True}),
    ("piece", {"type": "VARCHAR", "max_length": 65_535}),
    ("nothing", {"type": "FLOAT_VECTOR", "dim": 2}),
)
_TABLES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (("name", {"type": "VARCHAR", "max_length": 64}),)
_ARTICLES: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    *((name, {"type": "VARCHAR", "max_length": 2_000}) for name in ("id", "headline", "publisher")),
    *((name, {"type": "VARCHAR", "max_length": 10}) for name in ("first", "last")),
    ("year", {"type": "INT64"}),
)


def collection(generation: str, part: str) -> str:
    """Return the collection that holds a part of a generation."""
    return f"linping_{generation.removeprefix('gen-').replace('-', '_')}_{part}"


def generation_of(collection: str) -> str:
    """Return the generation that a collection belongs to; empty for any other."""
    match = re.fullmatch(rf"linping_(\d+)_([0-9a-f]{{6}})_(?:{'|'.join((*PARTS, WRITING))})", collection)
    return f"gen-{match[1]}-{match[2]}" if match else ""


def create_tables(database: MilvusDatabase, generation: str, part: str = "tables") -> None:
    """Make the collection of named tables, each in pieces."""
    _create_kept(database, collection(generation, part), _TABLES)


def create_articles(database: MilvusDatabase, generation: str) -> None:
    """Make the collection of articles, a long one in pieces."""
    _create_kept(database, collection(generation, "articles"), _ARTICLES)


def _create_kept(database: MilvusDatabase, name: str, fields: Sequence[tuple[str, dict[str, Any]]]) -> None:
    index = {"field_name": "nothing", "index_type": "FLAT", "metric_type": "IP"}
    database.create(name, [*_KEPT, *fields], [index])


def create_searched(database: MilvusDatabase, generation: str, part: str, dim: int, count: int) -> None:
    """Make the collection of `count` passages or sentences whose vectors have `dim` numbers."""
    lite = database.lite  # it counts words in each part by itself: there the year is a filter, no partition
    words = {
        "type": "VARCHAR",
        "max_length": 65_535,
        "enable_analyzer": True,
        "analyzer_params": {"tokenizer": "standard"},
    }
    database.create(
        collection(generation, part),
        [
            ("row", {"type": "INT64", "is_primary": True}),
            ("article", {"type": "INT64"}),
            ("year", {"type": "INT64", **({} if lite else {"is_partition_key": True})}),
            ("publisher", {"type": "VARCHAR", "max_length": 2_000}),
            ("vector", {"type": "FLOAT_VECTOR", "dim": dim}),
            ("terms", words),
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
