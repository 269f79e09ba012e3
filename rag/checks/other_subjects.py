"""What is said of one subject in a clause is said of no other: its own subject stands before it there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.words import any_of
from rag.checks.statements import pieces_of

_WORDS = re.compile("[\u3400-\u9fff]{3}")
_FIRST, _LAST = 4, 3  # characters of a subject, and of what is said of it, that stand in a text word for word
_JOINED = 0.8  # of a piece of a sentence that the two make up
_OWN = 4  # characters before what is said, in its own clause of the text: a subject
_LEADS_IN = re.compile(f"^(?:{any_of('rag/leading')}|[并也还将正已不]|成功|先后|同时|其中|集聚|拥有)")


def split_from(sentence: str, texts: Sequence[str]) -> str:
    """Return what a sentence says of a subject where the texts say it only of another subject, in another clause; or nothing."""
    pieces = [piece for text in texts for piece in pieces_of(text)]
    for piece in pieces_of(sentence):
        first = next(
            (piece[:end] for end in range(len(piece), _FIRST - 1, -1) if any(piece[:end] in one for one in pieces)), ""
        )
        last = next(
            (
                piece[at:]
                for at in range(len(first), len(piece) - _LAST + 1)
                if any(piece[at:] in one for one in pieces)
            ),
            "",
        )
        if (
            not last
            or last[0] in "在于"
            or not _WORDS.search(last)
            or len(first) + len(last) < _JOINED * len(piece)
            or any(first[:_FIRST] in one and last in one for one in pieces)
        ):
            continue
        of = [one[: one.find(last)] for one in pieces if last in one]
        if all(len(words) >= _OWN and not _LEADS_IN.match(words) for words in of) and any(
            first in one and len(one) - one.find(first) - len(first) >= _LAST for one in pieces
        ):
            return last
    return ""
