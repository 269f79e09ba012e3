"""The embedder: what a vector is, that every loader gives the same one, and what happens when files are bad."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from corpus.errors import ModelError
from index.search.embedding import STATIC, load_embedder, read_static
from index.training import exporting
from index.training.tokenizing import tokenizer_of

WORDS = {"劳动": 4.0, "合同": 4.0, "国": 2.0, "新": 1.0, "城": 1.0, "gdp": 1.0}
SENTENCES = [
    "临平区2024年规模以上工业总产值是多少？",
    "臨平區的GDP",
    "ＧＤＰ增长６．５％",
    "",
    "？！……",
    "劳动者提前三十日以书面形式通知用人单位，可以解除劳动合同。" * 40,
    "Hello, Linping! 𠮷野家",
    "坏\ud800字",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A model of six words in two dimensions: 劳动 (3, 0), 合同 (0, 4), every other word (1, 1)."""
    tokenizer = tokenizer_of(WORDS)
    vectors = np.ones((tokenizer.get_vocab_size(), 2), dtype=np.float32)
    vectors[0] = 0
    vectors[tokenizer.token_to_id("劳动")] = (3, 0)
    vectors[tokenizer.token_to_id("合同")] = (0, 4)
    exporting.save(tmp_path / "model", tokenizer, vectors, "a model of six words")
    return tmp_path / "model"


def test_a_text_is_the_mean_of_its_tokens_at_length_one(folder: Path) -> None:
    vectors = read_static(folder, "tiny").encode(["劳动", "劳动合同", "合同，劳动合同！"])
    assert vectors.dtype == np.float32
    assert vectors == pytest.approx(np.array([[1, 0], [3 / 5, 4 / 5], [3 / 73**0.5, 8 / 73**0.5]]), abs=1e-5)


def test_no_text_gives_no_row_and_an_unknown_text_a_row_of_zeros(folder: Path) -> None:
    embedder = read_static(folder, "tiny")
    assert embedder.encode([]).shape == (0, 2)
    assert not embedder.encode(["", "，。", "龘", "\ud800"]).any()


def test_many_texts_at_once_give_the_vectors_of_each_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = read_static(folder, "tiny")
    texts = ["劳动合同" * n for n in range(20)] + ["国"]
    alone = np.concatenate([embedder.encode([text]) for text in texts])
    monkeypatch.setattr("index.search.embedding._TOKENS_AT_ONCE", 7)
    assert np.array_equal(embedder.encode(texts), alone)


def test_script_width_and_case_make_no_difference() -> None:
    vectors = load_embedder(STATIC).encode(["临平区gdp增长，开发区“新城”", "臨平區ＧＤＰ增長,開發區「新城」"])
    assert np.array_equal(vectors[0], vectors[1])
    assert vectors[0].any()


def test_builtin_rows_have_length_one() -> None:
    lengths = np.linalg.norm(load_embedder(STATIC).encode([text for text in SENTENCES if len(text) > 6]), axis=1)
    assert lengths == pytest.approx(np.ones(len(lengths)), abs=1e-5)


@pytest.mark.parametrize("name", [STATIC, "tiny"])
def test_sentence_transformers_and_model2vec_give_the_same_vectors(name: str, folder: Path) -> None:
    from model2vec import StaticModel
    from sentence_transformers import SentenceTransformer

    ours = load_embedder(STATIC) if name == STATIC else read_static(folder, name)
    path = (
        str(Path(load_embedder.__code__.co_filename).parents[1] / "models" / "embedder") if name == STATIC else folder
    )
    texts = SENTENCES[:-1]  # the others refuse lone surrogates
    vectors = ours.encode(texts)
    assert np.abs(SentenceTransformer(str(path), device="cpu").encode(texts) - vectors).max() < 1e-5
    assert np.abs(StaticModel.from_pretrained(str(path)).encode(texts) - vectors).max() < 1e-5


def test_a_local_folder_loads_through_sentence_transformers(folder: Path) -> None:
    first, second = load_embedder(str(folder)), load_embedder(str(folder))
    assert first.dim == 2
    assert first.encode([]).shape == (0, 2)
    assert first.encode(["劳动合同", "坏\ud800"])[0] == pytest.approx(np.array([3 / 5, 4 / 5]), abs=1e-5)
    assert first.fingerprint == second.fingerprint


def test_a_question_needs_no_torch() -> None:
    code = (
        "import sys; from index.search.embedding import load_embedder; load_embedder().encode(['临平']);"
        "heavy = {'torch', 'sentence_transformers', 'jieba', 'lightgbm', 'scipy', 'model2vec'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_a_model_that_is_nowhere_is_refused_in_one_sentence() -> None:
    code = (
        "from index.search.embedding import load_embedder\nfrom corpus.errors import ModelError\n"
        "try: load_embedder('nobody/no-such-model')\nexcept ModelError as error: print(error)"
    )
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert "nobody/no-such-model" in run.stdout
    assert "builtin" in run.stdout


def test_the_fingerprint_is_of_the_files_and_not_of_the_place(folder: Path, tmp_path: Path) -> None:
    before = read_static(folder, "tiny").fingerprint
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert read_static(copy, "other name").fingerprint == before
    config = json.loads((copy / "config.json").read_text(encoding="utf-8"))
    (copy / "config.json").write_text(json.dumps({**config, "seed": 1}), encoding="utf-8")
    assert read_static(copy, "tiny").fingerprint != before


@pytest.mark.parametrize("file", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_missing_or_damaged_file_is_named(folder: Path, file: str) -> None:
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: len(content) // 2])
    with pytest.raises(ModelError, match="损坏"):
        read_static(folder, "tiny")
    (folder / file).unlink()
    with pytest.raises(ModelError, match=file):
        read_static(folder, "tiny")


def test_weights_of_another_vocabulary_or_not_a_number_are_refused(folder: Path) -> None:
    rows = len(WORDS) + 1
    table, scales = np.ones((rows, 2), dtype=np.int8), np.ones(rows, dtype=np.float32)
    save_file({"embeddings": table[1:], "weights": scales[1:]}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="对不上"):
        read_static(folder, "tiny")
    scales[1] = np.nan
    save_file({"embeddings": table, "weights": scales}, folder / "model.safetensors")
    with pytest.raises(ModelError, match="NaN"):
        read_static(folder, "tiny")


def test_threads_get_the_vectors_that_one_gets() -> None:
    embedder = load_embedder(STATIC)
    alone = embedder.encode(SENTENCES)
    with ThreadPoolExecutor(8) as pool:
        for vectors in pool.map(lambda _: embedder.encode(SENTENCES), range(64)):
            assert np.array_equal(vectors, alone)
