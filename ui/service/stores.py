"""Which store the settings name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from corpus.errors import SettingsError
from index.storage.stores import FolderStore, IndexStore
from rag.llm.endpoints import read_key
from ui.settings import MILVUS_TOKEN_VARIABLE, Settings


def store_of(
    settings: Settings, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> IndexStore:
    """Return the store of the settings; `folder`, which a flag named, wins. Raises SettingsError for a token that cannot be used."""
    if folder is not None or settings.store == "files":
        return FolderStore(folder or settings.index)
    if not settings.milvus_uri:
        raise SettingsError('store = "milvus" 还要写明 milvus_uri：一个以 .db 结尾的文件，或 http:// 开头的地址。')
    token = read_key(
        os.environ if environment is None else environment, MILVUS_TOKEN_VARIABLE, settings.milvus_token_file
    )
    return _milvus(settings.milvus_uri, token.get_secret_value() if token else "")


@cache  # one connection for all that a process asks
def _milvus(uri: str, token: str) -> IndexStore:
    from index.milvus.store import MilvusStore

    return MilvusStore(uri, token)
