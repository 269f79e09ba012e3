"""An ordinal, a rank or a code number is the printed one: 二期 is not 三期, HK208 not HK20."""

from __future__ import annotations

import pytest

from rag.checks.faults import Fault
from rag.checks.numerals import unheld_numeral
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict

TEXT = "云溪渡口二期扩建工程开工，入选全省第三批示范渡口，居前十名，设三级泊位，型号HK208。"


@pytest.mark.parametrize(
    ("sentence", "unheld"),
    [
        ("云溪渡口三期扩建工程开工。", "三期"),
        ("云溪渡口入选第四批示范渡口。", "第四"),
        ("云溪渡口居前五名。", "前五"),
        ("云溪渡口设二级泊位。", "二级"),
        ("云溪渡口型号HK20。", "20"),  # the beginning of a number is another number
        ("云溪渡口二期扩建工程开工。", ""),
        ("云溪渡口入选第三批示范渡口。", ""),
        ("云溪渡口居前十名。", ""),
        ("云溪渡口设三级泊位。", ""),
        ("云溪渡口型号HK208。", ""),
    ],
)
def test_a_numeral_is_the_printed_one(sentence: str, unheld: str) -> None:
    assert unheld_numeral(Statement(sentence), [Ground(TEXT)]) == unheld


def test_a_headline_may_hold_it() -> None:
    statement, text = Statement("云溪渡口入选第三批示范渡口。"), "云溪渡口入选示范渡口。"
    assert not unheld_numeral(statement, [Ground(text, "第三批示范渡口公布")])
    assert unheld_numeral(statement, [Ground(text)]) == "第三"


def test_the_whole_proof_withholds_it() -> None:
    found = verdict("云溪渡口三期扩建工程开工。", TEXT)
    assert (found.fault, found.detail) == (Fault.NUMERAL, "三期")
    assert verdict("云溪渡口二期扩建工程开工。", TEXT).proven
