from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from index.search.fusion import FusionWeights
from index.training.benchmarks import Benchmark
from index.training.fusion import Pool, better_half, judge, ndcg, pools, scored, tune, write
from tests.fakes import BigramEmbedder


def pool(name: str, *questions: list[tuple[float, float, bool]]) -> Pool:
    """A pool of questions, each with its candidates: lexical and dense score, and whether it is right."""
    features = np.array([[(lexical, 0, dense, 0) for lexical, dense, _ in each] for each in questions], np.float32)
    relevant = np.array([[right for *_, right in each] for each in questions])
    return Pool(name, 9, features, relevant, relevant.sum(axis=1), features[:, :, ::2])


WORDS = pool("words", [(1.0, 0.2, True), (0.1, 1.0, False)], [(1.0, 1.0, True), (0.5, 0.1, False)])
MEANING = pool("meaning", [(0.5, 1.0, True), (1.0, 0.2, False)], [(0.6, 1.0, True), (1.0, 0.3, False)])


def test_a_right_text_in_third_place_is_worth_half() -> None:
    one = pool("", [(3, 0, False), (2, 0, False), (1, 0, True)])
    assert scored(one, (1, 0, 0, 0)) == pytest.approx(1 / np.log2(4))


def test_a_tie_with_a_wrong_text_is_a_loss() -> None:
    assert ndcg(pool("", [(1, 0, False), (1, 0, True)]), np.ones((1, 2), np.float32)) == pytest.approx(1 / np.log2(3))


def test_a_right_text_that_nobody_proposed_counts_as_missed() -> None:
    found = pool("", [(2, 0, True), (1, 0, False)])
    half = Pool("", 9, found.features, found.relevant, np.array([2]), found.ranks)
    assert scored(half, (1, 0, 0, 0)) == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_tuning_finds_weights_that_serve_both_sets() -> None:
    weights = tune([WORDS, MEANING])
    assert better_half(WORDS) == better_half(MEANING) == 1
    for row in judge([WORDS, MEANING], weights):
        assert row.fused == 1
    assert scored(MEANING, (1, 0, 0, 0)) < 1 and scored(WORDS, (0, 0, 1, 0)) < 1


def test_the_two_halves_share_no_question_and_hold_what_a_search_would_propose() -> None:
    texts = tuple(f"第{number}条讲{number * 13}件事" for number in range(40))
    benchmark = Benchmark("made", texts, texts, tuple(frozenset({row}) for row in range(40)))
    tuning, judging = pools(benchmark, BigramEmbedder())
    assert len(tuning.wanted) + len(judging.wanted) == 40 and min(len(tuning.wanted), len(judging.wanted)) > 5
    assert scored(judging, (1, 0, 1, 0)) == 1
    assert judging.features.max() <= 1.0001 and (judging.relevant.sum(axis=1) == 1).all()


def test_writing_keeps_the_weights_of_other_embedders(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    path.write_text('{"embedders": {"*": {"dense_absolute": 1}}}')
    write(path, "builtin", FusionWeights(1, 0, 0, 0), [])
    held = json.loads(path.read_text())["embedders"]
    assert held["*"] == {"dense_absolute": 1} and held["builtin"]["lexical_relative"] == 1
