"""The language model that the settings name, put around the extractive answerer. Nothing is sent while it is built."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from corpus.errors import SettingsError
from rag.answerer import ExtractiveAnswerer
from ui.settings import MODEL_KEY_VARIABLE, Settings

if TYPE_CHECKING:
    from rag.llm.answerer import GenerativeAnswerer
    from rag.llm.generator import Generator, LanguageModel
    from rag.llm.local_model import LocalModel


def with_model(
    base: ExtractiveAnswerer, settings: Settings, environment: Mapping[str, str] | None = None
) -> GenerativeAnswerer:
    """Return `base` with the model of the settings; a local one is loaded first, for meanwhile nothing else runs.

    Raises SettingsError for an address or key that must not be used, ModelError for a file that cannot be.
    """
    return model_of(settings, environment)(base)


def model_of(
    settings: Settings, environment: Mapping[str, str] | None = None
) -> Callable[[ExtractiveAnswerer], GenerativeAnswerer]:
    """Return what puts one and the same model around an answerer. Raises as `with_model` does."""
    if settings.answerer != "local":
        remote = remote_model(settings, environment)
        return lambda base: wrapped(base, remote, settings)
    local = local_model(settings)
    local.load()
    return lambda base: wrapped(base, local, settings)


def wrapped(base: ExtractiveAnswerer, model: Generator, settings: Settings) -> GenerativeAnswerer:
    """Return `base` with `model` around it, which may be around others too."""
    from rag.llm.answerer import CHARACTERS, LOCAL_CHARACTERS, GenerativeAnswerer
    from rag.llm.queries import Aids

    characters = LOCAL_CHARACTERS if settings.answerer == "local" else CHARACTERS
    return GenerativeAnswerer(base, model, aids=Aids(**dict.fromkeys(settings.query_aids, True)), characters=characters)


def remote_model(settings: Settings, environment: Mapping[str, str] | None = None) -> LanguageModel:
    """Return the model behind the endpoint of the settings. Raises SettingsError."""
    from rag.llm.endpoints import checked_endpoint, read_key
    from rag.llm.generator import LanguageModel, Timeouts

    key = read_key(os.environ if environment is None else environment, MODEL_KEY_VARIABLE, settings.model_key_file)
    endpoint = checked_endpoint(settings.model, settings.base_url, key, overseas=settings.allow_overseas)
    timeouts = Timeouts(
        settings.connect_timeout, settings.first_token_timeout, settings.token_timeout, settings.answer_timeout
    )
    return LanguageModel(endpoint, timeouts)


def local_model(settings: Settings) -> LocalModel:
    """Return the model in the file of the settings, not yet loaded. Raises SettingsError, ModelError."""
    from rag.llm.local_model import LocalModel, engine_version
    from rag.llm.model_file import read_model_file

    if settings.model_file is None:
        raise SettingsError("没有指定语言模型的文件，请设置 model_file（一个 .gguf 文件的路径），写法见 docs/llm.md。")
    file = read_model_file(settings.model_file)
    engine_version()
    return LocalModel(file, patience=settings.local_timeout, threads=settings.model_threads)


def model_name(settings: Settings) -> str:
    """Return what a page calls the model that writes; nothing when none does."""
    if settings.answerer == "local":
        return settings.model_file.stem if settings.model_file is not None else ""
    return settings.model if settings.answerer == "llm" else ""
