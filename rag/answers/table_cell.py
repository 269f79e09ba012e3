"""The cell of a table, or the row with the largest value: named by row and column."""

from __future__ import annotations

from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.tables import look_up
from rag.reading.candidates import candidate_at


def table_cell(asking: Asking) -> Composition | None:
    """Return the cell of a table that the question names by row and column, or the row with the largest value of a column."""
    found = look_up(asking.asked, asking.ranked, asking.snapshot)
    if found is None:
        return None
    evidence = tuple(Evidence(candidate_at(asking.snapshot, row), value) for row, value in found.rows)
    formula = found.formula.format(*(f"[{n}]" for n in range(1, len(evidence) + 1)))
    return Composition(evidence, calculation=formula, short=found.short or None, confidence=1.0, settled=True)
