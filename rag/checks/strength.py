"""Strong words (首个, 最大, 全国第一 …): whoever adds one says more than the source does."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.statements import Ground, Statement, clauses_of, nearest_clause

_STRONG = re.compile(f"{any_of('rag/strong')}|最[新强优佳]|每[个家户人名年月天]")
_STRONGEST = re.compile(f"(?:{_STRONG.pattern})+")  # 全国第一 is more than 全国 here and 第一 there
_MOST = re.compile("最[多高大长](?=[^,.;]{0,6}[0-9])")  # 最多512GB is 最高可扩展到512GB
_WHOLE = re.compile("全部|所有|全都|均|一律|都")


def overstated(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first strong word (首个, 最大, 全国第一 …) that no ground has; empty when all are there."""
    text = "\n".join(ground.folded + "\n" + ground.folded_heading for ground in grounds)
    lacking = [found for found in _STRONGEST.finditer(statement.folded) if found.group() not in text]
    return next((found.group() for found in lacking if not _is_said_so(found, statement, grounds)), "")


def _is_said_so(found: re.Match[str], statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether 全部 stands for 均 of the clause of the grounds that says the same, or 最多 before a figure for 最高."""
    word = found.group()
    if _MOST.match(statement.folded, found.start()):
        return any(_MOST.search(ground.folded) for ground in grounds)
    clause = next((one for one in clauses_of(statement.text) if word in fold(one)), "")
    nearest = nearest_clause(clause, grounds) if _WHOLE.fullmatch(word) else None
    return nearest is not None and _WHOLE.search(fold(nearest)) is not None
