"""Exact match and F1 of CMRC 2018, as its official script computes them.

Source: Cui et al., "A Span-Extraction Dataset for Chinese Machine Reading Comprehension", EMNLP 2019, and the script
`cmrc2018_evaluate.py` that came with it: its list of marks, its segments, its longest common *contiguous* run. Two of its
habits are kept on purpose, for scores that compare with published ones: '……' is two characters in its list and so is
never removed, and ASCII commas and full stops are no marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_TREEBANK = re.compile(r"""\.\.\.|[;@#$%&?!"()\[\]{}<>]|,(?![0-9])|\.(?=\s*$)""")
_MARKS = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』") | {"……"}


def cmrc_exact(golds: Iterable[str], prediction: str) -> float:
    """Return 1 when the prediction is one of the golds once marks and case are set aside, else 0."""
    return float(any(_bare(gold) == _bare(prediction) for gold in golds))


def cmrc_f1(golds: Iterable[str], prediction: str) -> float:
    """Return the best F1 over the golds, from 0 to 1.

    Both sides become segments: each Chinese character and each mark one, a run of others (1067.27) one. With l the length
    of the longest run of segments that stands in both, P = l / |prediction|, R = l / |gold|, F1 = 2PR / (P + R), 0 if l = 0.
    Not a bag of characters: the same words in another order score low.
    """
    return max((_f1(gold, prediction) for gold in golds), default=0.0)


def _f1(gold: str, prediction: str) -> float:
    wanted, given = segments(gold), segments(prediction)
    common = _longest_run(wanted, given)
    if not common:
        return 0.0
    precision, recall = common / len(given), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def segments(text: str) -> list[str]:
    """Return what the script's `mixed_segmentation(…, rm_punc=True)` returns: 增长5.2% is 增, 长, 5.2, %.

    The script hands a run of other characters to NLTK's Treebank tokenizer; its rules for marks are written out here
    (3,000 stays whole, 5.2% and (AI) are cut), those for English contractions are not.
    """
    found: list[str] = []
    run = ""
    for character in text.lower().strip():
        if character in _MARKS:
            continue
        if "\u4e00" <= character <= "\u9fa5":
            found += [*_words(run), character]
            run = ""
        else:
            run += character
    return [*found, *_words(run)]


def _words(run: str) -> list[str]:
    return _TREEBANK.sub(r" \g<0> ", run).split()


def _bare(text: str) -> str:
    return "".join(character for character in text.lower().strip() if character not in _MARKS)


def _longest_run(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest contiguous run that both have."""
    best = 0
    before = [0] * (len(second) + 1)
    for one in first:
        row = [0] * (len(second) + 1)
        for at, other in enumerate(second, start=1):
            if one == other:
                row[at] = before[at - 1] + 1
                best = max(best, row[at])
        before = row
    return best
