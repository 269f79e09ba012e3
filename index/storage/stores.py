"""Where generations are kept: what every store does, and the one that is a folder."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from corpus.records import Article
from index.search.embedding import Embedder
from index.storage import generations, store, updating
from index.storage.building import Progress
from index.storage.disk import OS_DISK
from index.storage.generations import MANIFEST, Manifest, Report
from index.storage.snapshot import Snapshot
from index.storage.store import ArticleSource, Built


class IndexStore(Protocol):
    """Keeps generations. Every method raises BadIndex, StorageError; a store is not touched before one is called."""

    @property
    def where(self) -> str:
        """Return what people know it by."""

    @property
    def folder(self) -> Path | None:
        """Return where on this machine it takes up room; None: on another one."""

    @property
    def empty(self) -> bool:
        """Return whether nothing was ever published."""

    def open(self, embedder: str) -> Snapshot:
        """Return the current generation; `auto` names the embedder that built it."""

    def published(self) -> str:
        """Return a mark that changes whenever another generation is published; empty when there is none."""

    def embedder(self) -> str | None:
        """Return the name of the embedder that built the current generation; None when there is none."""

    def kept(self) -> tuple[tuple[Manifest, ...], str]:
        """Return what the generations say of themselves, newest first, and which of them is served."""

    def made(self, generation: str) -> datetime | None:
        """Return when a generation was made, in local time; None when it is gone."""

    def inspect(self) -> tuple[Report, ...]:
        """Return how every generation is, newest first, each byte read; of none that another program keeps whole."""

    def roll_back(self, generation: str = "") -> Manifest:
        """Serve an earlier generation again, by default the one before; return what it says of itself."""

    def build(
        self, corpus: ArticleSource, embedder: Embedder, *, progress: Progress | None = None, workers: int = 1
    ) -> Built:
        """Publish an index of `corpus`, embedded by so many processes where the embedder takes long.

        Raises CorpusError, ModelError; the generation before is then still current.
        """

    def update(self, embedder: Embedder, changed: Sequence[Article], removed: Collection[str]) -> Built:
        """Publish the index with some articles added or replaced, and those of the ids `removed` gone."""


@dataclass(frozen=True, slots=True)
class FolderStore:
    """An index folder, as `index.storage.generations` keeps it."""

    folder: Path

    @property
    def where(self) -> str:
        return str(self.folder)

    @property
    def empty(self) -> bool:
        return not generations.generations(self.folder, OS_DISK)

    def open(self, embedder: str) -> Snapshot:
        return store.open_with(self.folder, embedder)

    def published(self) -> str:
        return store.published(self.folder)

    def embedder(self) -> str | None:
        return generations.embedder_of(self.folder)

    def kept(self) -> tuple[tuple[Manifest, ...], str]:
        return store.kept_generations(self.folder)

    def made(self, generation: str) -> datetime | None:
        try:
            return datetime.fromtimestamp((self.folder / generation / MANIFEST).stat().st_mtime)
        except OSError:
            return None

    def inspect(self) -> tuple[Report, ...]:
        return store.inspect_index(self.folder)

    def roll_back(self, generation: str = "") -> Manifest:
        return store.roll_back(self.folder, generation)

    def build(
        self, corpus: ArticleSource, embedder: Embedder, *, progress: Progress | None = None, workers: int = 1
    ) -> Built:
        return store.build_index(corpus, self.folder, embedder, progress=progress, workers=workers)

    def update(self, embedder: Embedder, changed: Sequence[Article], removed: Collection[str]) -> Built:
        return updating.update_index(self.folder, embedder, changed, removed)
