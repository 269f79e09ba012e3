from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from index.search.dense import DenseIndex
from index.search.fusion import FusionWeights
from index.search.lexical import LexicalIndex, count_terms
from index.search.retrieval import HybridRetriever, Query, best_rows

TEXTS = ("石桥建于1782年", "茶园收成三百担", "渡口每天开六班船", "石板路", "老城")


def retriever(weights: FusionWeights) -> HybridRetriever:
    """Five texts whose vectors are the axes of a space of five dimensions."""
    vocabulary, postings = count_terms(TEXTS)
    return HybridRetriever(LexicalIndex(vocabulary, postings), DenseIndex(np.eye(5, dtype=np.float16)), weights)


def asked(question: str, *vector: float) -> Query:
    return Query.of(question, np.array(vector, dtype=np.float32))


def test_words_alone_rank_by_words() -> None:
    ranking = retriever(FusionWeights(1, 0, 0, 0)).rank(asked("石桥", 0, 0, 0, 0, 1), 2)
    assert ranking.rows.tolist() == [0, 3]
    assert ranking.lexical_ranks.tolist() == [1, 2]


def test_vectors_alone_rank_by_vectors() -> None:
    ranking = retriever(FusionWeights(0, 0, 1, 0)).rank(asked("石桥", 0, 0.8, 0.6, 0, 0), 2)
    assert ranking.rows.tolist() == [1, 2]
    assert ranking.dense == pytest.approx([0.8, 0.6], abs=1e-3)


def test_a_text_without_a_word_of_the_question_is_found_by_its_vector() -> None:
    ranking = retriever(FusionWeights(0.5, 0, 0.5, 0)).rank(asked("船", 0, 1, 0, 0, 0), 2)
    assert set(ranking.rows.tolist()) == {1, 2}
    at = ranking.rows.tolist().index(1)
    assert (ranking.lexical_ranks[at], ranking.dense_ranks[at]) == (0, 1)


def test_channels_propose_only_their_candidates_but_score_all_of_them() -> None:
    ranking = retriever(FusionWeights(0.5, 0, 0.5, 0)).rank(asked("石桥", 0, 0, 0, 0.6, 0.8), 1, candidates=1)
    wide = retriever(FusionWeights(0.5, 0, 0.5, 0)).rank(asked("石桥", 0, 0, 0, 0.6, 0.8), 5)
    assert ranking.rows.tolist() in ([0], [4])
    assert ranking.scores[0] == wide.scores[wide.rows.tolist().index(ranking.rows[0])]


def test_a_question_of_nothing_known_still_ranks_without_error() -> None:
    ranking = retriever(FusionWeights(1, 0, 0, 0)).rank(asked("？？", 0, 0, 0, 0, 0), 3)
    assert len(ranking) == 3 and ranking.rows.tolist() == [0, 1, 2]


def test_raw_scores_of_given_rows_come_in_their_order() -> None:
    both = retriever(FusionWeights(1, 0, 0, 0))
    query = asked("石桥", 0, 1, 0, 0, 0)
    assert both.dense_scores(query, [1, 0, 1]).tolist() == [1, 0, 1]
    assert both.lexical_scores(query, [1, 0])[0] == 0 < both.lexical_scores(query, [1, 0])[1]


def test_lists_of_two_lengths_are_refused() -> None:
    vocabulary, postings = count_terms(TEXTS)
    with pytest.raises(ValueError, match="5 texts but 4 vectors"):
        HybridRetriever(
            LexicalIndex(vocabulary, postings),
            DenseIndex(np.eye(4, dtype=np.float16)),
            FusionWeights(1, 0, 0, 0),
        )


@pytest.mark.parametrize(
    ("scores", "k", "rows"),
    [([0, 3, 1, 3, 2], 3, [1, 3, 4]), ([0, 0], 5, []), ([1, 1, 1], 2, [0, 1]), ([], 1, [])],
)
def test_best_rows_are_above_zero_best_first_and_equals_by_row(scores: list[float], k: int, rows: list[int]) -> None:
    held: NDArray[np.float32] = np.array(scores, dtype=np.float32)
    assert best_rows(held, k).tolist() == rows
