"""The first of its kind is the first of that kind alone: 首个剧场 is more than 首个儿童剧场."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.checks.statements import Ground, Statement

_FIRST_OF = re.compile("(?:首|第一)[个家批座款支例项位](?P<what>[\u3400-\u9fff]{2})")


def first_of_another(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return what a sentence calls the first of its kind where the grounds say it of a narrower kind; or nothing.

    首个剧场 is more than 首个儿童剧场.
    """
    given = {found.group() for ground in grounds for found in _FIRST_OF.finditer(ground.evened)}
    return next(
        (found.group() for found in _FIRST_OF.finditer(statement.folded) if given and found.group() not in given), ""
    )
