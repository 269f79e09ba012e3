"""The language model that the settings name, put around the extractive answerer. Nothing is sent while it is built."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from rag.answerer import ExtractiveAnswerer
from ui.settings import MODEL_KEY_VARIABLE, Settings

if TYPE_CHECKING:
    from rag.generating import GenerativeAnswerer


def with_model(
    base: ExtractiveAnswerer, settings: Settings, environment: Mapping[str, str] | None = None
) -> GenerativeAnswerer:
    """Return `base` with the model of the settings. Raises SettingsError for an address or key that must not be used."""
    return model_of(settings, environment)(base)


def model_of(
    settings: Settings, environment: Mapping[str, str] | None = None
) -> Callable[[ExtractiveAnswerer], GenerativeAnswerer]:
    """Return what puts one and the same model around an answerer. Raises SettingsError as `with_model` does."""
    from rag.endpoints import checked_endpoint, read_key
    from rag.generating import GenerativeAnswerer
    from rag.generation import LanguageModel, Timeouts
    from rag.querying import Aids

    key = read_key(os.environ if environment is None else environment, MODEL_KEY_VARIABLE, settings.model_key_file)
    endpoint = checked_endpoint(settings.model, settings.base_url, key, overseas=settings.allow_overseas)
    timeouts = Timeouts(
        settings.connect_timeout, settings.first_token_timeout, settings.token_timeout, settings.answer_timeout
    )
    aids = Aids(**dict.fromkeys(settings.query_aids, True))
    model = LanguageModel(endpoint, timeouts)
    return lambda base: GenerativeAnswerer(base, model, aids=aids)
