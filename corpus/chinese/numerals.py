"""Numerals of one and two digits: 十二 and 12. What longer ones say, `corpus.chinese.facts.whole_number` tells."""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
COUNT = DIGITS[1:] + "十"  # as people count on their fingers, and as lists are numbered
_VALUE = {digit: value for value, digit in enumerate(DIGITS)}


def in_han(number: int) -> str:
    """Return a number from 0 to 99 in characters: 12 is 十二, 20 is 二十."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")


def of_han(word: str) -> int | None:
    """Return what a numeral of up to 99 says, 二三 digit by digit; None for anything else."""
    if not word or not set(word) <= {*_VALUE, "十"}:
        return None
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return int("".join(str(_VALUE[digit]) for digit in ones))
    return (_VALUE.get(tens, 1) if tens else 1) * 10 + _VALUE.get(ones, 0)
