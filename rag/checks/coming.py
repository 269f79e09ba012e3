"""Words that say of something that it is to come, and the words before a clause that may say so for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag.checks.statements import Ground

NOT_YET = re.compile(
    "将(?!军|近)|拟(?!人)|(?<!年度)计划|规划|目标|力争|预计|有望|即将|准备|打算|会(?=支持|引导|联动)|择机|致力于|正式动工|选址|努力|聚力|有望|排队|冲刺|旨在|正在(?!.{0,4}下)"
)
COMING = re.compile('将(?!军|近|领|士|目标|原本)|即将|(?<![资度动年略展领])计划(?![”"》,.])|拟(?!人|态)|打算|预计')


def up_to(nearest: str, grounds: Sequence[Ground]) -> Iterator[str]:
    """Yield the beginning of the ground that holds a clause, up to the end of that clause."""
    for ground in grounds:
        at = ground.text.find(nearest)
        if at >= 0:
            yield ground.text[: at + len(nearest)]
            return
