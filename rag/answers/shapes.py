"""Every shape that an answer may have, in the order in which they are tried. A new one is a file beside these and a line here."""

from __future__ import annotations

from collections.abc import Callable

from rag.answers.calculated import calculated
from rag.answers.composition import Asking, Composition
from rag.answers.corrected import corrected, is_planned, outcome_of_a_plan
from rag.answers.over_time import over_time
from rag.answers.premises import asks_outcome
from rag.answers.quoted import quoted
from rag.answers.several import several
from rag.answers.sides import sides
from rag.answers.spelt_twice import spelt_twice
from rag.answers.table_cell import table_cell
from rag.answers.whole_list import whole_list
from rag.figures.arithmetic import leaves_out_a_side

Shape = Callable[[Asking], Composition | None]
SHAPES: tuple[Shape, ...] = (
    corrected,
    table_cell,
    sides,
    calculated,
    several,
    over_time,
    spelt_twice,
    whole_list,
    quoted,
)


def compose(asking: Asking) -> Composition | None:
    """Return the first shape that fits; None when only plans speak of the outcome that is asked for, or half of a comparison is told."""
    if asks_outcome(asking.asked) and is_planned(asking):
        return outcome_of_a_plan(asking)
    made = next((made for shape in SHAPES if (made := shape(asking)) is not None), None)
    return None if made is not None and _is_half(asking, made) else made


def _is_half(asking: Asking, made: Composition) -> bool:
    """Whether an answer tells nothing of one of two things that are compared, and does not say so."""
    if made.calculation or made.untold or made.corrects:
        return False
    told = [f"{one.candidate.heading}\n{one.candidate.before}\n{one.candidate.text}" for one in made.evidence]
    return leaves_out_a_side(asking.asked.text, "\n".join(told))
