"""A long build: several processes embed, and one that was stopped goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.search.embedding import BUILTIN, load_embedder
from index.search.workers import encoded
from index.storage.store import build_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.index.worlds import manifest

_BATCH = 4
_CORPUS = MadeCorpus(tuple(made_article(f"{at:02d}", f"第{at}座桥" + "很长" * at + "。") for at in range(20)))
_TEXTS = 40  # a headline and a sentence of each, as passages and again as sentences


class Stopped(BigramEmbedder):
    """Embeds so many texts, then is interrupted."""

    def __init__(self, most: int) -> None:
        super().__init__(dim=16)
        self._most = most

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if self.calls + len(texts) > self._most:
            raise KeyboardInterrupt
        return super().encode(texts)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.storage.building._BATCH", _BATCH)


def _kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("EMBEDDED-*/*"))


def test_what_was_embedded_before_a_build_was_stopped_is_not_embedded_again(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_index(_CORPUS, tmp_path / "stopped", Stopped(3 * _BATCH), split=one_passage_a_block)
    assert len(_kept(tmp_path / "stopped")) == 3
    goes_on, anew = BigramEmbedder(dim=16), BigramEmbedder(dim=16)
    build_index(_CORPUS, tmp_path / "stopped", goes_on, split=one_passage_a_block)
    build_index(_CORPUS, tmp_path / "anew", anew, split=one_passage_a_block)
    assert (anew.calls, goes_on.calls) == (_TEXTS, _TEXTS - 3 * _BATCH)
    assert manifest(tmp_path / "stopped").files == manifest(tmp_path / "anew").files
    assert not _kept(tmp_path / "stopped") and not list((tmp_path / "stopped").glob("EMBEDDED-*"))


def test_vectors_of_another_model_or_cut_short_are_not_taken(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        build_index(_CORPUS, tmp_path, Stopped(2 * _BATCH), split=one_passage_a_block)
    first, _ = _kept(tmp_path)
    first.write_bytes(first.read_bytes()[:-1])
    other = BigramEmbedder(dim=16, name="other")
    with pytest.raises(KeyboardInterrupt):
        stopped = Stopped(0)
        stopped.fingerprint = other.fingerprint
        build_index(_CORPUS, tmp_path, stopped, split=one_passage_a_block)
    goes_on = BigramEmbedder(dim=16)
    build_index(_CORPUS, tmp_path, goes_on, split=one_passage_a_block)
    assert goes_on.calls == _TEXTS - _BATCH


def test_several_workers_give_the_vectors_of_one() -> None:
    embedder = load_embedder(BUILTIN)
    batches = [["石桥建于1782年。", "茶园"], ["渡口每天开六班船。"], ["船票两元。"]]
    apart = list(encoded(batches, embedder, workers=2))
    assert [found.shape for found in apart] == [(2, embedder.dim), (1, embedder.dim), (1, embedder.dim)]
    for found, batch in zip(apart, batches, strict=True):
        assert np.array_equal(found, embedder.encode(batch))
