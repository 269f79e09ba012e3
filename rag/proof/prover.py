"""Does a sentence follow from what it cites? Nothing that a language model writes is shown without this.

A sentence passes when every figure (value and unit), date, quoted name and proper noun in it stands in the spans that it
cites, or is a calculation that it shows over them; when it neither reverses nor overstates them; and when enough of its
content words are theirs. A sentence that cites the wrong span is repaired by finding the span that proves it. An English
sentence is proven in the Chinese words that it stands for (`rag.proof.gloss`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.checks.calculations import calculations
from rag.checks.content import SHORTEST, STRICTNESS, Strictness, content_length, cover, longest_foreign
from rag.checks.faults import SOUND, Fault, Found, Verdict
from rag.checks.labels import labelled
from rag.checks.statements import ShownSpan, Statement
from rag.proof.absences import untold
from rag.proof.asked import AskedQuestion
from rag.proof.borne_out import BearsOut
from rag.proof.checked import faults, first
from rag.proof.claims import ToProve, to_prove
from rag.proof.comparisons import comparison
from rag.proof.evidence import ShownEvidence
from rag.proof.gloss import gloss, is_english
from rag.proof.values import Reads

_LONGEST = 400  # characters of a sentence
_NOT_HELD = 2  # characters in a row that a span which the sentence did not cite itself may lack
_VERB = 2  # content characters that say something of a date or a report: 8月6日发生的
_RECKONS = re.compile("[=＝≈]|合计|一共|相差")
# What a sentence lacks of the spans' words, which free wording lacks too: where the reader is sure of it, it is shown.
_LACKING = frozenset({Fault.EMPTY, Fault.NAME, Fault.COVER})
_BORNE_OUT = 2.5  # log-odds from which the reader is sure that spans bear a sentence out
_DOUBTED = -2.0  # log-odds below which it doubts what the checks let pass; docs/llm.md has the curve of both


def _even(_sentence: str, _numbers: tuple[int, ...]) -> float:
    """Return the odds where no reader tells."""
    return 0.0


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
        bears_out: BearsOut = _even,
    ) -> None:
        self._strictness = strictness
        self._bears_out = bears_out
        self._evidence = ShownEvidence(evidence)
        self._asked = AskedQuestion(question, self._evidence, reads, strictness)

    def prove(self, sentence: str, cited: Sequence[int]) -> Verdict:
        """Return what proves `sentence` (without its marks), which cites the spans `cited`."""
        if len(sentence) > _LONGEST:
            return Verdict((), Fault.TOO_LONG)
        grounds = self._evidence.grounds
        if is_english(sentence):
            sentence = gloss(sentence, [ground.text for ground in grounds.values()])
        elif absent := untold(sentence):
            return Verdict((), Fault.ABSENCE, absent)
        claim = to_prove(sentence, self._asked.text)
        statement = claim.statement
        if content_length(statement) < SHORTEST and not statement.quantities and not self._asked.text:
            return Verdict((), Fault.EMPTY)
        known = tuple(dict.fromkeys(n for n in cited if n in grounds))
        for n in known:
            if statement.folded.strip(".") == grounds[n].folded.strip("."):  # the article's own sentence
                return self._proven(claim, (n,))
        fault, detail = self._weighed(sentence, claim, known) if known else (Fault.NO_SOURCE, "")
        if not fault:
            return self._proven(claim, known)
        if fault in (Fault.COMPARED, Fault.VALUE) or self._asked.is_contradicted(statement, known):
            return Verdict((), fault, detail)  # no other span saves it
        held = bool(known) and cover(statement, self._evidence.of(known)) >= self._strictness.cover
        for numbers in self._evidence.others(statement, known, only_beside=held):
            if (
                not self._fault(claim, numbers)[0]
                and not self._doubted(sentence, claim, numbers)
                and longest_foreign(statement, self._evidence.of(numbers)) <= _NOT_HELD
            ):
                return replace(self._proven(claim, numbers), repaired=True)
        return Verdict((), fault, detail)

    def _proven(self, claim: ToProve, numbers: tuple[int, ...]) -> Verdict:
        text = claim.statement.text
        shown = calculations(claim.statement, self._evidence.of(numbers))
        calculation = "；".join(text[one.start : one.end] for one in shown)
        return Verdict(self._needed(claim, numbers), Fault.NONE, calculation=calculation)

    def _needed(self, claim: ToProve, numbers: tuple[int, ...]) -> tuple[int, ...]:
        """Return `numbers` without those that the proof does not need."""
        kept = list(numbers)
        for n in reversed(numbers):
            rest = [one for one in kept if one != n]
            if rest and not self._fault(claim, rest)[0]:
                kept = rest
        return tuple(kept)

    def _weighed(self, sentence: str, claim: ToProve, numbers: tuple[int, ...]) -> Found:
        """Return the fault of a sentence, by the checks and by the reader, which makes up for words that it lacks."""
        fault, detail = self._fault(claim, numbers)
        if fault:
            sure = fault in _LACKING and self._bears_out(sentence, numbers) >= _BORNE_OUT
            return SOUND if sure else (fault, detail)
        return (Fault.DOUBTED, "") if self._doubted(sentence, claim, numbers) else SOUND

    def _doubted(self, sentence: str, claim: ToProve, numbers: tuple[int, ...]) -> bool:
        """Whether the reader doubts what the checks let pass.

        It has no say in the spans' own words, in what is reckoned, and in what only a part of is left to prove.
        """
        statement = claim.statement
        quoted = any(statement.folded.strip(".") in ground.folded for ground in self._evidence.of(numbers))
        if quoted or statement.text != sentence or _RECKONS.search(sentence):
            return False
        return self._bears_out(sentence, numbers) < _DOUBTED

    def _fault(self, claim: ToProve, numbers: Sequence[int]) -> Found:
        """Return the fault of a claim by the checks, and by how the spans read as answers."""
        grounds = self._evidence.of(numbers)
        if fault := claim.fault(grounds):
            return fault, ""
        statement, question = claim.statement, self._asked.text
        if (alone := self._asked.value_alone(statement, numbers)) is not None:
            return alone
        if self._says_nothing(claim, numbers):
            return Fault.EMPTY, ""
        figures = [one for ground in grounds for one in labelled(ground.text, ground.before)] if question else ()
        told = comparison(statement.text, question, figures)
        if told is not None:
            rest, holds = told
            if not holds:
                return Fault.COMPARED, ""
            if not rest.strip("。 "):
                return SOUND
            statement = Statement(rest)
        around = self._evidence.around
        plain = first(faults(statement, grounds, self._strictness, question=question, around=around))
        if plain[0] and not self._asked.lends(statement, numbers):
            return plain
        other = self._asked.answered_otherwise(statement, numbers)
        return (Fault.VALUE, other) if other else SOUND

    def _says_nothing(self, claim: ToProve, numbers: Sequence[int]) -> bool:
        """Whether a claim has neither words nor a figure that could be checked; of a date or a report a verb is enough."""
        statement, length = claim.statement, content_length(claim.statement)
        if length >= SHORTEST or statement.quantities:
            return False
        if (statement.dates or claim.attribution) and length >= _VERB:
            return False
        return not (statement.dates and self._asked.is_given(statement, numbers))
