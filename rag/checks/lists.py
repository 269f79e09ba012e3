"""A list is one list: its items stand in one enumeration of the spans, not one of them in another."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from rag.checks.statements import BETWEEN_ITEMS

_LIST = re.compile("[^，。；：,;:]*、[^，。；：,;:]*")
_PIECE = re.compile("[，。；：！？\n]")
_SHORTEST = 2  # characters that tell an item
_INSIDE = 2  # items that stand together


def item_of_another_list(sentence: str, texts: Sequence[str], around: str) -> str:
    """Return the one item of a list that stands beside none of the others in the texts, but elsewhere; or nothing."""
    pieces = [_bare(piece) for text in texts for piece in _PIECE.split(text)]
    for found in _LIST.finditer(sentence):
        first, *rest = found.group().split("、", 1)
        parts = [_bare(part) for part in (re.split("[和与及]", first)[-1], *BETWEEN_ITEMS.split(rest[0]))]
        items = [_end(parts[0], around), *parts[1:-1], _beginning(parts[-1], around)]
        items = [item for item in items if len(item) >= _SHORTEST]
        if len(items) <= _INSIDE:
            continue
        best = max(pieces, key=lambda piece: sum(item in piece for item in items), default="")
        outside = [item for item in items if item not in best]
        if len(outside) == 1 and outside[0] in around:
            return outside[0]
    return ""


def _bare(text: str) -> str:
    return re.sub('["\\s]|\\([^)]*\\)', "", fold(text))


def _end(part: str, around: str) -> str:
    """Return the longest end of the first item, which the sentence leads in, that stands before a further one."""
    return next((part[at:] for at in range(len(part) - 1) if part[at:] + fold("、") in around), "")


def _beginning(part: str, around: str) -> str:
    """Return the longest beginning of the last item, which the sentence goes on after, that was found."""
    return next((part[:end] for end in range(len(part), _SHORTEST - 1, -1) if part[:end] in around), "")
