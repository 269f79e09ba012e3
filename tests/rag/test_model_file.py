"""What the head of a GGUF file says, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from corpus.errors import ModelError
from rag.llm.model_file import read_model_file
from tests.rag.gguf_files import babbler, write_gguf


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return babbler(tmp_path_factory.mktemp("gguf") / "babbler.gguf", ["临平区有企业3家。"])


def test_a_file_says_what_it_is_and_what_it_takes(whole: Path) -> None:
    file = read_model_file(whole)
    assert (file.architecture, file.name, file.context) == ("llama", "babbler", 8192)
    assert file.size == whole.stat().st_size
    assert file.remembering == 2 * 2 * (16 + 16) * 2  # layers, heads, widths of key and value, bytes
    assert file.controls == ("<s>", "</s>")
    assert file.memory(1000) == file.size + 1000 * file.remembering + (300 << 20)


def test_without_a_file_the_sentence_names_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"没有模型文件.*no\.gguf.*model_file"):
        read_model_file(tmp_path / "no.gguf")
    with pytest.raises(ModelError, match="文件夹"):
        read_model_file(tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 a zip", b"GGU"])
def test_a_file_of_another_kind_is_told_from_its_first_four_bytes(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(content)
    with pytest.raises(ModelError, match="不是 GGUF 文件"):
        read_model_file(file)


@pytest.mark.parametrize("share", [0.001, 0.01, 0.2, 0.5, 0.9])
def test_a_download_that_broke_off_is_found(share: float, whole: Path, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    data = whole.read_bytes()
    file.write_bytes(data[: max(8, int(len(data) * share))])
    with pytest.raises(ModelError, match="没有下载完整"):
        read_model_file(file)


@pytest.mark.parametrize(
    "head",
    [
        struct.pack("<IQQ", 1, 0, 0),
        struct.pack("<IQQ", 3, 1 << 60, 1),
        struct.pack("<IQQ", 3, 0, 1 << 60),
        struct.pack("<IQQQ", 3, 0, 1, 1 << 62),
        struct.pack("<IQQQsI", 3, 0, 1, 1, b"a", 99),
    ],
)
def test_a_head_that_claims_what_cannot_be_costs_neither_memory_nor_time(head: bytes, tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" + head)
    with pytest.raises(ModelError, match="损坏"):
        read_model_file(file)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(4, 2000), byte=st.integers(0, 255))
def test_a_flipped_byte_gives_a_file_or_one_sentence(at: int, byte: int, whole: Path, tmp_path: Path) -> None:
    data = bytearray(whole.read_bytes())
    data[at] = byte
    file = tmp_path / "model.gguf"
    file.write_bytes(data)
    try:
        read_model_file(file)
    except ModelError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"general.architecture": "bert"}, "bert"),
        ({"general.architecture": "clip"}, "clip"),
        ({"general.architecture": "llama", "general.type": "adapter"}, "llama"),
        ({"general.name": "x"}, "没有写明种类"),
    ],
)
def test_a_file_that_writes_nothing_is_no_language_model(fields: dict[str, str], words: str, tmp_path: Path) -> None:
    file = write_gguf(tmp_path / "model.gguf", fields, {"a": np.ones((2, 2), np.float32)})
    with pytest.raises(ModelError, match=words):
        read_model_file(file)
