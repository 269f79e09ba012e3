"""What is left of a sentence for the spans to prove, when what it says of itself is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.checks.faults import Fault
from rag.checks.statements import Ground, Statement
from rag.proof.acknowledgements import without_acknowledgement
from rag.proof.attributions import Attribution, attribution
from rag.proof.corrections import without_denial
from rag.proof.ordinals import Numbered, numbered


@dataclass(frozen=True, slots=True)
class ToProve:
    """The statement that the spans must prove, and what else must hold of them."""

    statement: Statement
    attribution: Attribution | None = None
    numbered: Numbered | None = None

    def fault(self, grounds: Sequence[Ground]) -> Fault:
        """Return what is wrong with what a sentence says of its sources: of which date they are, in which order they tell."""
        if self.attribution and not self.attribution.fits([ground.published for ground in grounds]):
            return Fault.REPORTED
        if self.numbered and not self.numbered.in_order([ground.text for ground in grounds]):
            return Fault.ORDER
        return Fault.NONE


def to_prove(sentence: str, question: str) -> ToProve:
    """Take away what a sentence says of itself: who reports it, what it takes up or denies of the question, how it counts."""
    reported = attribution(sentence)
    text = reported.text if reported else sentence
    if question:
        text = without_denial(without_acknowledgement(text, question), question) or text
    counted = numbered(text)
    return ToProve(Statement(counted.text if counted else text), reported, counted)
