"""An index over made-up articles, and an answerer over it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from corpus.loading import load_corpus
from index.search.embedding import Embedder, load_embedder
from index.storage.building import Splitter
from index.storage.snapshot import Snapshot
from index.storage.store import ArticleSource, build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models


def write_articles(folder: Path, texts: Mapping[str, str]) -> Path:
    """Write each text into `folder`, which is made where it is missing, under its file name, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def snapshot_of(
    articles: ArticleSource | Path, index: Path, embedder: Embedder | None = None, split: Splitter | None = None
) -> Snapshot:
    """Index `articles`, or those of a folder, in the folder `index`, and open it; the built-in embedder where none is given."""
    embedder = embedder or load_embedder()
    build_index(load_corpus(articles) if isinstance(articles, Path) else articles, index, embedder, split=split)
    return open_index(index, embedder)


def answerer_of(
    articles: ArticleSource | Path, index: Path, models: Models, embedder: Embedder | None = None
) -> ExtractiveAnswerer:
    """Return an answerer over what `snapshot_of` opens."""
    return ExtractiveAnswerer(snapshot_of(articles, index, embedder), models)
