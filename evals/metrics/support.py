"""Does a sentence follow from the words that it cites? Decided by facts and characters, without a model.

It replaces the entailment model of ALCE and AutoAIS, which reads English. What it cannot see: a negation that was added, two
facts swapped between their owners. What it always sees: a figure, date or name that the source does not have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.chinese.facts import DateFact, NameKind, Quantity, equal, names, same_date
from corpus.chinese.text import fold
from evals.values import dates_of, quantities_of

CONTAINMENT = 0.6  # share of a sentence's character pairs that its source must hold; see tests/evals/test_support.py
_CONTENT = re.compile(r"[\w%％]")
_SAID = frozenset({NameKind.TITLE, NameKind.QUOTED, NameKind.LATIN, NameKind.PROPER})


@dataclass(frozen=True, slots=True)
class SaidFact:
    """A figure, date or name at text[start:end] of what was said. `kind` is qty, date or name.

    `value` is what it says, read where it stands: 破亿元 is a quantity, 亿元 alone is none. None for a name.
    """

    kind: str
    text: str
    start: int
    end: int
    value: Quantity | DateFact | None = None


@lru_cache(maxsize=20_000)
def facts_in(text: str) -> tuple[SaidFact, ...]:
    """Return the figures, dates and names of `text`, in order of where they begin."""
    found = [SaidFact("qty", q.text, q.start, q.end, q) for q in quantities_of(text)]
    found += [SaidFact("date", d.text, d.start, d.end, d) for d in dates_of(text)]
    taken = [(fact.start, fact.end) for fact in found]
    for name in names(text):
        if name.kind in _SAID and not any(start <= name.start and name.end <= end for start, end in taken):
            found.append(SaidFact("name", name.text, name.start, name.end))
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.end)))


def states(fact: SaidFact, source: str) -> bool:
    """Tell whether `source` holds the fact: a figure or date by value, a name by its characters."""
    if isinstance(fact.value, Quantity):
        return any(equal(fact.value, other) for other in quantities_of(source))
    if isinstance(fact.value, DateFact):
        return any(same_date(fact.value, other) for other in dates_of(source))
    return folded(fact.text) in folded(source)


def supported(sentence: str, sources: Sequence[str], margin: float = CONTAINMENT) -> bool:
    """Tell whether `sources` together say `sentence`: each of its facts, and `margin` of its pairs of characters.

    A sentence whose pieces between cuts (…) stand in the sources as they are is supported without further question.
    """
    if not sources:
        return False
    source = "\n".join(sources)
    there = folded(source)
    pieces = [folded(piece) for piece in re.split("…+", sentence) if folded(piece)]
    if pieces and all(piece in there for piece in pieces):
        return True
    return all(states(fact, source) for fact in facts_in(sentence)) and containment(sentence, source) >= margin


def containment(sentence: str, source: str) -> float:
    """Return the share of the sentence's distinct pairs of neighbouring characters that `source` has; 1 for no pair.

    Figures and dates are left out: 五百年 and 500年 are compared by value, not by characters.
    """
    wanted = _pairs(_without_figures(sentence))
    return len(wanted & _pairs((folded(source),))) / len(wanted) if wanted else 1.0


@lru_cache(maxsize=20_000)
def _without_figures(sentence: str) -> tuple[str, ...]:
    pieces: list[str] = []
    at = 0
    for fact in facts_in(sentence):
        if fact.kind != "name" and fact.start >= at:
            pieces.append(folded(sentence[at : fact.start]))
            at = fact.end
    return (*pieces, folded(sentence[at:]))


def is_claim(sentence: str) -> bool:
    """Tell whether a sentence says something that can be checked: a fact, or six characters of content."""
    return bool(facts_in(sentence)) or len(_CONTENT.findall(sentence)) >= 6


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """Return `text` folded, with letters, digits and % alone."""
    return "".join(_CONTENT.findall(fold(text)))


@lru_cache(maxsize=20_000)
def _pairs(pieces: tuple[str, ...]) -> frozenset[str]:
    return frozenset(piece[at : at + 2] for piece in pieces for at in range(len(piece) - 1))
