"""Ordinals, ranks and code numbers: 二期, 第三, 前十, 三级, HGT51F."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from rag.checks.statements import Ground, Statement

_NUMERAL = re.compile(
    "[一二三四五六七八九十]{1,3}[期届等](?=[^一-十待候于同])|[一二三四五六七八九十]级|第[一二三四五六七八九十百千两0-9]{1,6}|前[一二三四五六七八九十0-9]{1,4}(?=[名强位])|[0-9]+(?:[.,][0-9]+)*"
)


def unheld_numeral(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return the first ordinal, rank or code number that no ground holds; empty when all are held."""
    text = "\n".join(fold(ground.text) + "\n" + fold(ground.heading) for ground in grounds)
    for found in _NUMERAL.finditer(statement.folded):
        if all(statement.masked[found.start() : found.end()]):
            continue
        word = found.group()
        if word[0] in "第前" and not word[-1].isdigit():
            if word not in text:
                return word
        elif re.search(rf"(?<![0-9.]){re.escape(word)}(?![0-9]|[.,][0-9])", text) is None:
            return word
    return ""
