"""The product that is checked out, asked everything: it holds its floors, it is not worse than its baseline, and the README
says of it what is so.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.records import Article
from evals.cases import EvalCase, dataset_hash
from evals.report.baselines import BASELINE, read_baseline
from evals.report.readme import _ROWS
from evals.report.reporting import read_summary
from evals.run.running import RETRIEVE, Run, run
from evals.run.systems import Extractive
from evals.verdict.gating import WORSE, check, read_floors
from evals.verdict.summarising import estimates
from index.search.fusion import FusionWeights

pytestmark = pytest.mark.slow
STALE = 0.005  # a shown figure may be this far from the one that is re-derived, for processors differ in the last bit


@pytest.fixture(scope="module")
def product(suite: tuple[EvalCase, ...], articles: tuple[Article, ...]) -> Run:
    return run(suite, Extractive(), articles)


def test_the_product_may_go_out(product: Run) -> None:
    verdict = check(product, read_floors(), read_baseline(BASELINE))
    broken = [f"{gate.told}：{'、'.join(gate.cases[:8])}" for gate in verdict.gates if gate.passed is False]
    assert verdict.code == 0, "\n".join(
        [*verdict.reasons, *broken, "renew with `linping eval baseline` if this is meant"]
    )


def test_the_readme_is_not_stale(product: Run) -> None:
    shown = read_summary(BASELINE)["metrics"]
    fresh = estimates(product.rows)
    old = [
        f"{key}: {shown[key]['value']:.4f}, now {fresh[key].value:.4f}"
        for key, _ in _ROWS
        if abs(shown[key]["value"] - fresh[key].value) > STALE
    ]
    assert not old, f"{old}; renew with `linping eval baseline`"


def test_a_worse_fusion_weight_is_caught_and_the_cases_it_broke_are_named(
    suite: tuple[EvalCase, ...], articles: tuple[Article, ...], tmp_path: Path
) -> None:
    from dataclasses import replace

    asked = [case for case in suite if case.evidence and not case.made and case.id.startswith("plain-")]
    committed = replace(read_baseline(BASELINE), stage=RETRIEVE)
    whole = dataset_hash(suite)
    good = replace(run(asked, Extractive(search_only=True), articles, stage=RETRIEVE), dataset=whole)
    assert check(good, read_floors(), committed, whole=False).code == 0
    bad_weights = FusionWeights(lexical_relative=0, lexical_absolute=0, dense_relative=0, dense_absolute=1)
    bad = replace(run(asked, Extractive(bad_weights, search_only=True), articles, stage=RETRIEVE), dataset=whole)
    verdict = check(bad, read_floors(), committed, whole=False)
    assert verdict.code == WORSE
    gate = next(gate for gate in verdict.gates if gate.metric == "ndcg@10" and gate.kind == "baseline")
    ranks = {row.case.id: row.gold_rank or 99 for row in good.rows}
    fell = {row.case.id for row in bad.rows if (row.gold_rank or 99) > ranks[row.case.id]}
    assert len(gate.cases) >= 5
    assert set(gate.cases) & fell
