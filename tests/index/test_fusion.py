from __future__ import annotations

import numpy as np
import pytest

from index.search.fusion import FEATURES, FusionWeights, features, fuse, load_weights


def test_each_score_is_divided_by_what_it_could_have_been() -> None:
    calibrated = features(
        np.array([4.0, 2.0], np.float32),
        np.array([0.3, -0.2], np.float32),
        best_lexical=4.0,
        best_possible=8.0,
        best_dense=0.6,
    )
    assert calibrated == pytest.approx(np.array([[1, 0.5, 0.5, 0.3], [0.5, 0.25, 0, 0]]))


def test_a_question_that_one_channel_cannot_read_is_ranked_by_the_other() -> None:
    calibrated = features(
        np.zeros(2, np.float32), np.array([0.1, 0.4], np.float32), best_lexical=0, best_possible=0, best_dense=0.4
    )
    scores = fuse(calibrated, FusionWeights(0.6, 0.2, 0.1, 0.1))
    assert scores[1] > scores[0] > 0


def test_the_sum_is_weighted_in_the_order_of_the_names() -> None:
    assert FusionWeights(0.1, 0.2, 0.3, 0.4).as_array() == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert fuse(np.eye(4, dtype=np.float32), FusionWeights(0.1, 0.2, 0.3, 0.4)) == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert len(FEATURES) == 4


@pytest.mark.parametrize("weights", [(0, 0, 0, 0), (1, -0.1, 0, 0)])
def test_weights_that_rank_nothing_or_backwards_are_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        FusionWeights(*weights)


def test_an_unknown_embedder_gets_the_cautious_weights() -> None:
    assert load_weights("一个没人调过的模型") == load_weights("*")
