from __future__ import annotations

from datetime import date

import pytest

from corpus.records import Precision, Span, TimeMention
from rag.answerer import ExtractiveAnswerer
from rag.figures.scopes import period_text, scope_of


def mention(first: date, last: date, precision: Precision, text: str = "那时") -> TimeMention:
    return TimeMention(0, 2, text, first, last, precision)


@pytest.mark.parametrize(
    ("first", "last", "precision", "shown"),
    [
        (date(2023, 1, 1), date(2023, 12, 31), Precision.YEAR, "2023年"),
        (date(2024, 7, 1), date(2024, 12, 31), Precision.HALF, "2024年下半年"),
        (date(2024, 4, 1), date(2024, 6, 30), Precision.QUARTER, "2024年第2季度"),
        (date(2024, 5, 1), date(2024, 5, 31), Precision.MONTH, "2024年5月"),
        (date(2024, 5, 9), date(2024, 5, 9), Precision.DAY, "2024年5月9日"),
        (date(2021, 1, 1), date(2023, 12, 31), Precision.RANGE, "2021—2023年"),
        (date(2021, 4, 1), date(2024, 5, 31), Precision.OPEN, "那时"),
    ],
)
def test_a_period_is_written_as_a_reader_writes_it(first: date, last: date, precision: Precision, shown: str) -> None:
    assert period_text(mention(first, last, precision)) == shown


def test_a_time_without_its_year_is_not_shown() -> None:
    assert period_text(TimeMention(0, 2, "3月", None, None, Precision.MONTH)) == period_text(None) == ""


def test_a_figure_carries_its_own_period_and_not_that_of_its_neighbour(real_answerer: ExtractiveAnswerer) -> None:
    snapshot = real_answerer.snapshot
    shown = {
        snapshot.sentences[row].text[span.start : span.end]: scope_of(row, span, snapshot)
        for row in range(len(snapshot.sentences))
        for value in ("3000亿元", "1724.22亿元")
        if (at := snapshot.sentences[row].text.find(value)) >= 0
        for span in [Span(at, at + len(value))]
    }
    assert shown["3000亿元"].startswith("2028年") and shown["1724.22亿元"].startswith("2023年")
