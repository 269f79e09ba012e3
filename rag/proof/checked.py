"""Everything that must hold of a sentence and the spans that it rests on: the checks, one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rag.checks.altered_items import altered_item
from rag.checks.calculations import calculations, of_other_figures, without
from rag.checks.causes import causes_reversed
from rag.checks.complements import other_complement
from rag.checks.conditions import condition_told_as_fact
from rag.checks.content import SHORTEST, Strictness, content_length, falls_short
from rag.checks.counted_things import counts_another
from rag.checks.crossed_clauses import crossed
from rag.checks.exchanges import exchanged_word
from rag.checks.faults import SOUND, Fault, Found
from rag.checks.figures_apart import figures_apart
from rag.checks.firsts import first_of_another
from rag.checks.lists import item_of_another_list
from rag.checks.naming import places_named, spoken_of, unnamed
from rag.checks.numerals import unheld_numeral
from rag.checks.other_subjects import split_from
from rag.checks.owners import of_another
from rag.checks.plans import plan_told_as_result
from rag.checks.printed_figures import figure_fault
from rag.checks.results import result_told_as_plan
from rag.checks.said_of_figures import said_of_another
from rag.checks.scripts import other_script
from rag.checks.segments import of_another_stretch
from rag.checks.sense import reversed_sense
from rag.checks.sides import other_side
from rag.checks.speakers import other_speaker
from rag.checks.stated_dates import date_fault
from rag.checks.statements import Ground, Statement
from rag.checks.strength import overstated
from rag.checks.titles import other_title
from rag.checks.unknown_words import unknown_word
from rag.checks.who_and_whom import turned_round

_TOLD = 60  # characters before a span that may tell what a sentence tells


def first(found: Iterable[tuple[Fault, str | bool]]) -> Found:
    """Return the first of some faults that is one, with the words at fault; SOUND where there is none."""
    kind, wrong = next(((kind, wrong) for kind, wrong in found if wrong), SOUND)
    return kind, wrong if isinstance(wrong, str) else ""


def faults(
    statement: Statement,
    grounds: Sequence[Ground],
    strictness: Strictness,
    *,
    question: str = "",
    lent: str = "",
    around: str = "",
    given: bool = False,
) -> Iterator[tuple[Fault, str | bool]]:
    """Yield each fault that `statement` may have against `grounds`, with the words at fault or whether it has it.

    Each is looked for when it is its turn. `question` is what the statement answers; the words of `lent` count as the
    spans' own. `around` is all that was found, folded. `given`: the statement gives the words that answer; other words
    around them may be its own.
    """
    sentence, texts = statement.text, [ground.text for ground in grounds]
    told = [ground.before[-_TOLD:] + ground.text for ground in grounds]
    shown = calculations(statement, grounds)
    spoken = "，".join(spoken_of(statement, grounds, question))
    lenders = [*grounds, Ground(lent or (question if shown else spoken))]
    yield Fault.BOUND, of_other_figures(statement, shown, grounds, question)
    yield figure_fault(statement, grounds, shown, question)
    yield date_fault(statement, grounds, shown, strictness)
    yield Fault.NUMERAL, unheld_numeral(statement, grounds)
    yield Fault.NAME, unnamed(statement, grounds, question)
    yield Fault.NAME, other_title(sentence, [*texts, *(ground.heading for ground in grounds)])
    yield Fault.NAME, unknown_word(statement, lenders, known=around if given else None)
    yield Fault.BOUND, not shown and figures_apart(statement, grounds)
    yield Fault.BOUND, counts_another(statement, shown, grounds, [*lenders, Ground(question)])
    yield Fault.BOUND, said_of_another(statement, grounds)
    yield Fault.BOUND, other_side(sentence, grounds)
    yield Fault.COVER, other_script(statement, grounds)
    yield Fault.STRONG, overstated(statement, grounds)
    yield Fault.STRONG, first_of_another(statement, grounds)
    plain = Statement(without(sentence, shown))
    enough = content_length(plain) >= (SHORTEST if shown else 1)
    yield Fault.COVER, enough and falls_short(plain, lenders, strictness)
    yield Fault.REVERSED, not shown and reversed_sense(statement, grounds, question)
    yield Fault.PLAN, plan_told_as_result(statement, grounds, question)
    yield Fault.PLAN, result_told_as_plan(statement, grounds)
    yield Fault.PLAN, condition_told_as_fact(sentence, texts, question)
    yield Fault.ORDER, split_from(sentence, texts)
    yield Fault.ORDER, crossed(sentence, texts)
    yield Fault.ORDER, exchanged_word(sentence, told, around, question)
    yield Fault.ORDER, item_of_another_list(sentence, texts, around)
    yield Fault.ORDER, of_another_stretch(sentence, grounds, around, question)
    yield Fault.NAME, altered_item(statement, lenders)
    yield Fault.ORDER, turned_round(sentence, texts, places_named(statement))
    yield Fault.ORDER, other_speaker(sentence, told, around)
    yield Fault.ORDER, other_complement(sentence, texts)
    yield Fault.BOUND, of_another(sentence, texts)
    yield Fault.CAUSE, causes_reversed(sentence, texts, question)
