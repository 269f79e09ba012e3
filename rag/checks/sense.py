"""Sense: 增长 is not 下降, and a denial is no affirmation."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.checks.statements import NEGATION, Ground, Statement, clauses_of, nearest_clause, pairs_of

_OPPOSITES = tuple(
    (re.compile(first), re.compile(second))
    for first, second in (
        (any_of("rag/rises"), any_of("rag/falls")),
        ("盈利|赢利", "亏损"),
        ("流入|引进|引入|招引", "流出|迁出|外迁"),
        ("开工|动工|启动|开建", "竣工|完工|建成|落成|停工"),
        ("开放|开业|开馆|投用|启用", "关闭|停业|停用|停运|关停"),
        ("出口", "进口"),
        ("高于|超过|多于|领先", "低于|不及|少于|落后"),
        ("同意|批准|获批|通过审", "反对|拒绝|否决|驳回"),
        ("成功", "失败"),
        ("支持|鼓励", "限制|取缔"),
        ("上半年", "下半年"),
    )
)
_NO_NEGATION = re.compile(any_of("rag/no_negation"))


def reversed_sense(statement: Statement, grounds: Sequence[Ground], question: str = "") -> bool:
    """Whether the sentence says 下降 where the grounds say 增长, denies what they affirm, or the other way round."""
    text = "\n".join(ground.folded for ground in grounds).replace("建设成", "建成")
    for first, second in _OPPOSITES:
        for mine, other in ((first, second), (second, first)):
            if mine.search(statement.folded) and not mine.search(text) and other.search(text):
                return True
            if mine is second and mine.search(statement.folded) and not mine.search(text):
                return True  # a turn for the worse that the grounds do not tell
    text = "\n".join(ground.evened for ground in grounds)
    met = [
        (_denies(_unasked(clause, question)), nearest)
        for clause in clauses_of(statement.text)
        if (nearest := nearest_clause(clause, grounds, 0.0 if _denies(clause) else 0.5)) is not None
        and (_denies(clause) or not _beside_denial(clause, nearest))
        and not _denied_alike(clause, text)
    ]
    # Two clauses of the sentence may share one of the source; one of them then says no for both.
    return any(denies != _denies(nearest) and (_denies(nearest), nearest) not in met for denies, nearest in met)


_DENIED = re.compile("[\u3400-\u9fff]{1,3}")


def _denied_alike(clause: str, text: str) -> bool:
    """Whether each thing that a clause denies is denied somewhere in the text: 不戴头盔 for 不佩戴头盔."""
    denied = [fold(clause)[found.end() : found.end() + 2] for found in NEGATION.finditer(fold(clause))]
    theirs = [text[found.end() : found.end() + 6] for found in NEGATION.finditer(text)]
    return bool(denied) and all(any(word in other for other in theirs) for word in denied)


def _beside_denial(clause: str, source: str) -> bool:
    """Whether a clause takes nothing of what a clause of the source denies: 三人同乘一车 of 三人同乘一车且未戴头盔."""
    denied = (_DENIED.match(fold(source), found.end()) for found in NEGATION.finditer(fold(source)))
    words = [found.group() for found in denied if found]
    mine = fold(clause)
    return bool(words) and not any(pair in mine for word in words for pair in pairs_of(word) or {word})


def _unasked(clause: str, question: str) -> str:
    """Return a clause without the denials that it takes over from the question to say when or what: 没修以前."""
    asked = fold(question)
    return re.sub(
        "[没未不](?!有)[\u4e00-\u9fff](?=[^,.;]{0,4}(?:前|时|的))",
        lambda found: "" if found.group() in asked else found.group(),
        clause,
    )


def _denies(clause: str) -> bool:
    plain = re.sub('"[^"]{1,4}"|([会能要该可去来])不\\1', "", fold(clause))  # 会不会 asks
    return NEGATION.search(_NO_NEGATION.sub("", plain)) is not None
