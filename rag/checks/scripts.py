"""A word in a script that is neither Chinese nor Latin stands in the spans, or was made up."""

from __future__ import annotations

from collections.abc import Sequence

from rag.checks.statements import WORDLIKE, Ground, Statement


def other_script(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first letter of a script that is neither Chinese nor Latin and that no ground holds; or nothing."""
    text = "\n".join(ground.evened for ground in grounds)
    return next(
        (
            letter
            for letter in statement.folded
            if letter.isalpha() and not WORDLIKE.match(letter) and letter not in text
        ),
        "",
    )
