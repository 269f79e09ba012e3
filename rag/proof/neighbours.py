"""The right figure of the wrong thing: what stands beside a figure in a sentence must stand beside it in the spans.

Told by the words that touch a figure, by 如今 against 原先, by whose figure it is (全区, 经开区), and by what else stands in the
clause of the spans that says the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from corpus.chinese.facts import Comparison, DateFact, Measure, Quantity, compare
from corpus.chinese.text import fold
from corpus.chinese.words import any_of
from rag.proof.amounts import same_amount, same_time
from rag.proof.content import covered_characters
from rag.proof.statements import LINKS, Ground, Statement

_RUN_BEFORE = re.compile("[\u3400-\u9fff]*$")
_RUN_AFTER = re.compile("的?([\u3400-\u9fff]*)")
_CONJUNCTION = re.compile("[和与及或]")
_SAYS_LITTLE = re.compile(any_of("rag/beside_figures"))
_PIECE = re.compile("[,.;:]")
_NOW = re.compile("如今|现在|目前|当前|眼下|现已")
_THEN = re.compile("原先|原来|原本|过去|以前|此前|之前|从前|当初")
_SCOPE = re.compile(
    "(?P<land>全国|我国)|(?P<province>全省|[\u4e00-\u9fff]{2}省)|(?P<city>全市|[\u4e00-\u9fff]{2}市(?![场民值面中级]))"
    "|(?P<zone>开发区|经开区|高新区|新城(?!区)|小镇)|(?P<district>全区|全县|[\u4e00-\u9fff]{2}[区县](?![域块间别位内]))|(?P<town>[\u4e00-\u9fff]{2}(?:街道|(?<!小)镇|乡(?!村)))"
)
_NO_DISTRICT = re.compile("[的在与和及是个这那各城园郊社片景街]|开发|高新|示范|[小园社景地山城厂校片库辖街设分]区")
_FROM_AFAR = re.compile("率先|首|唯一|第|最|前[0-9一二三四五六七八九十]|领先|试点|的?(?:重要|主要)")
_ZONES = ("开发区", "经开区")
_ZONE = "开发区|经开区"
_NOUN = 8  # characters of what is counted, after a figure
_FOREIGN = 2  # of them in a row that nothing holds
_LEADING = 6  # characters of a clause in which the figure stands that the rest is said of
_SAID = 4  # characters of what is said of it


def beside_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> str:
    """Return the word beside a figure that the spans print beside another one of the kind only: 住宅800亩 for 产业800亩."""
    for word in _touching(statement.folded, quantity):
        if _SAYS_LITTLE.search(word) or LINKS.search(word):
            continue
        beside = {True: False, False: False}
        for ground in grounds:
            for other in ground.quantities:
                comparison = compare(quantity, other)
                equal = comparison is Comparison.EQUAL
                if comparison is Comparison.INCOMPARABLE or word not in _touching(ground.evened, other):
                    continue
                if equal or same_time(statement, quantity, ground, other):
                    beside[equal] = True
        if beside[False] and not beside[True]:
            return word
    return ""


def _touching(folded: str, quantity: Quantity) -> set[str]:
    """Return the two characters right before a figure and the two right after it."""
    before = _RUN_BEFORE.search(folded, 0, quantity.start)
    after = _RUN_AFTER.match(folded, quantity.end)
    words = (before.group()[-2:] if before else "", after[1][:2] if after else "")
    return {word for word in words if len(word) == 2 and not _CONJUNCTION.search(word)}


def of_another_time(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> bool:
    """Whether a figure is told of now where the spans tell it of before, or the other way round: 从甲到乙 for 从乙到甲."""
    said = _when(statement.folded, quantity, statement.quantities)
    held = [
        _when(ground.evened, one, ground.quantities)
        for ground in grounds
        for one in ground.quantities
        if same_amount(quantity, one)
    ]
    return said != 0 and bool(held) and all(one == -said for one in held)


def _when(folded: str, quantity: Quantity, others: Sequence[Quantity]) -> int:
    """Return 1 for a figure that is told of now, -1 for one of before, else 0: by what stands between it and the last one."""
    starts = [
        one.end for one in others if one.end <= quantity.start and compare(one, quantity) is not Comparison.INCOMPARABLE
    ]
    piece = max((found.end() for found in _PIECE.finditer(folded, 0, quantity.start)), default=0)
    before = folded[max([piece, *starts]) : quantity.start]
    stop = _PIECE.search(folded, quantity.end)
    later = [one.start for one in others if one.start >= quantity.end]
    after = folded[quantity.end : min([stop.start() if stop else len(folded), *later])]
    now = _NOW.search(before + after) is not None or re.search("(?:[到至成]|缩短为|变为)[了约]?$", before) is not None
    then = _THEN.search(before + after) is not None or re.search("[从由][约近]?$", before) is not None
    return now - then


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
    held = [(ground, one) for ground in grounds for one in ground.quantities if same_amount(quantity, one)]
    if any(
        re.search(f"{said[1]}(?!(?!.全)[\u4e00-\u9fff]{{2}}[区县])", ground.evened[: one.start]) for ground, one in held
    ):
        return ""
    given = [_scope(ground.evened, one.start) for ground, one in held]
    return said[1] if given and all(one is not None and one[0] != said[0] for one in given) else ""


def _scope(folded: str, end: int) -> tuple[str, str] | None:
    """Return the level and the words of the place that a figure at `end` may be of: the first one of the nearest clause."""
    stops = [0, *(found.end() for found in _PIECE.finditer(folded, 0, end)), end]
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


def adds_up_unnamed(sentence: str, operands: Sequence[Quantity], grounds: Sequence[Ground]) -> str:
    """Return what one operand of a sum is of where a sentence names only what another is of: 完工8条 of 完工5条, 开工3条."""
    labels = [_label(operand, grounds) for operand in operands]
    if not all(labels) or len(set(labels)) < len(labels):
        return ""
    named = [label in fold(sentence) for label in labels]
    return labels[named.index(False)] if any(named) and not all(named) else ""


def _label(operand: Quantity, grounds: Sequence[Ground]) -> str:
    for ground in grounds:
        for one in ground.quantities:
            if compare(operand, one) is Comparison.EQUAL and (run := _RUN_BEFORE.search(ground.evened, 0, one.start)):
                return run.group()[-2:]
    return ""


def counts_unheld(statement: Statement, quantity: Quantity, lenders: Sequence[Ground]) -> str:
    """Return the words of what a figure counts that neither the spans nor the question hold: 2000条汽车轮胎; or nothing."""
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE):
        return ""
    marks = covered_characters(statement, lenders)
    noun = _RUN_AFTER.match(statement.folded, quantity.end)
    if noun is None or _SAYS_LITTLE.match(noun[1]):
        return ""
    begin, unheld = noun.start(1), ""
    for at in range(begin, min(noun.end(1), begin + _NOUN)):
        if LINKS.match(statement.folded, at):
            return ""
        unheld = unheld + statement.folded[at] if not marks[at] and not statement.masked[at] else ""
        if len(unheld) >= _FOREIGN:
            return unheld
    return ""


def counts_another(statement: Statement, quantity: Quantity, grounds: Sequence[Ground]) -> str:
    """Return what a figure counts where the spans name it, but only in other clauses than those of the figure; or nothing."""
    noun = _RUN_AFTER.match(statement.folded, quantity.end)
    if quantity.measure not in (Measure.COUNT, Measure.PEOPLE) or noun is None or len(noun[1]) < _SAID:
        return ""
    if not any(noun[1] in ground.evened for ground in grounds):
        return ""
    held = [
        _piece(ground.evened, one.start)
        for ground in grounds
        for one in ground.quantities
        if same_amount(quantity, one)
    ]
    return noun[1] if held and not any(noun[1][-2:] in piece for piece in held) else ""


_DIRECTION = re.compile("[东西南北中上下左右](?=[边部侧面方接承起]|$)")


def other_side(sentence: str, grounds: Sequence[Ground]) -> str:
    """Return a quoted name that a clause puts on another side (北, 南 …) than the clause of the spans that names it; or nothing."""
    for piece in _PIECE.split(fold(sentence)):
        sides = set(_DIRECTION.findall(piece))
        for name in re.findall('"([^"]{2,12})"', piece) if len(sides) == 1 else ():
            held = [
                set(_DIRECTION.findall(_piece(ground.evened, at.start())))
                for ground in grounds
                for at in re.finditer(re.escape(name), ground.evened)
            ]
            if held and all(one and not one & sides for one in held):
                return str(name)
    return ""


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


def said_of_another(statement: Statement, grounds: Sequence[Ground]) -> str:
    """Return what a clause says of the figure or day that it begins with, where the spans say it of another one; or nothing."""
    for key, said in _sayings(statement):
        for ground in grounds:
            rivals = _rivals(key, ground)
            places = [found.start() for found in re.finditer(re.escape(said), ground.evened)]
            if len(rivals) >= 2 and places and not any(_is_of(key, at, ground, rivals) for at in places):
                return said
    return ""


_Key = Quantity | DateFact


def _sayings(statement: Statement) -> Iterator[tuple[_Key, str]]:
    """Yield each figure or day with the longest words that its clause ends with."""
    keys: list[_Key] = [*statement.quantities, *(one for one in statement.dates if one.day)]
    for key in keys:
        piece = _PIECE.search(statement.folded, key.end)
        end = piece.start() if piece else len(statement.folded)
        start = max((found.end() for found in _PIECE.finditer(statement.folded, 0, key.start)), default=0)
        run = _RUN_BEFORE.search(statement.folded, key.end, end)
        if run is None or key.start - start > 2 * _LEADING:
            continue
        words = re.split("的?(?:是|为|在|于|将|叫)", run.group())[-1]
        if len(words) >= _SAID:
            yield key, words


def _rivals(key: _Key, ground: Ground) -> list[_Key]:
    if isinstance(key, Quantity):
        return [one for one in ground.quantities if compare(key, one) is not Comparison.INCOMPARABLE]
    return [one for one in ground.dates if one.day]


def _is_of(key: _Key, at: int, ground: Ground, rivals: Sequence[_Key]) -> bool:
    """Whether what stands at a place of a span may be said of `key`: of those in its clause, else of the last one before."""
    start = max((found.end() for found in _PIECE.finditer(ground.evened, 0, at)), default=0)
    stop = _PIECE.search(ground.evened, at)
    end = stop.start() if stop else len(ground.evened)
    near = [one for one in rivals if start <= one.start < end]
    before = [one for one in rivals if one.end <= at]
    near = near or before[-1:] or list(rivals[:1])
    return any(_equal(key, one) for one in near)


def _equal(key: _Key, other: _Key) -> bool:
    if isinstance(key, Quantity) and isinstance(other, Quantity):
        return compare(key, other) is Comparison.EQUAL
    return (
        isinstance(key, DateFact) and isinstance(other, DateFact) and (key.month, key.day) == (other.month, other.day)
    )


def _piece(folded: str, at: int) -> str:
    start = max((found.end() for found in _PIECE.finditer(folded, 0, at)), default=0)
    stop = _PIECE.search(folded, at)
    return folded[start : stop.start() if stop else len(folded)]
