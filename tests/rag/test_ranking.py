from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.storage.snapshot import Snapshot
from rag.question.kinds import understand
from rag.reading.candidates import find_candidates
from rag.reading.finder import Models
from rag.reading.ranker import FEATURES, QuestionTerms, common_runs
from rag.reading.trees import Trees

STUMPS = Trees(
    feature=np.array([[0, 0, 0], [1, 0, 0]], dtype=np.int32),
    threshold=np.array([[0.5, np.inf, np.inf], [2.0, np.inf, np.inf]], dtype=np.float32),
    left=np.array([[1, 1, 2], [1, 1, 2]], dtype=np.int32),
    right=np.array([[2, 1, 2], [2, 1, 2]], dtype=np.int32),
    value=np.array([[0, 10, 20], [0, 1, 2]], dtype=np.float32),
    depth=1,
)


def test_trees_add_up_the_leaves_that_a_row_falls_into() -> None:
    rows = np.array([[0.5, 2.0], [0.6, 2.1], [0.6, 2.0]], dtype=np.float32)
    assert STUMPS.predict(rows).tolist() == [11.0, 22.0, 21.0]


def test_trees_come_back_from_disk_as_they_were(tmp_path: Path) -> None:
    STUMPS.save(tmp_path / "trees.safetensors")
    rows = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    assert (Trees.load(tmp_path / "trees.safetensors").predict(rows) == STUMPS.predict(rows)).all()


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_damaged_model_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "trees.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelError, match="重新安装"):
        Trees.load(path)


def test_common_runs_are_the_stretches_that_both_texts_share() -> None:
    matched, longest, runs = common_runs("临平工业目标", "到2028年临平的工业产值")
    assert [at for at, hit in enumerate(matched) if hit] == [6, 7, 9, 10]
    assert (longest, runs) == (2, 2)


def test_a_word_of_every_question_weighs_nothing() -> None:
    known = QuestionTerms(1000, {"什": 1000, "柳": 9})
    assert known.weight("什") == 0.0
    assert known.weight("柳") == pytest.approx(np.log(1001 / 10) / 6)
    assert known.weight("从未见过") == 1.0


def test_features_are_finite_and_as_many_as_their_names(snapshot: Snapshot, models: Models) -> None:
    ranker = models.ranker
    asked = understand("临平2028工业目标是多少?")
    candidates = find_candidates(snapshot, [asked.text])
    features = ranker.featuriser.features(asked, candidates, snapshot.by_sentence.lexical)
    assert features.shape == (len(candidates), len(FEATURES))
    assert np.isfinite(features).all()
    assert ranker.featuriser.features(asked, [], snapshot.by_sentence.lexical).shape == (0, len(FEATURES))


def test_candidates_are_sentences_of_the_articles_with_their_neighbours(snapshot: Snapshot) -> None:
    for candidate in find_candidates(snapshot, ["算力小镇有多少家企业？"]):
        text = snapshot.articles[candidate.article_id].text
        assert text[candidate.start : candidate.end] == candidate.text
        assert candidate.before == "" or text.find(candidate.before) < candidate.start


def test_a_question_without_a_known_word_finds_no_sentence_by_words(snapshot: Snapshot) -> None:
    assert all(c.sentence_score == 0 for c in find_candidates(snapshot, ["ѮѯѰѱ"]))
