"""Does a sentence follow from what it cites? Nothing that a language model writes is shown without this.

A sentence passes when every figure (value and unit), date, quoted name and proper noun in it stands in the spans that it
cites, or is a calculation that it shows over them; when it neither reverses nor overstates them; and when enough of its
content words are theirs. A sentence that cites the wrong span is repaired by finding the span that proves it. An English
sentence is proven in the Chinese words that it stands for (`rag.proof.gloss`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from corpus.chinese.facts import Approximation, Comparison, Quantity, compare, names
from corpus.chinese.text import fold, split_clauses
from corpus.records import Published, Span
from rag.proof.absences import untold
from rag.proof.acknowledgements import without_acknowledgement
from rag.proof.amounts import listed, same_amount, same_time, unbound
from rag.proof.attributions import Attribution, attribution
from rag.proof.borne_out import BearsOut
from rag.proof.causes import causes_reversed
from rag.proof.comparisons import (
    comparison,
    exchanged,
    fits_another,
    incomplete,
    labelled,
    of_something_else,
    reckons_with_another,
)
from rag.proof.conditions import condition_told_as_fact
from rag.proof.content import content_length, cover, longest_foreign, names_elsewhere, other_script, weakest_clause
from rag.proof.corrections import without_denial
from rag.proof.dates import relative_times, stated_date
from rag.proof.exchanges import exchanged_word
from rag.proof.gloss import gloss, is_english
from rag.proof.implied import counts_named, is_measure_itself, reckoned
from rag.proof.lists import item_of_another_list
from rag.proof.naming import places_named, spoken_of, unnamed
from rag.proof.neighbours import (
    adds_up_unnamed,
    altered_item,
    beside_another,
    counts_another,
    counts_unheld,
    of_another_scope,
    of_another_time,
    other_side,
    said_of_another,
)
from rag.proof.numerals import unheld_numeral
from rag.proof.order import crossed, other_complement, split_from, turned_round
from rag.proof.ordinals import Numbered, numbered
from rag.proof.owners import of_another
from rag.proof.plans import plan_told_as_result, result_told_as_plan
from rag.proof.reckoning import Formula, formulas
from rag.proof.segments import of_another_stretch
from rag.proof.sense import reversed_sense
from rag.proof.speakers import other_speaker
from rag.proof.statements import Ground, Statement
from rag.proof.strength import first_of_another, overstated
from rag.proof.titles import other_title
from rag.proof.unknown_words import unknown_word
from rag.proof.values import (
    CERTAIN,
    SURE,
    Read,
    Reads,
    agrees,
    bare_value,
    contradicts,
    gives,
    is_answer,
    is_pure,
    prints,
)

_CLAUSE_LENGTH = 4  # content characters that a clause needs to be looked at alone
SHORTEST = 4  # content characters or one figure: less says nothing that could be checked
_LONGEST = 400  # characters of a sentence
_TRIED = 8  # spans that a repair looks at
_TOGETHER = 3  # spans that a sentence may rest on after a repair
_GAP = 3  # characters between neighbouring sentences
_NOT_HELD = 2  # characters in a row that a span which the sentence did not cite itself may lack
_NAME = 8  # characters of a name that stands alone
_VERB = 2  # content characters that say something of a date or a report: 8月6日发生的
_TOLD = 60  # characters before a span that may tell what a sentence tells
_BACK = 6  # sentences before a span whose time and names hold for it


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
    ORDER = "names exchanged"
    CAUSE = "cause and effect"
    COMPARED = "compared wrongly"
    VALUE = "another value than the span answers with"
    REPORTED = "another article's date"
    DOUBTED = "the reader doubts it"
    ABSENCE = "statement of absence"  # proves nothing; whoever shows it does so beside something proven


# What a sentence lacks of the spans' words, which free wording lacks too: where the reader is sure of it, it is shown.
_LACKING = frozenset({Fault.EMPTY, Fault.NAME, Fault.COVER})
_BORNE_OUT = 2.5  # log-odds from which the reader is sure that spans bear a sentence out
_DOUBTED = -2.0  # log-odds below which it doubts what the checks let pass; docs/llm.md has the curve of both


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
ANSWERING = Strictness(cover=0.6, clause=0.3, foreign=3)  # of a sentence that gives the words which answer
LENT = 0.3  # probability that a span answers, from which it speaks of the question's things in its own words


@dataclass(frozen=True, slots=True)
class ShownSpan:
    """One numbered span that the model was shown: `text` is article.text[start:end], `n` counts from 1."""

    n: int
    article_id: str
    start: int
    end: int
    text: str
    heading: str = ""
    published: Published | None = None
    before: str = ""  # what precedes it in its article, shown or not


@dataclass(frozen=True, slots=True)
class Verdict:
    """`numbers` are the spans that prove the sentence, in order; empty when it is withheld, then `fault` says why.

    `repaired`: the sentence did not cite them itself.
    """

    numbers: tuple[int, ...]
    fault: Fault
    detail: str = ""
    repaired: bool = False
    calculation: str = ""  # the formula that the sentence shows, as text

    @property
    def proven(self) -> bool:
        return not self.fault


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is left of a sentence for the spans to prove, and what else must hold of them."""

    statement: Statement
    attribution: Attribution | None = None
    numbered: Numbered | None = None


class Prover:
    """Proves sentences against the numbered evidence of one question.

    `question` supplies what a short answer leaves out, and words for the rest; `reads` tells how a span reads as an answer
    to it; `bears_out` how surely spans bear out a sentence.
    """

    def __init__(
        self,
        evidence: Sequence[ShownSpan],
        strictness: Strictness = STRICTNESS,
        *,
        question: str = "",
        reads: Reads | None = None,
        bears_out: BearsOut | None = None,
    ) -> None:
        self._strictness = strictness
        self._bears_out = bears_out
        self._question = question
        self._reads = reads
        self._grounds: Mapping[int, Ground] = {
            one.n: Ground(_closed_up(one.text), one.heading, one.published, _before(one, evidence)) for one in evidence
        }
        said = [fold(name.text) for text in (question, *(one.text for one in evidence)) for name in names(text)]
        self._names = {name for name in said if len(name) >= 2 and name in fold(question)} if question else set()
        self._around = "\n".join(ground.folded for ground in self._grounds.values())
        self._places = {one.n: (one.article_id, one.start, one.end) for one in evidence}

    def prove(self, sentence: str, cited: Sequence[int]) -> Verdict:
        """Return what proves `sentence` (without its marks), which cites the spans `cited`."""
        if len(sentence) > _LONGEST:
            return Verdict((), Fault.TOO_LONG)
        if is_english(sentence):
            sentence = gloss(sentence, [ground.text for ground in self._grounds.values()])
        elif untold(sentence):
            return Verdict((), Fault.ABSENCE, untold(sentence) or "")
        known = tuple(dict.fromkeys(n for n in cited if n in self._grounds))
        claim = self._claim(sentence)
        fault, detail = Fault.NO_SOURCE, ""
        if content_length(claim.statement) < SHORTEST and not claim.statement.quantities and not self._question:
            return Verdict((), Fault.EMPTY)
        for n in known:
            if claim.statement.folded.strip(".") == self._grounds[n].folded.strip("."):  # the article's own sentence
                return self._proven(claim, (n,))
        if known:
            fault, detail = self._weighed(sentence, claim, known)
            if not fault:
                return self._proven(claim, known)
        if fault in (Fault.COMPARED, Fault.VALUE) or self._contradicted(
            claim.statement, known
        ):  # no other span saves it
            return Verdict((), fault, detail)
        held = bool(known) and cover(claim.statement, [self._grounds[n] for n in known]) >= self._strictness.cover
        for numbers in self._others(claim.statement, known, only_beside=held):
            found, _ = self._fault(claim, numbers)
            if (
                not found
                and not self._doubted(sentence, claim, numbers)
                and longest_foreign(claim.statement, [self._grounds[n] for n in numbers]) <= _NOT_HELD
            ):
                return replace(self._proven(claim, numbers), repaired=True)
        return Verdict((), fault, detail)

    def _proven(self, claim: _Claim, numbers: tuple[int, ...]) -> Verdict:
        printed = [quantity for n in numbers for quantity in self._grounds[n].quantities]
        shown = formulas(claim.statement.text, lambda quantity: any(_operand(quantity, other) for other in printed))
        calculation = "；".join(claim.statement.text[one.start : one.end] for one in shown)
        return Verdict(self._needed(claim, numbers), Fault.NONE, calculation=calculation)

    def _claim(self, sentence: str) -> _Claim:
        """Take away what a sentence says of itself: who reports it, what it denies of the question, how it counts."""
        reported = attribution(sentence)
        text = reported.text if reported else sentence
        if self._question:
            text = without_denial(without_acknowledgement(text, self._question), self._question) or text
        counted = numbered(text)
        return _Claim(Statement(counted.text if counted else text), reported, counted)

    def _weighed(self, sentence: str, claim: _Claim, numbers: tuple[int, ...]) -> tuple[Fault, str]:
        """Return the fault of a sentence, by the checks and by the reader, which makes up for words that it lacks."""
        fault, detail = self._fault(claim, numbers)
        if fault:
            sure = fault in _LACKING and self._odds(sentence, numbers) >= _BORNE_OUT
            return (Fault.NONE, "") if sure else (fault, detail)
        return (Fault.DOUBTED, "") if self._doubted(sentence, claim, numbers) else (Fault.NONE, "")

    def _doubted(self, sentence: str, claim: _Claim, numbers: tuple[int, ...]) -> bool:
        """Whether the reader doubts what the checks let pass.

        It has no say in the spans' own words, in what is reckoned, and in what only a part of is left to prove.
        """
        statement = claim.statement
        quoted = any(statement.folded.strip(".") in self._grounds[n].folded for n in numbers)
        if quoted or statement.text != sentence or _RECKONS.search(sentence):
            return False
        return self._odds(sentence, numbers) < _DOUBTED

    def _odds(self, sentence: str, numbers: tuple[int, ...]) -> float:
        """Return how surely spans bear out a sentence, as log-odds; even where no reader tells."""
        return self._bears_out(sentence, numbers) if self._bears_out is not None else 0.0

    def _fault(self, claim: _Claim, numbers: Sequence[int]) -> tuple[Fault, str]:
        grounds = [self._grounds[n] for n in numbers]
        dates = [ground.published for ground in grounds]
        if claim.attribution and not claim.attribution.fits(dates):
            return Fault.REPORTED, ""
        if claim.numbered and not claim.numbered.in_order([ground.text for ground in grounds]):
            return Fault.ORDER, ""
        statement = claim.statement
        value = bare_value(statement.text) if self._question else None
        if value is not None:
            for n, ground in zip(numbers, grounds, strict=True):
                if prints(value, ground) and is_answer(value, self._read(n), self._question, ground):
                    return Fault.NONE, ""
            if any(prints(value, ground) for ground in grounds) and (
                is_pure(value) or len(value) <= _NAME < len(statement.text)
            ):
                return Fault.EMPTY, ""
        length = content_length(statement)
        if (
            length < SHORTEST
            and not statement.quantities
            and not ((statement.dates or claim.attribution) and length >= _VERB)
            and not (statement.dates and any(self._gives(statement, n) for n in numbers))
        ):
            return Fault.EMPTY, ""
        figures = [one for ground in grounds for one in labelled(ground.text, ground.before)]
        told = comparison(statement.text, self._question, figures) if self._question else None
        if told is not None:
            rest, holds = told
            if not holds:
                return Fault.COMPARED, ""
            if not rest.strip("。 "):
                return Fault.NONE, ""
            statement = Statement(rest)
        plain = fault(statement, grounds, self._strictness, question=self._question, around=self._around)
        if plain[0] and not (self._question and self._lends(statement, numbers, grounds)):
            return plain
        if self._question:
            read = [one for n in numbers if (one := self._read(n)) is not None]
            if other := contradicts(statement, self._question, read):
                return Fault.VALUE, other
        return Fault.NONE, ""

    def _lends(self, statement: Statement, numbers: Sequence[int], grounds: Sequence[Ground]) -> bool:
        """Whether the words of the question, which a span answers, are all that a sentence lacks."""
        given = any(self._gives(statement, n) for n in numbers)
        strictness = ANSWERING if given else self._strictness
        if fault(
            statement,
            grounds,
            strictness,
            question=self._question,
            lent=self._lent(grounds),
            around=self._around,
            given=given,
        )[0]:
            return False
        return self._reads is None or any(
            (one := self._read(n)) is not None and one.probability >= LENT for n in numbers
        )

    def _gives(self, statement: Statement, n: int) -> bool:
        """Whether a sentence gives the words of which the reader is sure that a span answers with them."""
        read = self._read(n)
        return (
            not names_elsewhere(statement, [self._grounds[n], Ground(self._question)], self._around)
            and read is not None
            and read.sure >= SURE
            and read.probability >= LENT
            and bool(read.answers)
            and gives(statement.text, read.answers[0])
        )

    def _lent(self, grounds: Sequence[Ground]) -> str:
        """Return the question without the names of what these spans do not speak of."""
        text = fold(self._question)
        spoken_of = "\n".join(fold(ground.before + ground.text + ground.heading) for ground in grounds)
        for name in sorted(self._names, key=len, reverse=True):
            if name not in spoken_of:
                text = text.replace(name, " ")
        return text

    def _read(self, n: int) -> Read | None:
        return self._reads(n) if self._reads is not None else None

    def _contradicted(self, statement: Statement, numbers: Sequence[int]) -> bool:
        """Whether the reader has no doubt that the spans answer with other words than a sentence gives."""
        read = [one for n in numbers if (one := self._read(n)) is not None]
        if self._question and contradicts(statement, self._question, read):
            return True
        certain = [one for one in read if one.sure >= CERTAIN and one.probability >= SURE]
        return bool(certain) and not any(agrees(statement.text, one.answers[0]) for one in certain)

    def _needed(self, claim: _Claim, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return `numbers` without those that the proof does not need."""
        kept = list(numbers)
        for n in reversed(numbers):
            rest = [one for one in kept if one != n]
            if rest and not self._fault(claim, rest)[0]:
                kept = rest
        return tuple(kept)

    def _others(self, statement: Statement, cited: tuple[int, ...], *, only_beside: bool) -> Iterator[tuple[int, ...]]:
        """Yield other spans to try, the likeliest first: one alone, what is cited with a neighbour, then neighbours.

        `only_beside`: what is cited holds the words of the sentence, so that no other span is meant; a neighbour may help.
        Only sentences that stand side by side are joined: of two from far apart each would lend the other its words.
        """
        likely = sorted(self._grounds, key=lambda n: (-cover(statement, [self._grounds[n]]), n))[:_TRIED]
        if not only_beside:
            yield from ((n,) for n in likely)
        if cited and len(cited) < _TOGETHER:
            near = [n for n in self._grounds if n not in cited and any(self._touch(n, one) for one in cited)]
            yield from ((*cited, n) for n in near)
        for n in likely if not only_beside else ():
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


_RECKONS = re.compile("[=＝≈]|合计|一共|相差")
_GAPS = re.compile(
    "(?<=[0-9A-Za-z%])[ \u3000\xa0]+(?=[\u3400-\u9fff])|(?<=[\u3400-\u9fff])[ \u3000\xa0]+(?=[0-9A-Za-z])"
)


def _closed_up(text: str) -> str:
    """Return a text without the gaps between figures and words that some papers print: 9.85 亿户."""
    return _GAPS.sub("", text)


def _before(one: ShownSpan, evidence: Sequence[ShownSpan]) -> str:
    """Return the sentences that stand before a span in its article, as far as they were shown."""
    if one.before:
        return one.before
    earlier = [other for other in evidence if other.article_id == one.article_id and other.end <= one.start]
    return "".join(other.text for other in sorted(earlier, key=lambda other: other.start)[-_BACK:])


def fault(
    statement: Statement,
    grounds: Sequence[Ground],
    strictness: Strictness = STRICTNESS,
    *,
    question: str = "",
    lent: str = "",
    around: str = "",
    given: bool = False,
) -> tuple[Fault, str]:
    """Return why `statement` does not follow from `grounds` taken together, and the words at fault.

    `question` is what it answers; the words of `lent` count as the spans' own. `around` is all that was found, folded.
    `given`: the sentence gives the words that answer; other words around them may be its own.
    """
    texts = [ground.text for ground in grounds]
    printed = [quantity for ground in grounds for quantity in ground.quantities]
    shown = formulas(statement.text, lambda quantity: any(_operand(quantity, other) for other in printed))
    spoken = "，".join(spoken_of(statement, grounds, question))
    lenders = [*grounds, Ground(lent or (question if shown else spoken))]
    if (found := _figure_fault(statement, grounds, shown, question))[0]:
        return found
    if (found := _date_fault(statement, grounds, strictness, shown))[0]:
        return found
    if word := unheld_numeral(statement, grounds):
        return Fault.NUMERAL, word
    if word := unnamed(statement, grounds, question):
        return Fault.NAME, word
    if word := other_title(statement.text, [*texts, *(ground.heading for ground in grounds)]):
        return Fault.NAME, word
    if word := unknown_word(statement, lenders, known=around if given else None):
        return Fault.NAME, word
    figures = [
        one for one in statement.quantities if not any(formula.start <= one.start < formula.end for formula in shown)
    ]
    if not shown and (word := _from_two_spans(statement, figures, grounds)):
        return Fault.BOUND, word
    asked = [*lenders, Ground(question)]
    figures = [one for one in figures if one.start > _FIRST or not _own_count(one, statement, shown, len(grounds))]
    counted = (counts_unheld(statement, one, asked) or counts_another(statement, one, grounds) for one in figures)
    if (
        word := next(filter(None, counted), "")
        or said_of_another(statement, grounds)
        or other_side(statement.text, grounds)
    ):
        return Fault.BOUND, word
    if word := other_script(statement, grounds):
        return Fault.COVER, word
    if word := overstated(statement, grounds) or first_of_another(statement, grounds):
        return Fault.STRONG, word
    plain = Statement(_without_formulas(statement.text, shown))
    if content_length(plain) >= (SHORTEST if shown else 1) and (
        cover(plain, lenders) < strictness.cover
        or weakest_clause(plain, lenders, _CLAUSE_LENGTH) < strictness.clause
        or longest_foreign(plain, lenders) > strictness.foreign
    ):
        return Fault.COVER, ""
    if not shown and reversed_sense(statement, grounds, question):
        return Fault.REVERSED, ""
    if plan_told_as_result(statement, grounds, question) or result_told_as_plan(statement, grounds):
        return Fault.PLAN, ""
    if condition_told_as_fact(statement.text, texts, question):
        return Fault.PLAN, ""
    if word := split_from(statement.text, texts) or crossed(statement.text, texts):
        return Fault.ORDER, word
    told = [ground.before[-_TOLD:] + ground.text for ground in grounds]
    if word := exchanged_word(statement.text, told, around, question) or item_of_another_list(
        statement.text, texts, around
    ):
        return Fault.ORDER, word
    if word := of_another_stretch(statement.text, grounds, around, question):
        return Fault.ORDER, word
    if word := altered_item(statement, lenders):
        return Fault.NAME, word
    if turned := turned_round(statement.text, texts, places_named(statement)):
        return Fault.ORDER, turned
    if word := other_speaker(statement.text, told, around):
        return Fault.ORDER, word
    if word := other_complement(statement.text, texts):
        return Fault.ORDER, word
    if owner := of_another(statement.text, texts):
        return Fault.BOUND, owner
    if causes_reversed(statement.text, texts, question):
        return Fault.CAUSE, ""
    return Fault.NONE, ""


def _from_two_spans(statement: Statement, figures: Sequence[Quantity], grounds: Sequence[Ground]) -> str:
    """Return a figure of a clause whose figures stand in two spans, none of which has them all; or nothing."""
    for clause in split_clauses(statement.text, Span(0, len(statement.text))) if len(grounds) > 1 else ():
        mine = [one for one in figures if clause.start <= one.start < clause.end]
        held = [[any(_operand(one, other) for other in ground.quantities) for one in mine] for ground in grounds]
        if len(mine) > 1 and all(map(any, zip(*held, strict=True))) and not any(map(all, held)):
            return mine[-1].text
    return ""


def _figure_fault(
    statement: Statement, grounds: Sequence[Ground], shown: Sequence[Formula], question: str
) -> tuple[Fault, str]:
    """Return which figure of a sentence is not printed, not reckoned, or printed of something else."""
    figures = [(ground, one) for ground in grounds for one in labelled(ground.text, ground.before)]
    for formula in shown:
        operands = formula.operands
        partial = any(incomplete(statement.text, operands, ground.text) for ground in grounds)
        printed = [one for _, one in figures]
        summed = "+" in fold(statement.text[formula.start : formula.end])
        foreign = summed and of_something_else(
            _without_formulas(statement.text, shown), question, operands, printed, [ground.text for ground in grounds]
        )
        if not summed and reckons_with_another(_without_formulas(statement.text, shown) + question, operands, printed):
            return Fault.BOUND, statement.text[formula.start : formula.end]
        unnamed_part = summed and adds_up_unnamed(_without_formulas(statement.text, shown), operands, grounds)
        if partial or foreign or unnamed_part or exchanged(statement.text, operands, printed):
            return Fault.BOUND, statement.text[formula.start : formula.end]
    for quantity in statement.quantities:
        if quantity.start <= _FIRST and _own_count(quantity, statement, shown, len(grounds)):
            continue
        within = any(formula.start <= quantity.start < formula.end for formula in shown)
        result = any(_operand(quantity, formula.result) for formula in shown)
        if within or result or listed(statement, quantity) or _asked_count(quantity, question):
            continue
        if is_measure_itself(quantity, statement, grounds):
            continue
        held = _hedged(statement, quantity)
        holders = [(ground, other) for ground in grounds for other in ground.quantities if same_amount(held, other)]
        if not holders and held is not quantity:
            held = quantity
            holders = [(ground, other) for ground in grounds for other in ground.quantities if same_amount(held, other)]
        if not holders and (reckoned(statement, quantity, grounds) or counts_named(statement, quantity, grounds)):
            continue
        if not holders:
            return Fault.NUMBER, quantity.text
        if not any(same_time(statement, quantity, ground, other) for ground, other in holders):
            return Fault.BOUND, quantity.text
        alike = [
            one
            for ground, one in figures
            if _operand(quantity, one.quantity) or same_time(statement, quantity, ground, one.quantity)
        ]
        if of_another_time(statement, held, grounds) or beside_another(statement, held, grounds):
            return Fault.BOUND, quantity.text
        if scope := of_another_scope(statement, held, grounds):
            return Fault.BOUND, scope
        if unbound(statement, held, grounds) or (not shown and fits_another(quantity, statement.text, alike)):
            return Fault.BOUND, quantity.text
    return Fault.NONE, ""


def _date_fault(
    statement: Statement, grounds: Sequence[Ground], strictness: Strictness, shown: Sequence[Formula]
) -> tuple[Fault, str]:
    """Return which date of a sentence no span gives, or only one that speaks of something else."""
    operands = [one for formula in shown for one in formula.operands]
    dated = any(ground.dates for ground in grounds)  # then no time of an earlier sentence is in force
    for fact in statement.dates:
        givers = [ground for ground in grounds if stated_date(statement, fact, [ground], in_force=not dated)]
        if not givers:
            return Fault.DATE, fact.text
        reckoned = any(_operand(one, other) for ground in givers for other in ground.quantities for one in operands)
        if not reckoned and max(cover(statement, [ground]) for ground in givers) < strictness.dated:
            return Fault.BOUND, fact.text
    text = "\n".join(ground.folded for ground in grounds)
    word = next((word for word in relative_times(statement) if word not in text), "")
    return (Fault.DATE, word) if word else (Fault.NONE, "")


def _operand(claimed: Quantity, printed: Quantity) -> bool:
    """Whether a figure in a formula is the printed one: it may leave out 超, 余, 突破, which no sum can keep."""
    return compare(claimed, printed) is Comparison.EQUAL


_COUNTING = re.compile("[一两二三四五六七八九十][个条种项步类朵家位部座年天]")


def _asked_count(quantity: Quantity, question: str) -> bool:
    """Whether a count is only taken up from the question: 哪三个方向, 一年."""
    text = fold(quantity.text)
    return _COUNTING.fullmatch(text) is not None and text in fold(question)


_FIRST = 2  # characters before a count of what the sentence itself tells: 这两项
_OWN_COUNT = re.compile("[两二三四2-4][项者篇种处个]")
_EACH = re.compile("(?<![第其])(?:另?一|各)[项篇种处个家]")


def _own_count(quantity: Quantity, statement: Statement, shown: Sequence[Formula], spans: int) -> bool:
    """Whether a count is that of the operands, of the spans or of what the sentence tells one by one: 两项合计, 两篇都写."""
    if _OWN_COUNT.fullmatch(fold(quantity.text)) is None:
        return False
    told = len(_EACH.findall(statement.folded))
    return quantity.low in {*(len(formula.operands) for formula in shown), spans if spans > 1 else 0, told}


def _hedged(statement: Statement, quantity: Quantity) -> Quantity:
    """Return a figure with the 约 that stands a word before it: 约需1天."""
    if (
        quantity.approximation is Approximation.EXACT
        and "约" in statement.folded[max(0, quantity.start - 2) : quantity.start]
    ):
        return replace(quantity, approximation=Approximation.ABOUT)
    if quantity.approximation is Approximation.EXACT and _AT_MOST.search(statement.folded[: quantity.start]):
        return replace(quantity, approximation=Approximation.BELOW)
    if quantity.approximation is Approximation.EXACT and _AT_LEAST.search(statement.folded[: quantity.start]):
        return replace(quantity, approximation=Approximation.ABOVE)
    return quantity


_AT_LEAST = re.compile("最[短少低小][^,.;]{0,4}$")
_AT_MOST = re.compile("最[长多高大久][^,.;]{0,4}$")


def _without_formulas(text: str, shown: Sequence[Formula]) -> str:
    for formula in reversed(shown):
        text = text[: formula.start] + text[formula.end :]
    return text
