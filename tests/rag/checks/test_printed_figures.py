"""A figure of a sentence is printed of what the sentence tells."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Published
from rag.checks.faults import Fault
from rag.checks.printed_figures import figure_fault
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict

PRINTED = Published(date(2025, 4, 16), date(2025, 4, 16))
TEXT = "去年云溪渡口运客约8万人次，前年运客6万人次；渡船12条，船工31人。"


@pytest.mark.parametrize(
    ("sentence", "fault", "figure"),
    [
        ("云溪渡口有渡船21条。", Fault.NUMBER, "21条"),
        ("云溪渡口有船工12人。", Fault.NUMBER, "12人"),  # printed with another unit
        ("去年云溪渡口运客8万人次。", Fault.NUMBER, "8万人次"),  # 约 is lost
        ("前年云溪渡口运客约8万人次。", Fault.BOUND, "约8万人次"),
        ("去年云溪渡口运客6万人次。", Fault.BOUND, "6万人次"),
        ("云溪渡口有渡船12条。", Fault.NONE, ""),
        ("云溪渡口有船工31人。", Fault.NONE, ""),
        ("去年云溪渡口运客约8万人次。", Fault.NONE, ""),
        ("前年云溪渡口运客6万人次。", Fault.NONE, ""),
    ],
)
def test_a_figure_is_the_printed_one_in_the_check_and_the_whole_proof(sentence: str, fault: Fault, figure: str) -> None:
    assert figure_fault(Statement(sentence), [Ground(TEXT, published=PRINTED)], (), "") == (fault, figure)
    found = verdict(sentence, TEXT, PRINTED)
    assert (found.fault, found.detail) == (fault, figure)
