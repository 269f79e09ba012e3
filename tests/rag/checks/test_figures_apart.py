"""The figures of one clause stand in one span: of two spans each would lend the other its thing."""

from __future__ import annotations

from rag.checks.figures_apart import figures_apart
from rag.checks.statements import Ground, Statement


def test_the_figures_of_a_clause_stand_in_one_span() -> None:
    grounds = [Ground("青禾镇有企业900家、学校12所。"), Ground("望潮镇有企业400家、学校7所。")]
    assert figures_apart(Statement("青禾镇有企业900家和学校7所。"), grounds) == "7所"
    assert not figures_apart(Statement("青禾镇有企业900家和学校12所。"), grounds)
    assert not figures_apart(Statement("青禾镇有企业900家，望潮镇有学校7所。"), grounds)
