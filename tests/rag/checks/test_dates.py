"""Each part of a date is written, given by the article's own date, or named last before."""

from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Published
from rag.checks.dates import stated_date
from rag.checks.statements import Ground, Statement

PRINTED = Published(date(2025, 4, 16), date(2025, 4, 16))
TEXT = "去年5月，云溪渡口改建完工，今年上半年运客3万人次，3月8日起票价两元。"


def is_stated(sentence: str, text: str = TEXT, before: str = "", *, in_force: bool = False) -> bool:
    statement = Statement(sentence)
    (claimed,) = statement.dates
    return stated_date(statement, claimed, Ground(text, published=PRINTED, before=before), in_force=in_force)


@pytest.mark.parametrize(
    ("sentence", "stated"),
    [
        ("2025年5月，云溪渡口改建完工。", False),
        ("2024年6月，云溪渡口改建完工。", False),
        ("云溪渡口3月9日起票价两元。", False),
        ("2025年下半年，云溪渡口运客3万人次。", False),
        ("2025年，云溪渡口运客3万人次。", False),  # half a year's figure is not the year's
        ("2024年5月，云溪渡口改建完工。", True),
        ("2024年，云溪渡口改建完工。", True),  # without a figure a coarser date is true as well
        ("云溪渡口3月8日起票价两元。", True),
        ("云溪渡口2025年3月8日起票价两元。", True),
        ("2025年上半年，云溪渡口运客3万人次。", True),
    ],
)
def test_every_part_of_a_date_is_given(sentence: str, stated: bool) -> None:
    assert is_stated(sentence) is stated


def test_the_articles_own_date_is_that_of_the_report() -> None:
    assert is_stated("据2025年4月16日报道，云溪渡口改建完工。")
    assert not is_stated("据2025年4月15日报道，云溪渡口改建完工。")
    assert not is_stated("2025年4月16日，云溪渡口改建完工。")


def test_the_time_named_last_before_is_in_force_where_it_may_be() -> None:
    sentence, text, before = "2023年，渡口票价两元。", "渡口票价两元。", "2023年渡口改建。"
    assert is_stated(sentence, text, before, in_force=True)
    assert not is_stated(sentence, text, before)
    assert not is_stated("2022年，渡口票价两元。", text, before, in_force=True)
