"""Digits in characters, and numerals of one and two of them: 十二 and 12.

What longer ones say, `corpus.chinese.facts.whole_number` tells.
"""

from __future__ import annotations

DIGITS = "零一二三四五六七八九"
COUNT = DIGITS[1:] + "十"  # as people count on their fingers, and as lists are numbered
VALUES = {digit: value for row in (DIGITS, "〇壹贰叁肆伍陆柒捌玖") for value, digit in enumerate(row)} | {"两": 2}


def in_han(number: int) -> str:
    """Return a number from 0 to 99 in characters: 12 is 十二, 20 is 二十."""
    tens, ones = divmod(number, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones or not tens else "")


def of_han(word: str) -> int | None:
    """Return what a numeral of up to 99 says, 二三 and 二〇二五 digit by digit; None for anything else."""
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return by_digit(word)
    if not set(word) <= {*VALUES, "十"}:
        return None
    return (VALUES.get(tens, 1) if tens else 1) * 10 + VALUES.get(ones, 0)


def by_digit(word: str) -> int | None:
    """Return what digits in a row say, 二〇二五 is 2025; None where anything else stands among them."""
    if not word or not set(word) <= VALUES.keys():
        return None
    return int("".join(str(VALUES[digit]) for digit in word))
