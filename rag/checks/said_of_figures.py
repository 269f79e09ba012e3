"""What is said of a figure or day is said of no other one: 5元那枚的背景是…, 3.70元那枚的背景是…."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.chinese.facts import DateFact, Quantity, comparable, equal
from rag.checks.statements import HAN_BEFORE, Ground, Statement, piece_at

_LEADING = 6  # characters of a clause in which the figure stands that the rest is said of
_SAID = 4  # characters of what is said of it
_Key = Quantity | DateFact


def said_of_another(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return what a clause says of the figure or day that it begins with, where the spans say it of another one; or nothing."""
    for key, said in _sayings(statement):
        for ground in grounds:
            rivals = _rivals(key, ground)
            places = [found.start() for found in re.finditer(re.escape(said), ground.evened)]
            if len(rivals) >= 2 and places and not any(_is_of(key, at, ground, rivals) for at in places):
                return said
    return ""


def _sayings(statement: Statement) -> Iterator[tuple[_Key, str]]:
    """Yield each figure or day with the longest words that its clause ends with."""
    keys: list[_Key] = [*statement.quantities, *(one for one in statement.dates if one.day)]
    for key in keys:
        piece = piece_at(statement.folded, key.start, key.end)
        run = HAN_BEFORE.search(statement.folded, key.end, piece.end)
        if run is None or key.start - piece.start > 2 * _LEADING:
            continue
        words = re.split("的?(?:是|为|在|于|将|叫)", run.group())[-1]
        if len(words) >= _SAID:
            yield key, words


def _rivals(key: _Key, ground: Ground) -> list[_Key]:
    if isinstance(key, Quantity):
        return [one for one in ground.quantities if comparable(key, one)]
    return [one for one in ground.dates if one.day]


def _is_of(key: _Key, at: int, ground: Ground, rivals: Sequence[_Key]) -> bool:
    """Whether what stands at a place of a span may be said of `key`: of those in its clause, else of the last one before."""
    piece = piece_at(ground.evened, at, at)
    near = [one for one in rivals if piece.start <= one.start < piece.end]
    before = [one for one in rivals if one.end <= at]
    near = near or before[-1:] or list(rivals[:1])
    return any(_equal(key, one) for one in near)


def _equal(key: _Key, other: _Key) -> bool:
    if isinstance(key, Quantity) and isinstance(other, Quantity):
        return equal(key, other)
    return (
        isinstance(key, DateFact) and isinstance(other, DateFact) and (key.month, key.day) == (other.month, other.day)
    )
