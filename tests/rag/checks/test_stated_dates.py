"""A date of a sentence is given by a span that speaks of what the sentence tells; 今年 and 去年 by the very word."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Published
from rag.checks.content import STRICTNESS
from rag.checks.faults import Fault, Found
from rag.checks.stated_dates import date_fault
from rag.checks.statements import Ground, Statement
from tests.rag.checks.whole_proof import verdict

PRINTED = Published(date(2025, 4, 16), date(2025, 4, 16))
TEXT = "去年5月，云溪渡口改建完工。"


def fault_of(sentence: str, *texts: str) -> Found:
    return date_fault(Statement(sentence), [Ground(text, published=PRINTED) for text in texts], (), STRICTNESS)


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("2025年5月，云溪渡口改建完工。", "2025年5月"),
        ("2024年6月，云溪渡口改建完工。", "2024年6月"),
        ("前年，云溪渡口改建完工。", "前年"),
        ("2024年5月，云溪渡口改建完工。", ""),
        ("去年5月，云溪渡口改建完工。", ""),
        ("去年，云溪渡口改建完工。", ""),
    ],
)
def test_a_date_that_no_span_gives_is_found_by_the_check_and_the_whole_proof(sentence: str, wrong: str) -> None:
    expected = (Fault.DATE, wrong) if wrong else (Fault.NONE, "")
    assert fault_of(sentence, TEXT) == expected
    found = verdict(sentence, TEXT, PRINTED)
    assert (found.fault, found.detail) == expected


def test_the_date_of_another_span_is_that_of_another_thing() -> None:
    texts = ("云溪渡口2024年5月改建完工。", "山上茶园开门迎客，游人很多。")
    assert fault_of("2024年5月，山上茶园开门迎客。", *texts) == (Fault.BOUND, "2024年5月")
    assert fault_of("2024年5月，云溪渡口改建完工。", *texts) == (Fault.NONE, "")


@pytest.mark.parametrize(
    ("sentence", "fault"),
    [
        ("2023年，云溪渡口改建完工。", Fault.BOUND),
        ("2023年，云溪茶园开园迎客。", Fault.NONE),
        ("2024年，云溪渡口改建完工。", Fault.NONE),
        ("云溪茶园2024年5月开园迎客。", Fault.BOUND),
        ("2024年5月，云溪渡口获评示范渡口。", Fault.NONE),  # said of no time of its own: another check's matter
    ],
)
def test_an_event_is_of_the_time_that_its_own_clause_names(sentence: str, fault: Fault) -> None:
    text = "云溪渡口2024年5月改建完工，获评示范渡口。2023年，云溪茶园开园迎客。"
    assert fault_of(sentence, text)[0] is fault
    assert (verdict(sentence, text, PRINTED).fault is Fault.BOUND) == (fault is Fault.BOUND)
