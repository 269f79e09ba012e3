"""What `linping serve` serves, as the settings say: an index folder that is followed, answerer and all."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path

from pydantic import SecretStr

from index.storage.snapshot import Snapshot
from rag.answerer import ExtractiveAnswerer
from rag.answers.suggestions import MOST_ARTICLES
from rag.protocol import Answerer
from rag.reading.finder import Models
from ui.leads.store import Store
from ui.service import wording as wording_serving
from ui.service.caching import AnswerCache
from ui.service.checking import Finding, looked_at
from ui.service.editions import Edition, IndexSource
from ui.service.hosting import Hosting
from ui.service.openers import FileFirst
from ui.service.stores import store_of
from ui.settings import Settings
from ui.web.server import Site, listening_at, temporary_folder


def index_source(settings: Settings, folder: Path | None = None, kind: str | None = None) -> IndexSource:
    """Return the store of the settings, or `folder`, as something to serve and to follow; `kind` is the answerer's.

    Raises ModelError, SettingsError for a language model that must not be used.
    """
    models = Models.built_in()
    if kind is not None:
        settings = settings.model_copy(update={"answerer": kind})
    written = settings.answerer != "extractive"
    wrapped: Callable[[ExtractiveAnswerer], Answerer] = _with_model(settings) if written else lambda base: base

    def make(snapshot: Snapshot) -> Edition:
        base = ExtractiveAnswerer(snapshot, models, threshold=settings.threshold, today=date.today)
        suggester = FileFirst(snapshot.articles.newest(MOST_ARTICLES), base.answer, settings.openers)
        cache = AnswerCache(settings.cached_answers) if settings.cached_answers and not written else None
        return Edition(wrapped(base), snapshot, base, suggester, cache)

    return IndexSource(store_of(settings, folder), settings.embedder, make)


def _with_model(settings: Settings) -> Callable[[ExtractiveAnswerer], Answerer]:
    from ui.service.language_model import model_of

    return model_of(settings)


def check_serving(settings: Settings) -> list[Finding]:
    """Look at all that serving needs, short of opening the page; no failure stops the rest."""
    desk = settings.desk
    return [
        looked_at(wording_serving.CHECK_INDEX, lambda: _answers(settings)),
        looked_at(wording_serving.CHECK_ADDRESS, lambda: _address(settings)),
        looked_at(wording_serving.CHECK_TEMPORARY, _temporary),
        looked_at(wording_serving.CHECK_FEEDBACK, lambda: _feedback(settings.feedback)),
        looked_at(wording_serving.CHECK_HOSTING, lambda: _hosting(settings)),
        *([looked_at(wording_serving.CHECK_DESK, lambda: _desk(desk))] if isinstance(desk, SecretStr) else []),
    ]


def _answers(settings: Settings) -> tuple[bool, str]:
    """Open the index and ask it something that it answers."""
    source = index_source(settings)
    edition = source.first()
    openers = edition.suggester.openers(1) if edition.suggester else ()
    if not openers:
        return False, wording_serving.nothing_to_ask(edition.generation)
    return not source.notices, "；".join([wording_serving.answers(edition.generation, openers[0]), *source.notices])


def _address(settings: Settings) -> tuple[bool, str]:
    with listening_at(settings.host, settings.port):
        return True, f"{settings.host}:{settings.port}"


def _temporary() -> tuple[bool, str]:
    with temporary_folder() as folder:
        return True, str(folder.parent)


def _feedback(path: Path | None) -> tuple[bool, str]:
    if path is None:
        return True, wording_serving.NO_FEEDBACK
    there = next(one for one in (path, *path.parents) if one.exists())
    good = os.access(there, os.W_OK)
    return good, str(path) if good else wording_serving.not_writable(path)


def _desk(address: SecretStr) -> tuple[bool, str]:
    """Open the lead desk's database on its server. Raises SettingsError, StorageError."""
    store = Store(address)
    store.close()
    return True, store.name


def _hosting(settings: Settings) -> tuple[bool, str]:
    """Read the keys; what a public service should have and has not is told, and stops nobody."""
    missing = Hosting.of(settings).missing(settings.host)
    return True, "；".join(missing) or wording_serving.COMPLETE


def site_of(edition: Edition, source: IndexSource, settings: Settings, hosting: Hosting) -> Site:
    """Return what is served beside the answers of the first edition."""
    openers = () if edition.suggester is None else edition.suggester.openers()
    return Site(
        openers, settings.feedback, edition.library, edition.finder, edition.suggester, hosting, edition.cache, source
    )
