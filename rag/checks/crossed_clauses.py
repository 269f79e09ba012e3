"""Two clauses keep their own ends: 甲快, 乙慢 is not 甲慢, 乙快."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rag.checks.statements import han_pairs, pieces_of

_CLAUSE = 6  # characters of an item of a list that is a clause


def crossed(sentence: str, texts: Sequence[str]) -> str:
    """Return two pieces of a sentence whose beginnings and ends stand in the texts crosswise: 甲慢, 乙快 for 甲快, 乙慢."""
    told = pieces_of(sentence)
    for alone in (False, True):  # then also items of a list that are clauses: 愿意做甲的多、愿意做乙的少
        if alone and "、" in sentence:
            return ""
        parts = [part for text in texts for part in (text.split("、") if alone else [text])]
        given = [piece for part in parts for piece in pieces_of(part) if not alone or len(piece) >= _CLAUSE]
        pieces = [set(han_pairs(piece)) for piece in given]
        if found := _crossed(told, [_ends(han_pairs(piece), pieces, alone=alone) for piece in told]):
            return found
    return ""


def _crossed(told: Sequence[str], ends: Sequence[tuple[set[int], set[int]]]) -> str:
    for one, other in combinations(range(len(told)), 2):
        (begins, stops), (other_begins, other_stops) = ends[one], ends[other]
        first, second = (begins & other_stops) - stops - other_begins, (stops & other_begins) - begins - other_stops
        if first and second:
            return f"{told[one]} … {told[other]}"
    return ""


def _ends(ordered: Sequence[str], pieces: Sequence[set[str]], *, alone: bool) -> tuple[set[int], set[int]]:
    """Return the pieces of the texts that hold the first, and those that hold the last pair of characters that any holds.

    `alone`: that one piece alone holds.
    """
    held = [found for pair in ordered if (found := {at for at, piece in enumerate(pieces) if pair in piece})]
    held = [one for one in held if len(one) == 1 or not alone]
    return (held[0], held[-1]) if held else (set(), set())
