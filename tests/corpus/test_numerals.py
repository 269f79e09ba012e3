from __future__ import annotations

import pytest

from corpus.chinese.facts import whole_number
from corpus.chinese.numerals import COUNT, by_digit, in_han, of_han


def test_what_is_written_in_characters_is_read_again() -> None:
    assert [of_han(in_han(number)) for number in range(100)] == list(range(100))
    assert [whole_number(in_han(number)) for number in range(100)] == list(range(100))


@pytest.mark.parametrize(("number", "said"), [(0, "零"), (10, "十"), (12, "十二"), (20, "二十"), (95, "九十五")])
def test_a_number_in_characters(number: int, said: str) -> None:
    assert in_han(number) == said


@pytest.mark.parametrize("word", ["", "12", "一百", "甲", "东", "几十"])
def test_no_numeral_of_two_digits(word: str) -> None:
    assert of_han(word) is None


def test_counting_goes_to_ten() -> None:
    assert [of_han(one) for one in COUNT] == list(range(1, 11))


@pytest.mark.parametrize(
    ("word", "number"), [("二〇二五", 2025), ("一九零八", 1908), ("叁", 3), ("", None), ("二十", None), ("2025", None)]
)
def test_a_year_is_read_digit_by_digit(word: str, number: int | None) -> None:
    assert by_digit(word) == number
