"""Each item of a list is held: one that nothing holds, among others that are held, was altered."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from rag.checks.content import covered_characters
from rag.checks.statements import LINKS, Ground, Statement

_FOREIGN = 2  # of them in a row that nothing holds


def altered_item(statement: Statement, lenders: Sequence[Ground]) -> str:
    """Return the first characters in a row of one item of a list that nothing holds, where the others are held; or nothing."""
    marks = covered_characters(statement, lenders)
    for found in re.finditer("[^，。；：,;:]*、[^，。；：,;:]*", statement.text):
        unheld: list[str] = []
        items = list(re.finditer("[^、]+?(?=、|等|$)", found.group()))
        for item in items[1:]:  # before the first one stands what leads the list in
            start = found.start() + item.start()
            bare = "".join(
                sign if not marks[start + at] and not statement.masked[start + at] else " "
                for at, sign in enumerate(fold(item.group()))
            )
            if runs := [run for run in re.findall(f"[㐀-鿿]{{{_FOREIGN},}}", bare) if not LINKS.search(run)]:
                unheld.append(runs[0])
        if len(items) >= 3 and len(unheld) == 1:
            return unheld[0]
    return ""
