"""What `linping serve` serves, as the settings say: an index folder that is followed, answerer and all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from index.snapshot import Snapshot
from rag.answerer import ExtractiveAnswerer, Models
from rag.answering import Answerer
from ui.caching import AnswerCache
from ui.editions import Edition, IndexSource
from ui.hosting import Hosting
from ui.openers import FileFirst
from ui.server import Site
from ui.settings import Settings


def index_source(settings: Settings, folder: Path, kind: str | None = None) -> IndexSource:
    """Return `folder` as something to serve and to follow; `kind` is the answerer's, by default that of the settings.

    Raises ModelError, SettingsError for a language model that must not be used.
    """
    models = Models.load()
    written = (kind or settings.answerer) == "llm"
    wrapped: Callable[[ExtractiveAnswerer], Answerer] = _with_model(settings) if written else lambda base: base

    def make(snapshot: Snapshot) -> Edition:
        base = ExtractiveAnswerer(snapshot, models, threshold=settings.threshold, today=date.today)
        suggester = FileFirst(tuple(base.articles.values()), base.answer, settings.openers)
        cache = AnswerCache(settings.cached_answers) if settings.cached_answers and not written else None
        return Edition(wrapped(base), snapshot, base, suggester, cache)

    return IndexSource(folder, settings.embedder, make)


def _with_model(settings: Settings) -> Callable[[ExtractiveAnswerer], Answerer]:
    from ui.language_model import model_of

    return model_of(settings)


def site_of(edition: Edition, source: IndexSource, settings: Settings, hosting: Hosting) -> Site:
    """Return what is served beside the answers of the first edition."""
    openers = () if edition.suggester is None else edition.suggester.openers()
    return Site(
        openers, settings.feedback, edition.library, edition.finder, edition.suggester, hosting, edition.cache, source
    )
