from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from index.search.dense import CodedIndex, DenseIndex, nearest, shorten


def halves(rows: int, dim: int = 8) -> NDArray[np.float16]:
    vectors = np.random.default_rng(3).standard_normal((rows, dim))
    unit: NDArray[np.float16] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)
    return unit


def test_the_nearest_are_those_of_the_full_product() -> None:
    vectors = halves(300)
    asked = vectors[17].astype(np.float32)
    rows, scores = DenseIndex(vectors).search(asked, 20)
    product = vectors.astype(np.float32) @ asked
    assert rows.tolist() == np.argsort(-product, kind="stable")[:20].tolist()
    assert scores == pytest.approx(product[rows], abs=1e-5)


def test_equal_vectors_come_in_the_order_of_their_rows() -> None:
    vectors = np.repeat(halves(1), 50, axis=0)
    rows, _ = DenseIndex(vectors).search(vectors[0].astype(np.float32), 50)
    assert rows.tolist() == list(range(50))


def test_vectors_come_back_as_they_went_in() -> None:
    vectors = halves(5)
    index = DenseIndex(vectors)
    assert (index.vectors() == vectors.astype(np.float32)).all()
    assert (index.vectors(np.array([4, 0])) == vectors[[4, 0]].astype(np.float32)).all()
    assert index.scores_of(vectors[1].astype(np.float32), np.array([1, 2]))[0] == pytest.approx(1, abs=2e-3)


def test_more_than_there_are_and_none_at_all() -> None:
    assert len(DenseIndex(halves(3)).search(np.ones(8, np.float32), 10)[0]) == 3
    empty = DenseIndex(np.zeros((0, 8), np.float16))
    assert len(empty.search(np.ones(8, np.float32), 10)[0]) == 0 and empty.vectors().shape == (0, 8)


def test_the_index_keeps_its_own_copy() -> None:
    vectors = halves(3)
    index = DenseIndex(vectors)
    before = index.vectors().copy()
    vectors[:] = 0
    assert (index.vectors() == before).all()


@pytest.mark.parametrize("vectors", [np.zeros(3, np.float16), np.zeros((3, 3), np.float32)])
def test_other_shapes_and_types_are_refused(vectors: NDArray[np.float16]) -> None:
    with pytest.raises(ValueError, match="float16 of shape"):
        DenseIndex(vectors)


def test_by_codes_the_nearest_are_found_with_exact_scores() -> None:
    rng = np.random.default_rng(4)
    middles = rng.standard_normal((40, 32))
    drawn = middles[rng.integers(0, 40, 3000)] + rng.standard_normal((3000, 32)) * 0.4
    vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float16)
    flat, coded = DenseIndex(vectors), nearest(vectors, shorten(vectors, flat_at_most=100))
    assert isinstance(coded, CodedIndex) and (len(coded), coded.dim) == (3000, 32)
    shared = 0
    for row in range(0, 3000, 100):
        asked = vectors[row].astype(np.float32)
        wanted, _ = flat.search(asked, 20)
        rows, scores = coded.search(asked, 20)
        assert rows[0] == row and (np.diff(scores) <= 0).all()
        assert scores == pytest.approx(flat.scores_of(asked, rows), abs=1e-5)
        shared += len(np.intersect1d(rows, wanted))
    assert shared / 600 > 0.9


def test_few_vectors_have_no_codes_and_codes_of_others_are_refused() -> None:
    vectors = halves(200)
    assert shorten(vectors) == () and isinstance(nearest(vectors, ()), DenseIndex)
    with pytest.raises(ValueError, match="codes of"):
        nearest(vectors[:100], shorten(vectors, flat_at_most=50))
