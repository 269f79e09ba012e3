"""Whose figure it is: one of the whole district (全区) is none of the zone (经开区) or of the city."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from corpus.chinese.facts import Quantity
from corpus.chinese.text import fold
from rag.checks.amounts import printings
from rag.checks.statements import STOP, Ground, Statement

_SCOPE = re.compile(
    "(?P<land>全国|我国)|(?P<province>全省|[\u4e00-\u9fff]{2}省)|(?P<city>全市|[\u4e00-\u9fff]{2}市(?![场民值面中级]))"
    "|(?P<zone>开发区|经开区|高新区|新城(?!区)|小镇)|(?P<district>全区|全县|[\u4e00-\u9fff]{2}[区县](?![域块间别位内]))|(?P<town>[\u4e00-\u9fff]{2}(?:街道|(?<!小)镇|乡(?!村)))"
)
_NO_DISTRICT = re.compile("[的在与和及是个这那各城园郊社片景街]|开发|高新|示范|[小园社景地山城厂校片库辖街设分]区")
_FROM_AFAR = re.compile("率先|首|唯一|第|最|前[0-9一二三四五六七八九十]|领先|试点|的?(?:重要|主要)")
_ZONES = ("开发区", "经开区")
_ZONE = "开发区|经开区"


def of_another_scope(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> str:
    """Return whose figure a sentence says it is where the spans give it of a larger or smaller place; or nothing."""
    said = _scope(statement.folded, quantity.start)
    if said is None:
        return ""
    if said[0] in ("zone", "town") and not any(
        re.search(_ZONE if said[1] in _ZONES else said[1], fold(ground.heading + ground.before) + ground.evened)
        for ground in grounds
    ):
        return said[1]
    held = printings(quantity, grounds)
    if any(
        re.search(f"{said[1]}(?!(?!.全)[\u4e00-\u9fff]{{2}}[区县])", ground.evened[: one.start]) for ground, one in held
    ):
        return ""
    given = [_scope(ground.evened, one.start) for ground, one in held]
    return said[1] if given and all(one is not None and one[0] != said[0] for one in given) else ""


def _scope(folded: str, end: int) -> tuple[str, str] | None:
    """Return the level and the words of the place that a figure at `end` may be of: the first one of the nearest clause."""
    stops = [0, *(found.end() for found in STOP.finditer(folded, 0, end)), end]
    for start, stop in reversed(list(pairwise(stops))):
        first: tuple[str, str] | None = None
        after = -1
        for found in _SCOPE.finditer(folded, start, stop):
            level = found.lastgroup or ""
            if (level == "district" and _NO_DISTRICT.search(found.group())) or _FROM_AFAR.match(folded, found.end()):
                continue
            if first is None or found.start() == after:  # 杭州市临平区 is a district
                first, after = (level, found.group()), found.end()
        if first is not None:
            return first
    return None
