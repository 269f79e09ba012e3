"""The articles from the desk: added, corrected, withdrawn and put back in the folder, then published as one generation."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from corpus.collection import add_bytes, add_page, correct_article, remove_article, removed_files, restore_article
from corpus.errors import LinpingError, SettingsError
from corpus.fetching import is_address
from corpus.loading import RefusedFile, load_corpus
from corpus.records import Article
from rag.figures.survey import Disagreement, survey
from ui.leads import wording

_LONGEST_NAME = 80


@dataclass(slots=True)
class Shelf:
    """One folder of articles and the index that is made of it. One thing is done at a time; any thread may ask."""

    folder: Path
    index: Path
    embedder: str
    fetch: bool = False
    ocr: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _publishing: bool = False
    _failed: str = ""

    def read(self) -> tuple[tuple[Article, ...], tuple[RefusedFile, ...], list[str]]:
        """Return the articles as they lie in the folder, what could not be read, and what can be put back."""
        with self._lock:
            corpus = load_corpus(self.folder, ocr=self.ocr)
            return corpus.articles, corpus.refused, removed_files(self.folder)

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
            correct_article(self.folder, article_id, headline=headline, published=published, publisher=publisher, ocr=self.ocr)

    def withdraw(self, article_id: str) -> None:
        with self._lock:
            remove_article(self.folder, article_id, ocr=self.ocr)

    def restore(self, file_name: str) -> None:
        with self._lock:
            restore_article(self.folder, file_name)

    def changes(self, articles: Sequence[Article], article_id: str) -> list[Disagreement]:
        """Return which figures of other articles this one updates or contradicts."""
        return [one for one in survey(articles) if article_id in (one.newer.article_id, one.older.article_id)]

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
        from index.storage.store import build_index

        try:
            with self._lock:
                corpus = load_corpus(self.folder, ocr=self.ocr)
            build_index(corpus, self.index, embedder_for(self.embedder, sum(len(article.text) for article in corpus.articles)))
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
