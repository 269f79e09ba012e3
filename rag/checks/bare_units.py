"""一 before a unit may stand for the unit itself, which the spans print without it: 一年 of 每年, 一亩收入 of 亩产."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.facts import Quantity
from rag.checks.statements import Ground, Statement

_ONE = re.compile("一(?:个(?:月|小时|钟头|季度)|[年天日周月亩米吨斤度])")
_LEADS = re.compile("[同上下每均]$")
_ONLY = re.compile("(?:[仅只光共年]|短短)$")


def is_measure_itself(quantity: Quantity, statement: Statement, grounds: Sequence[Ground]) -> bool:
    """Whether 一 and a unit stand for the unit: 一年挑20个 of 每年选择20个, 一亩收入 of 亩产, 上一年, 同一天."""
    if _ONE.fullmatch(quantity.text) is None:
        return False
    before = statement.text[max(0, quantity.start - 2) : quantity.start]
    if _LEADS.search(before):
        return True
    unit = quantity.text[-1]
    return not _ONLY.search(before) and any(
        re.search(
            f"每[一个]*{unit}|{unit}[均产销]|/{unit}|(?<![一两二三四五六七八九十几\\d]){unit}(?![底初末中前后份])",
            ground.text,
        )
        for ground in grounds
    )
