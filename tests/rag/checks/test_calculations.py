"""A calculation that a sentence shows is proof where its operands are printed, and printed of what the sentence tells."""

from __future__ import annotations

import pytest

from rag.checks.calculations import calculations, of_other_figures, without
from rag.checks.statements import Ground, Statement

GROUNDS = [Ground("青禾镇有企业900家；望潮镇有企业400家；河畔镇有企业50家。")]


def test_only_a_formula_over_what_is_printed_is_one() -> None:
    (shown,) = calculations(Statement("相差900家−400家=500家。"), GROUNDS)
    assert without("相差900家−400家=500家。", (shown,)) == "相差。"
    assert not calculations(Statement("相差900家−300家=600家。"), GROUNDS)


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("青禾镇和望潮镇一共有企业1300家（900家+400家=1300家）。", False),
        ("青禾镇和望潮镇一共有企业950家（900家+50家=950家）。", True),
        ("青禾镇比望潮镇多500家（900家−400家=500家）。", False),
        ("望潮镇比青禾镇多500家（900家−400家=500家）。", True),
    ],
)
def test_it_reckons_with_the_figures_of_what_the_sentence_tells(sentence: str, wrong: bool) -> None:
    statement = Statement(sentence)
    shown = calculations(statement, GROUNDS)
    assert shown and bool(of_other_figures(statement, shown, GROUNDS, "")) is wrong
