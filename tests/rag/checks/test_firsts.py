"""The first of its kind is the first of that kind alone: 首个剧场 is more than 首个儿童剧场."""

from __future__ import annotations

from rag.checks.firsts import first_of_another
from rag.checks.statements import Ground, Statement


def test_the_first_of_a_narrower_kind_is_not_the_first_of_all() -> None:
    grounds = [Ground("望潮镇建成全县首个儿童剧场。")]
    assert first_of_another(Statement("望潮镇建成首个剧场。"), grounds) == "首个剧场"
    assert not first_of_another(Statement("望潮镇建成首个儿童剧场。"), grounds)
