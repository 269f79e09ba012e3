"""Does a sentence follow from what it cites? Nothing that a language model writes is shown without this.

A sentence passes when every figure (value and unit), date, quoted name and proper noun in it stands in the spans that it
cites, or is a calculation that it shows over them; when it neither reverses nor overstates them; and when enough of its
content words are theirs. A sentence that cites the wrong span is repaired by finding the span that proves it. An English
sentence is proven in the Chinese words that it stands for (`rag.glossing`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from corpus.records import Published
from rag.glossing import gloss, is_english
from rag.reckoning import formulas
from rag.stating import (
    Ground,
    Statement,
    content_length,
    cover,
    listed,
    longest_foreign,
    other_script,
    overstated,
    plan_told_as_result,
    relative_times,
    reversed_sense,
    same_amount,
    same_time,
    stated_date,
    unbound,
    unheld_numeral,
    unknown_word,
    unnamed,
    weakest_clause,
)

_CLAUSE_LENGTH = 4  # content characters that a clause needs to be looked at alone
SHORTEST = 4  # content characters or one figure: less says nothing that could be checked
_LONGEST = 400  # characters of a sentence
_TRIED = 8  # spans that a repair looks at
_TOGETHER = 3  # spans that a sentence may rest on after a repair
_GAP = 3  # characters between neighbouring sentences


class Fault(StrEnum):
    """Why a sentence is withheld."""

    NONE = ""
    NO_SOURCE = "no source"  # no mark that means anything, and no span that proves it
    EMPTY = "says nothing"
    TOO_LONG = "too long"
    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    NUMERAL = "numeral"
    BOUND = "figure of another thing"
    STRONG = "overstated"
    REVERSED = "reversed"
    PLAN = "plan told as result"
    COVER = "content"


@dataclass(frozen=True, slots=True)
class Strictness:
    """How much of a sentence must be the spans' own words: shares from 0 to 1, and characters.

    `cover` of its content characters, `clause` of those of every clause; at most `foreign` in a row in no span; `dated` of
    them by the span that gives its date: another span's date is that of another thing. The defaults were tuned by `python -m rag.training proof` on summaries of news that are none of ours; docs/llm.md shows
    the curve.
    """

    cover: float = 0.7
    clause: float = 0.4
    foreign: int = 3
    dated: float = 0.35


STRICTNESS = Strictness()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One numbered span that the model was shown: `text` is article.text[start:end], `n` counts from 1."""

    n: int
    article_id: str
    start: int
    end: int
    text: str
    heading: str = ""
    published: Published | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`numbers` are the spans that prove the sentence, in order; empty when it is withheld, then `fault` says why.

    `repaired`: the sentence did not cite them itself.
    """

    numbers: tuple[int, ...]
    fault: Fault
    detail: str = ""
    repaired: bool = False

    @property
    def proven(self) -> bool:
        return not self.fault


class Prover:
    """Proves sentences against the numbered evidence of one question."""

    def __init__(self, evidence: Sequence[Evidence], strictness: Strictness = STRICTNESS) -> None:
        self._strictness = strictness
        self._grounds: Mapping[int, Ground] = {
            one.n: Ground(one.text, one.heading, one.published) for one in evidence
        }
        self._places = {one.n: (one.article_id, one.start, one.end) for one in evidence}

    def prove(self, sentence: str, cited: Sequence[int]) -> Verdict:
        """Return what proves `sentence` (without its marks), which cites the spans `cited`."""
        if len(sentence) > _LONGEST:
            return Verdict((), Fault.TOO_LONG)
        if is_english(sentence):
            sentence = gloss(sentence, [ground.text for ground in self._grounds.values()])
        statement = Statement(sentence)
        if content_length(statement) < SHORTEST and not statement.quantities:
            return Verdict((), Fault.EMPTY)
        known = tuple(dict.fromkeys(n for n in cited if n in self._grounds))
        fault, detail = Fault.NO_SOURCE, ""
        if known:
            fault, detail = self._fault(statement, known)
            if not fault:
                return Verdict(self._needed(statement, known), Fault.NONE)
        for numbers in self._others(statement, known):
            found, _ = self._fault(statement, numbers)
            if not found:
                return Verdict(self._needed(statement, numbers), Fault.NONE, repaired=True)
        return Verdict((), fault, detail)

    def _fault(self, statement: Statement, numbers: Sequence[int]) -> tuple[Fault, str]:
        return fault(statement, [self._grounds[n] for n in numbers], self._strictness)

    def _needed(self, statement: Statement, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return `numbers` without those that the proof does not need."""
        kept = list(numbers)
        for n in reversed(numbers):
            rest = [one for one in kept if one != n]
            if rest and not self._fault(statement, rest)[0]:
                kept = rest
        return tuple(kept)

    def _others(self, statement: Statement, cited: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Yield other spans to try, the likeliest first: one alone, what is cited with a neighbour, then neighbours.

        Only sentences that stand side by side are joined: of two from far apart each would lend the other its words.
        """
        likely = sorted(self._grounds, key=lambda n: (-cover(statement, [self._grounds[n]]), n))[:_TRIED]
        yield from ((n,) for n in likely)
        if cited and len(cited) < _TOGETHER:
            yield from ((*cited, n) for n in likely if n not in cited and any(self._touch(n, one) for one in cited))
        for n in likely:
            for run in ((n, n + 1), (n - 1, n), (n - 1, n, n + 1)):
                if all(self._touch(a, b) for a, b in pairwise(run)):
                    yield run

    def _touch(self, a: int, b: int) -> bool:
        """Whether two spans are neighbouring sentences of one article."""
        first, second = sorted((a, b))
        if second - first != 1 or first not in self._places or second not in self._places:
            return False
        (article, _, end), (other, start, _) = self._places[first], self._places[second]
        return article == other and start - end <= _GAP


def fault(
    statement: Statement, grounds: Sequence[Ground], strictness: Strictness = STRICTNESS
) -> tuple[Fault, str]:
    """Return why `statement` does not follow from `grounds` taken together, and the words at fault."""
    printed = [quantity for ground in grounds for quantity in ground.quantities]
    shown = formulas(statement.text, lambda quantity: any(same_amount(quantity, other) for other in printed))
    for quantity in statement.quantities:
        within = any(formula.start <= quantity.start < formula.end for formula in shown)
        result = any(same_amount(quantity, formula.result) for formula in shown)
        if within or result or listed(statement, quantity):
            continue
        holders = [(ground, other) for ground in grounds for other in ground.quantities if same_amount(quantity, other)]
        if not holders:
            return Fault.NUMBER, quantity.text
        if not any(same_time(statement, quantity, ground, other) for ground, other in holders):
            return Fault.BOUND, quantity.text
        if unbound(statement, quantity, grounds):
            return Fault.BOUND, quantity.text
    for fact in statement.dates:
        givers = [ground for ground in grounds if stated_date(statement, fact, [ground])]
        if not givers:
            return Fault.DATE, fact.text
        if max(cover(statement, [ground]) for ground in givers) < strictness.dated:
            return Fault.BOUND, fact.text
    text = "\n".join(ground.folded for ground in grounds)
    for word in relative_times(statement):
        if word not in text:
            return Fault.DATE, word
    if word := unheld_numeral(statement, grounds):
        return Fault.NUMERAL, word
    if word := unnamed(statement, grounds):
        return Fault.NAME, word
    if word := unknown_word(statement, grounds):
        return Fault.NAME, word
    if word := other_script(statement, grounds):
        return Fault.COVER, word
    if word := overstated(statement, grounds):
        return Fault.STRONG, word
    if (
        cover(statement, grounds) < strictness.cover
        or weakest_clause(statement, grounds, _CLAUSE_LENGTH) < strictness.clause
        or longest_foreign(statement, grounds) > strictness.foreign
    ):
        return Fault.COVER, ""
    if reversed_sense(statement, grounds):
        return Fault.REVERSED, ""
    if plan_told_as_result(statement, grounds):
        return Fault.PLAN, ""
    return Fault.NONE, ""
