"""The articles from the desk: added, corrected, withdrawn and put back in the folder, then published as one generation."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from corpus.collection import add_bytes, add_page, correct_article, remove_article, removed_files, restore_article
from corpus.errors import LinpingError, SettingsError, StorageError
from corpus.fetching import is_address
from corpus.loading import Corpus, load_corpus
from corpus.records import Article
from index.storage.stores import IndexStore
from rag.figures.survey import Disagreement, survey
from ui.leads import wording

_LONGEST_NAME = 80


@dataclass(slots=True)
class FolderState:
    """The folder as it was read in one `state` of its files; `removed` can be put back."""

    state: tuple[object, ...]
    corpus: Corpus
    removed: tuple[str, ...]
    _survey: tuple[Disagreement, ...] | None = None

    def changes(self, article_id: str) -> list[Disagreement]:
        """Return which figures of other articles this one updates or contradicts."""
        if self._survey is None:
            self._survey = survey(self.corpus.articles)
        return [one for one in self._survey if article_id in (one.newer.article_id, one.older.article_id)]


@dataclass(frozen=True, slots=True)
class Version:
    """One generation of the index: when it was made, of how many articles, and whether it is served."""

    generation: str
    made: str
    articles: int
    now: bool


@dataclass(slots=True)
class Shelf:
    """One folder of articles and the index that is made of it. One thing is done at a time; any thread may ask."""

    folder: Path
    store: IndexStore
    embedder: str
    fetch: bool = False
    ocr: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _publishing: bool = False
    _failed: str = ""
    _reading: FolderState | None = None

    def read(self) -> FolderState:
        """Return what lies in the folder now. It is read again only when a file of it has changed since."""
        with self._lock:
            return self._read()

    def _read(self) -> FolderState:
        state = tuple(_states(self.folder))
        if self._reading is None or self._reading.state != state:
            self._reading = FolderState(
                state, load_corpus(self.folder, ocr=self.ocr), tuple(removed_files(self.folder))
            )
        return self._reading

    def source(self, article: Article) -> bytes:
        """Return the file of an article as it came. Raises StorageError."""
        try:
            return (self.folder / article.file_name).read_bytes()
        except OSError as error:
            raise StorageError(wording.SOURCE_UNREADABLE.format(article.file_name, error.strerror)) from error

    def add(self, name: str, data: bytes) -> Article:
        """Add a file. Raises LinpingError with what is wrong and what mends it."""
        with self._lock:
            return add_bytes(self.folder, _safe(name), data, ocr=self.ocr)

    def add_address(self, address: str) -> Article:
        """Fetch a page and add it as it was sent. Raises SettingsError unless the operator allows it."""
        if not self.fetch:
            raise SettingsError(wording.FETCH_CLOSED)
        if not is_address(address):
            raise SettingsError(wording.NO_ADDRESS.format(address[:100]))
        with self._lock:
            return add_page(self.folder, address, ocr=self.ocr)

    def correct(self, article_id: str, headline: str, published: str, publisher: str) -> None:
        with self._lock:
            correct_article(
                self.folder, article_id, headline=headline, published=published, publisher=publisher, ocr=self.ocr
            )

    def withdraw(self, article_id: str) -> None:
        with self._lock:
            remove_article(self.folder, article_id, ocr=self.ocr)

    def restore(self, file_name: str) -> None:
        with self._lock:
            restore_article(self.folder, file_name)

    def versions(self) -> list[Version]:
        """Return the generations that are kept, newest first. Raises StorageError."""
        found, now = self.store.kept()
        return [
            Version(one.generation, f"{at:%Y-%m-%d %H:%M}", one.articles, one.generation == now)
            for one in found
            if (at := self.store.made(one.generation)) is not None  # else it was swept away just now
        ]

    def roll_back(self, generation: str) -> None:
        """Serve an earlier generation again; the folder stays as it is. Raises LinpingError."""
        with self._lock:
            if self._publishing:
                raise SettingsError(wording.PUBLISHING)
            self.store.roll_back(generation)

    @property
    def state(self) -> tuple[bool, str]:
        """Tell whether a generation is being made, and how the last one failed, if it did."""
        return self._publishing, self._failed

    def publish(self) -> None:
        """Make a new generation behind; every server that follows the index takes it within seconds. Raises LinpingError."""
        with self._lock:
            if self._publishing:
                raise SettingsError(wording.PUBLISHING)
            self._publishing, self._failed = True, ""
        threading.Thread(target=self._publish, name="publish", daemon=True).start()

    def _publish(self) -> None:
        from index.search.embedding import embedder_for

        try:
            with self._lock:
                corpus = self._read().corpus
            self.store.build(corpus, embedder_for(self.embedder, sum(len(article.text) for article in corpus.articles)))
        except LinpingError as error:
            self._failed = str(error)
        except Exception:
            self._failed = wording.NOT_PUBLISHED
            raise
        finally:
            self._publishing = False


def _safe(name: str) -> str:
    """Return a file name without folders or signs that a disk refuses; its suffix stays."""
    bare = PurePath(name.replace("\\", "/")).name
    kept = "".join(one if one.isalnum() or one in "._- （）()《》" else "_" for one in bare).strip(". ")
    path = PurePath(kept or "article.txt")
    return f"{path.stem[:_LONGEST_NAME]}{path.suffix}"


def _states(folder: Path) -> Iterator[tuple[object, ...]]:
    """Yield name, size and times of every file below a folder, what was taken out of it included."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            try:
                one = path.stat()
            except OSError:
                yield str(path), None
            else:
                yield str(path), one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino
