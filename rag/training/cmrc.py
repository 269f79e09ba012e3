"""How CMRC 2018 scores a short answer."""

from __future__ import annotations

import re

_MARKS = frozenset("-:_*^/\\~`+=,。:?!“”;’《》·、「」()-~『』") | frozenset("，。：？！；（）－～")
_WORDS = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:['.][^\W\d_]+)*|\w+|[^\s\w]")


def cmrc_units(text: str) -> list[str]:
    """Return Chinese characters and other words of `text` without punctuation, as CMRC 2018's script cuts them."""
    units: list[str] = []
    rest = ""
    for character in text.lower().strip():
        if character in _MARKS:
            continue
        if "\u4e00" <= character <= "\u9fa5":
            units += _WORDS.findall(rest)
            rest = ""
            units.append(character)
        else:
            rest += character
    return units + _WORDS.findall(rest)


def cmrc_f1(predicted: str, answer: str) -> float:
    """Return F1 of the longest common substring in units, 0 to 1. Source: CMRC 2018, cmrc2018_evaluate.py."""
    mine, theirs = cmrc_units(predicted), cmrc_units(answer)
    if not mine or not theirs:
        return float(mine == theirs)
    longest = 0
    row = [0] * (len(theirs) + 1)
    for unit in mine:
        row = [0] + [row[j] + 1 if unit == other else 0 for j, other in enumerate(theirs)]
        longest = max(longest, max(row))
    if not longest:
        return 0.0
    precision, recall = longest / len(mine), longest / len(theirs)
    return 2 * precision * recall / (precision + recall)
