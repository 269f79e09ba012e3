"""A corpus too large for memory is indexed part by part: the same bytes, nothing left over, whatever stops it."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import ModelError, StorageError
from index.search import columns
from index.search.columns import Column
from index.search.embedding import STATIC, Embedder, load_embedder
from index.storage.building import embed
from index.storage.disk import OS_DISK, Disk
from index.storage.spilling import spilling
from index.storage.store import build_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.index.faults import FaultyDisk, raising
from tests.index.worlds import leftovers, manifest, opened

_CORPUS = MadeCorpus(
    tuple(
        made_article(
            f"{number:02d}",
            f"第{number}号灯塔（以下简称“{number}塔”）建于{1800 + number % 7}年，G{number % 5}路、abc路经过海湾大学。",
            "灯塔每晚都亮。" if number % 3 else f"守塔人有{number}名，𠮷先生是其中之一。",
        )
        for number in range(60)
    )
)
_SMALL = {  # settings of the modules that work in parts, as small as they can be
    "index.search.columns._HELD": 64,
    "index.search.columns._AT_ONCE": 48,
    "index.search.dense._AT_ONCE": 7,
    "index.search.lexical._BATCH": 40,
    "index.search.lexical._MERGED": 9,
    "index.search.words._AT_ONCE": 300,
    "index.storage.building._BATCH": 4,
    "index.storage.building._WINDOW": 2,
}


def _built(folder: Path, embedder: Embedder, disk: Disk = OS_DISK) -> None:
    build_index(_CORPUS, folder, embedder, split=one_passage_a_block, disk=disk)


@pytest.fixture()
def in_parts(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def make_small() -> None:
        for name, value in _SMALL.items():
            monkeypatch.setattr(name, value)

    return make_small


@pytest.mark.parametrize("large", [False, True])
def test_parts_give_the_bytes_of_one_piece(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_parts: Callable[[], None], large: bool
) -> None:
    if large:  # vectors have codes, sentences no vector, and runs that occur once are set aside
        monkeypatch.setattr("index.storage.building.APART_AT_MOST", 50)
        monkeypatch.setattr("index.search.dense.FLAT_AT_MOST", 50)
        monkeypatch.setattr("index.search.words.MANY", 50)
    embedder = load_embedder(STATIC)
    whole, parts = FaultyDisk(0, raising(errno.EIO)), FaultyDisk(0, raising(errno.EIO))
    _built(tmp_path / "whole", embedder, whole)
    in_parts()
    _built(tmp_path / "parts", embedder, parts)
    assert manifest(tmp_path / "parts").files == manifest(tmp_path / "whole").files
    assert manifest(tmp_path / "parts").vectors == ("coded" if large else "flat")
    assert "read_at" not in whole.operations and parts.operations.count("read_at") > 100
    assert leftovers(tmp_path / "parts") == []


def test_a_build_that_is_stopped_leaves_nothing_and_the_next_gives_the_same_bytes(
    tmp_path: Path, in_parts: Callable[[], None]
) -> None:
    embedder = BigramEmbedder(dim=16)
    _built(tmp_path / "whole", embedder)
    in_parts()
    disk = FaultyDisk(0, raising(errno.EIO))
    _built(tmp_path / "counted", embedder, disk)
    for kind in ("make_folder", "create", "write", "read_at", "close", "rename"):
        turns = [at for at, operation in enumerate(disk.operations, 1) if operation == kind]
        folder = tmp_path / kind
        with pytest.raises(StorageError, match="腾出空间"):
            _built(folder, embedder, FaultyDisk(turns[len(turns) // 2], raising(errno.ENOSPC), torn=True))
        assert leftovers(folder) == []
        _built(folder, embedder)
        assert manifest(folder).files == manifest(tmp_path / "whole").files
        assert leftovers(folder) == [] and opened(folder).warnings == ()


@given(
    st.lists(st.integers(0, 9), max_size=12),
    st.sampled_from([0, 3]),
    st.integers(1, 60),
    st.integers(-40, 40),
    st.integers(-40, 40),
)
@settings(max_examples=60, deadline=None)
def test_a_column_is_the_array_of_its_rows_wherever_they_lie(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], width: int, held: int, start: int, stop: int
) -> None:
    count = sum(sizes)
    rows: NDArray[np.int32] = np.arange(count * max(1, width), dtype=np.int32)
    rows = rows.reshape(count, width) if width else rows
    with pytest.MonkeyPatch.context() as patch, spilling(tmp_path_factory.mktemp("spilled"), OS_DISK) as made:
        patch.setattr(columns, "_HELD", held)
        patch.setattr(columns, "_AT_ONCE", held)
        for column in (made(np.int32, width), Column(np.int32, width)):
            at = 0
            for size in sizes:
                column.append(rows[at : at + size])
                at += size
            assert column.shape == rows.shape and column.nbytes == rows.nbytes
            assert np.array_equal(column[start:stop], rows[start:stop])
            assert b"".join(chunk.tobytes() for chunk in column.chunks()) == rows.tobytes()
            column.clear()
            assert len(column) == 0 and column[:].shape == rows[:0].shape


def test_a_column_takes_rows_of_its_own_kind_alone() -> None:
    column = Column(np.int32, 2)
    for wrong in (np.zeros((1, 2), np.int64), np.zeros((1, 3), np.int32), np.zeros(2, np.int32)):
        with pytest.raises(ValueError, match="for a column of int32"):
            column.append(wrong)


def _plain(texts: list[str]) -> NDArray[np.float16]:
    return BigramEmbedder(dim=16).encode(texts).astype(np.float16)


def test_each_text_has_its_vector_whatever_is_known_and_wherever_it_stood_before(in_parts: Callable[[], None]) -> None:
    in_parts()
    texts = [f"第{number % 23}盏灯{'很' * (number % 5)}亮" for number in range(70)]
    known = dict(zip(texts[8:60], _plain(texts[8:60]), strict=True))
    for held in ({}, known, dict(zip(texts, _plain(texts), strict=True))):
        embedder = BigramEmbedder(dim=16)
        vectors, fresh = embed(texts, embedder, held, lambda *_: None)
        assert np.array_equal(vectors[:], _plain(texts))
        assert embedder.calls == len(set(texts) - held.keys()) and fresh == sum(text not in held for text in texts)


def test_texts_without_a_vector_may_be_a_batch_of_their_own(in_parts: Callable[[], None]) -> None:
    in_parts()
    vectors, _ = embed(["灯塔", "", "港口", "灯火", "海湾"], BigramEmbedder(dim=16), {}, lambda *_: None)
    assert vectors[:].any(axis=1).tolist() == [True, False, True, True, True]
    with pytest.raises(ModelError, match="不是单位长度"):
        embed([""], BigramEmbedder(dim=16), {}, lambda *_: None)
