"""The figures of one clause stand in one span: of two spans each would lend the other its thing."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.chinese.facts import equal
from corpus.chinese.text import split_clauses
from corpus.records import Span
from rag.checks.statements import Ground, Statement


def figures_apart(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return a figure of a clause whose figures stand in two spans, none of which has them all; or nothing."""
    for clause in split_clauses(statement.text, Span(0, len(statement.text))) if len(grounds) > 1 else ():
        mine = [one for one in statement.quantities if clause.start <= one.start < clause.end]
        held = [[any(equal(one, other) for other in ground.quantities) for one in mine] for ground in grounds]
        if len(mine) > 1 and all(map(any, zip(*held, strict=True))) and not any(map(all, held)):
            return mine[-1].text
    return ""
