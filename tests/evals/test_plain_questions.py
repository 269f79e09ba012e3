"""What counts as said, and that the gold of the written sets stands in the articles."""

from __future__ import annotations

import pytest

from evals.cases import SETS, places, read_cases
from evals.values import holds_alias
from rag.answerer import ExtractiveAnswerer


@pytest.mark.parametrize("name", ["plain", "dev"])
def test_all_gold_evidence_stands_in_the_repaired_articles(name: str, answerer: ExtractiveAnswerer) -> None:
    for case in read_cases(SETS / f"{name}.jsonl"):
        assert case.answerable == bool(case.gold) or case.expected == "smalltalk", case.id
        for evidence in case.evidence:
            assert places(evidence, answerer.articles), case.id


@pytest.mark.parametrize(
    ("alias", "text", "found"),
    [
        ("12家", "新增312家企业", False),
        ("12家", "新增12家企业", True),
        ("6米", "路宽16米", False),
        ("3000亿元", "产值0.3万亿元", True),
        ("3000亿元", "产值3000万元", False),
        ("3,000亿元", "产值3000亿元", True),
        ("2023年3月", "2023年3月起", True),
        ("2023年", "12023年", False),
        ("5.2%", "5.2个百分点", False),
        ("鲁班锁", "以“鲁班锁”为灵感", True),
        ("數智城", "数智城", True),
        ("1.5公里", "11.5公里", False),
        ("40分钟", "40分钟即可直达", True),
        ("约10平方公里", "总面积约10平方公里", True),
    ],
)
def test_a_fact_is_found_by_value_and_never_inside_a_longer_number(alias: str, text: str, found: bool) -> None:
    assert holds_alias(alias, text) is found
