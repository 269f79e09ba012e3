"""Which store the settings name, and that a token stays out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from corpus.errors import SettingsError
from index.milvus.store import MilvusStore
from index.storage.stores import FolderStore
from ui.service.stores import store_of
from ui.settings import Settings, load_settings

ADDRESS = "http://127.0.0.1:19530/news"


def test_a_folder_is_the_store_unless_milvus_is_set(tmp_path: Path) -> None:
    assert store_of(Settings(index=tmp_path)) == FolderStore(tmp_path)
    named = store_of(Settings(store="milvus", milvus_uri=ADDRESS), environment={})
    assert isinstance(named, MilvusStore) and (named.where, named.folder, named.token) == (ADDRESS, None, "")
    assert store_of(Settings(store="milvus", milvus_uri=ADDRESS), tmp_path) == FolderStore(tmp_path)
    lite = store_of(Settings(store="milvus", milvus_uri=str(tmp_path / "a.db")), environment={})
    assert lite.folder == tmp_path / "a.db"


def test_milvus_without_an_address_says_which_setting_is_missing() -> None:
    with pytest.raises(SettingsError, match="milvus_uri"):
        store_of(Settings(store="milvus"))


@pytest.mark.parametrize("address", ["127.0.0.1:19530", "http://root:geheim@milvus", "linping.sqlite"])
def test_an_address_that_is_none_or_holds_a_password_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        Settings(milvus_uri=address)
    with pytest.raises(SettingsError, match="milvus_uri"):
        load_settings({"LINPING_MILVUS_URI": address})


def test_a_token_comes_from_the_environment_or_a_file_of_ones_own_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("root:geheim\n", encoding="utf-8")
    settings = Settings(store="milvus", milvus_uri=ADDRESS, milvus_token_file=file)
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="chmod 600"):
        store_of(settings, environment={})
    file.chmod(0o600)
    for told in ({}, {"LINPING_MILVUS_TOKEN": "root:geheim"}):
        store = store_of(settings, environment=told)
        assert isinstance(store, MilvusStore) and store.token == "root:geheim"
        assert "geheim" not in repr(store) + store.where
