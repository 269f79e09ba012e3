from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.search.embedding import BUILTIN, STATIC, embedder_for, load_embedder
from index.search.encoder import FOLDER, PieceTable

QUESTION = "老年食堂几点开饭"
TEXTS = ("社区助餐点每天11时至13时供应午餐。", "全市粮食播种面积增加。", "新建的图书馆有三层。")


def test_a_question_in_other_words_or_another_language_lies_nearest_to_what_answers_it() -> None:
    embedder = load_embedder(BUILTIN)
    texts = embedder.encode(TEXTS)
    for question in (QUESTION, "When does the canteen for the elderly serve lunch?", "老年食堂幾點開飯"):
        assert int((texts @ embedder.encode_questions([question])[0]).argmax()) == 0


def test_vectors_have_unit_length_and_do_not_depend_on_their_neighbours() -> None:
    embedder = load_embedder(BUILTIN)
    together = embedder.encode([*TEXTS, "很长的一句话，" * 60])
    assert np.linalg.norm(together, axis=1) == pytest.approx(1, abs=1e-5)
    alone = load_embedder(BUILTIN).encode_questions([TEXTS[0]])[0]
    beside = load_embedder(BUILTIN).encode_questions([TEXTS[0], "很长的一句话，" * 60])[0]
    assert np.array_equal(alone, beside)


def test_an_empty_text_is_a_row_of_zeros() -> None:
    assert not load_embedder(BUILTIN).encode(["", " "]).any()


def test_pieces_tell_where_they_stand_in_the_text_as_typed() -> None:
    (pieces,) = PieceTable.load().cut(["臨平區２０２３年GDP"])
    text = "臨平區２０２３年GDP"
    held = list(dict.fromkeys(pieces.offsets))
    assert "".join(text[a:b] for a, b in held) == text


def test_asking_the_encoder_imports_neither_torch_nor_transformers() -> None:
    script = (
        "import sys; from index.search.embedding import load_embedder; load_embedder().encode(['新闻']);"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'sentence_transformers')))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_many_articles_are_embedded_by_the_static_model() -> None:
    assert embedder_for("auto", 10_000).name == BUILTIN
    assert embedder_for("auto", 100_000_000).name == STATIC
    assert embedder_for(BUILTIN, 100_000_000).name == BUILTIN


def test_a_missing_or_damaged_encoder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="重新安装"):
        PieceTable.load(tmp_path)


def test_sentence_transformers_reads_the_folder_and_gives_the_same_vectors() -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(FOLDER), trust_remote_code=True, device="cpu")
    embedder = load_embedder(BUILTIN)
    assert np.allclose(model.encode_document(list(TEXTS)), embedder.encode(TEXTS), atol=1e-4)
    assert np.allclose(model.encode_query([QUESTION]), embedder.encode_questions([QUESTION]), atol=1e-4)


def test_the_library_that_runs_the_encoder_reports_to_nobody(tmp_path: Path) -> None:
    """It would look up its maker's address, and keep an id of this machine in the home. (F55)"""
    script = "from index.search.embedding import load_embedder; load_embedder().encode(['新闻'])"
    theirs = (
        "CI",
        "ORT_",
        "XDG_",
        "TF_BUILD",
        "GITHUB_",
    )  # where they find one of these set they are quiet by themselves
    here = {name: value for name, value in os.environ.items() if not name.startswith(theirs)}
    subprocess.run([sys.executable, "-c", script], check=True, env={**here, "HOME": str(tmp_path)})
    assert list(tmp_path.rglob("*")) == []
