"""Recall, reciprocal rank, nDCG and span recall on rankings small enough for paper."""

from __future__ import annotations

from math import log2

import pytest

from evals.metrics.ndcg import ndcg
from evals.metrics.recall import recall_at_k
from evals.metrics.reciprocal_rank import reciprocal_rank
from evals.metrics.relevance import Judged, Retrieved, judge
from evals.metrics.span_recall import span_recall
from evals.run.systems import units_of
from tests.evals.worlds import ARTICLES, BRIDGE, FIRMS, TOWN, case, evidence, qty


def judged(*holds: set[int], needed: int = 1, any_enough: bool = False) -> Judged:
    available = tuple(frozenset({index}) for index in range(needed))
    return Judged(tuple(map(frozenset, holds)), needed, any_enough, available, ())


def test_recall_counts_evidence_once_and_is_capped_by_k() -> None:
    ranking = judged({0}, {0}, {1}, needed=2)
    assert [recall_at_k(ranking, k) for k in (1, 2, 3)] == [1.0, 0.5, 1.0]


def test_recall_is_whole_as_soon_as_one_of_any_is_found() -> None:
    assert recall_at_k(judged(set(), {1}, needed=3, any_enough=True), 2) == 1
    assert recall_at_k(judged(set(), {1}, needed=3, any_enough=True), 1) == 0


def test_recall_of_no_hits_is_no_recall() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        recall_at_k(judged({0}), 0)


def test_reciprocal_rank_is_that_of_the_first_hit_within_k() -> None:
    assert reciprocal_rank(judged(set(), set(), {0})) == pytest.approx(1 / 3)
    assert reciprocal_rank(judged(set(), set(), {0}), k=2) == 0


def test_ndcg_rewards_new_evidence_only() -> None:
    ideal = 1 + 1 / log2(3)
    assert ndcg(judged({0}, {1}, needed=2)) == pytest.approx(1)
    assert ndcg(judged({0}, {0}, {1}, needed=2)) == pytest.approx((1 + 1 / log2(4)) / ideal)
    assert ndcg(judged(set(), {0})) == pytest.approx(1 / log2(3))


def test_ndcg_of_any_counts_the_first_alone() -> None:
    assert ndcg(judged({0}, {1}, needed=2, any_enough=True)) == 1
    assert ndcg(judged(set(), {1}, needed=2, any_enough=True)) == pytest.approx(1 / log2(3))


def test_a_hit_is_judged_by_the_characters_it_shares_with_the_evidence() -> None:
    start = TOWN.text.index("小镇集聚企业2600余家")
    ranked = [Retrieved(BRIDGE.id, 0, 5), Retrieved(TOWN.id, start + 3, start + 8)]
    seen = judge(FIRMS, ranked, ARTICLES, units_of([BRIDGE, TOWN]))
    assert seen.holds == (frozenset(), frozenset({0}))
    assert seen.needed == 2


def test_span_recall_counts_characters() -> None:
    park = case("park", "公园多大？", (qty("311亩"),), (evidence(TOWN, "公园占地311亩"),))
    start = TOWN.text.index("公园占地311亩")
    ranked = [Retrieved(TOWN.id, start, start + 4), Retrieved(TOWN.id, start + 2, start + 8)]
    seen = judge(park, ranked, ARTICLES, units_of([BRIDGE, TOWN]))
    assert span_recall(seen, 1) == pytest.approx(4 / 8)
    assert span_recall(seen, 10) == 1


def test_a_case_without_evidence_measures_no_finding() -> None:
    with pytest.raises(ValueError, match="no evidence"):
        judge(case("absent"), [], ARTICLES, [])
