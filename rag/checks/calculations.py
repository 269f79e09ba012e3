"""A calculation that a sentence shows is proof where its operands are printed, and printed of what the sentence tells."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import equal
from corpus.chinese.text import fold
from rag.checks.exchanged_operands import exchanged
from rag.checks.foreign_operands import of_something_else
from rag.checks.labels import labelled
from rag.checks.partial_sums import incomplete
from rag.checks.reckoning import Formula, formulas
from rag.checks.rival_operands import reckons_with_another
from rag.checks.statements import Ground, Statement
from rag.checks.unnamed_operands import adds_up_unnamed


def calculations(statement: Statement, grounds: Sequence[Ground]) -> tuple[Formula, ...]:
    """Return the formulas of a sentence that hold and whose operands the grounds print, but for 超, 余, 突破: no sum keeps them."""
    printed = [quantity for ground in grounds for quantity in ground.quantities]
    return formulas(statement.text, lambda operand: any(equal(operand, other) for other in printed))


def without(text: str, shown: Sequence[Formula]) -> str:
    """Return a sentence without the formulas that it shows."""
    for formula in reversed(shown):
        text = text[: formula.start] + text[formula.end :]
    return text


def of_other_figures(statement: Statement, shown: Sequence[Formula], grounds: Sequence[Ground], question: str) -> str:
    """Return the first formula that reckons with figures of something else than the sentence tells of; or nothing."""
    printed = [one for ground in grounds for one in labelled(ground.text, ground.before)]
    texts = [ground.text for ground in grounds]
    words = without(statement.text, shown)
    for formula in shown:
        text, operands = statement.text[formula.start : formula.end], formula.operands
        if "+" in fold(text):
            wrong = of_something_else(words, question, operands, printed, texts) or bool(
                adds_up_unnamed(words, operands, grounds)
            )
        else:
            wrong = reckons_with_another(words + question, operands, printed)
        whole = not any(incomplete(statement.text, operands, one) for one in texts)
        if wrong or not whole or exchanged(statement.text, operands, printed):
            return text
    return ""
