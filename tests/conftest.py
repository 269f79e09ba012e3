"""What many tests share: the five articles, their index, and an answerer over them, each built once a run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus.loading import Corpus, load_corpus
from index.search.embedding import load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from tests.networks import Remembered

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session", autouse=True)
def remembered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What a network has said in one process of this run is not worked out again in another."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base  # of all workers of the run
    with pytest.MonkeyPatch.context() as patch:
        Remembered(shared / "networks.sqlite").replace(patch)
        yield


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return load_corpus(ROOT / "corpus" / "articles")


@pytest.fixture(scope="session")
def index_folder(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("五篇") / "index"
    build_index(corpus, folder, load_embedder())
    return folder


@pytest.fixture(scope="session")
def snapshot(index_folder: Path) -> Snapshot:
    return open_index(index_folder, load_embedder())


@pytest.fixture(scope="session")
def models() -> Models:
    return Models.built_in()


@pytest.fixture(scope="session")
def real_answerer(snapshot: Snapshot, models: Models) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(snapshot, models)


@pytest.fixture(scope="session")
def answerer(real_answerer: ExtractiveAnswerer) -> ExtractiveAnswerer:
    """The same, but where a test scripts an answerer of this name."""
    return real_answerer
