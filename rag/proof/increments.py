"""What came on top is not all there is: 新增托位1525个 is no 共有托位1525个."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity
from corpus.chinese.text import fold
from rag.proof.statements import Ground, Statement, same_amount

_NEW = re.compile("新增|净增|新建|新招引|新引进|新认定|新设|增加|新开")
_ALL = re.compile("共|合计|总[数量]|累计|达到|有")
_NEAR = 14  # characters before a figure in its piece


def increment_told_as_total(statement: Statement, quantity: Quantity, grounds: Sequence[Ground], question: str) -> bool:
    """Whether a figure is told of all there is where the spans tell it of what came on top."""
    said = _before(statement.folded, quantity.start)
    if _NEW.search(said) or not _ALL.search(said) or _NEW.search(fold(question)):
        return False
    given = [
        _before(ground.evened, one.start) for ground in grounds for one in ground.quantities if same_amount(quantity, one)
    ]
    return bool(given) and all(_NEW.search(one) and not re.search("共|总|累计", one) for one in given)


def _before(folded: str, at: int) -> str:
    return re.split("[,.;:]", folded[max(0, at - _NEAR) : at])[-1]
