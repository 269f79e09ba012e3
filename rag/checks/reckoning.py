"""Calculations that a sentence shows: «1300名−900名=400名» is proof of the 400, when the operands are proven.

Only what is written out counts: operands and result in one formula, each with its unit. The arithmetic is exact.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from corpus.chinese.facts import Measure, Quantity, quantities
from corpus.chinese.text import fold

_EQUALS = re.compile("[=≈]|约等于|等于")
_SIGN = re.compile("[-+×÷*/()]|加上?|减去?|乘以?|除以")
_OPERATORS = {
    "+": "+",
    "加": "+",
    "加上": "+",
    "-": "-",
    "减": "-",
    "减去": "-",
    "×": "*",
    "*": "*",
    "乘": "*",
    "乘以": "*",
}
_OPERATORS |= {"÷": "/", "/": "/", "除以": "/"}
_BINDS = {"+": 1, "-": 1, "*": 2, "/": 2}
_EDGE = re.compile("[,.;:!?\"'<>]|为|是|即|:")
_RESULT = re.compile(r"[0-9][0-9,]*(?:\.([0-9]+))?")
_LONGEST = 160  # characters of a formula
_MOST = 12  # parts of a formula


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that holds, at sentence[start:end]; `result` was computed and is right to the digits that it shows."""

    start: int
    end: int
    operands: tuple[Quantity, ...]
    result: Quantity


@dataclass(frozen=True, slots=True)
class _Value:
    """An amount on the way. `measure` and `base` as in Quantity; a pure number is BARE, a share is in percent."""

    amount: Fraction
    measure: Measure
    base: str


class _NoFormula(Exception):
    """Whatever this is, it cannot be reckoned."""


def formulas(sentence: str, stated: Callable[[Quantity], bool]) -> tuple[Formula, ...]:
    """Return the formulas of `sentence` that hold and whose operands are `stated`, or results of an earlier one."""
    found: list[Formula] = []
    folded = fold(sentence)
    for sign in _EQUALS.finditer(folded):
        left = _left_edge(folded, sign.start(), found[-1].end if found else 0)
        right = _right_side(sentence, sign.end())
        if right is None or sign.start() - left > _LONGEST:
            continue
        for start in _starts(folded, left, sign.start()):
            try:
                operands, value = _reckon(sentence[start : sign.start()])
            except (_NoFormula, ZeroDivisionError):
                continue
            known = all(stated(one) or any(_same(one, done.result) for done in found) for one in operands)
            if len(operands) >= 2 and known and _shows(right, value):
                found.append(Formula(start, right.end, operands, right))
                break
    return tuple(found)


def _left_edge(folded: str, at: int, floor: int) -> int:
    edges = [edge.end() for edge in _EDGE.finditer(folded, floor, at) if not _within_number(folded, edge.start())]
    return edges[-1] if edges else floor


def _within_number(folded: str, at: int) -> bool:
    return 0 < at < len(folded) - 1 and folded[at] in ".," and folded[at - 1].isdigit() and folded[at + 1].isdigit()


def _starts(folded: str, left: int, end: int) -> Iterator[int]:
    """Yield where a formula may begin: at a bracket or a number, the longest first."""
    for found in re.finditer(r"\(|[0-9]+(?:[.,][0-9]+)*|[约近超逾]", folded[left:end]):
        if found.start() == 0 or not folded[left + found.start() - 1].isdigit():
            yield left + found.start()


def _right_side(sentence: str, at: int) -> Quantity | None:
    for quantity in quantities(sentence[at : at + 40]):
        if sentence[at : at + quantity.start].strip(" 约") == "":
            return _moved(quantity, at)
        break
    return None


def _moved(quantity: Quantity, by: int) -> Quantity:
    return Quantity(
        quantity.start + by,
        quantity.end + by,
        quantity.text,
        quantity.low,
        quantity.high,
        quantity.measure,
        quantity.base,
        quantity.unit,
        quantity.factor,
        quantity.approximation,
        quantity.change,
    )


def _reckon(expression: str) -> tuple[tuple[Quantity, ...], _Value]:
    """Return operands and value of an expression. Raises _NoFormula."""
    operands: list[Quantity] = []
    values: list[_Value] = []
    signs: list[str] = []

    def apply() -> None:
        if len(values) < 2 or not signs:
            raise _NoFormula
        second, first = values.pop(), values.pop()
        values.append(_combine(signs.pop(), first, second))

    expected = True  # an operand comes next
    parts = list(_parts(expression))
    if len(parts) > _MOST:
        raise _NoFormula
    for part in parts:
        if part == "(":
            signs.append(part)
        elif part == ")":
            while signs and signs[-1] != "(":
                apply()
            if not signs:
                raise _NoFormula
            signs.pop()
        elif part in _OPERATORS:
            if expected:
                raise _NoFormula
            sign = _OPERATORS[part]
            while signs and signs[-1] != "(" and _BINDS[signs[-1]] >= _BINDS[sign]:
                apply()
            signs.append(sign)
            expected = True
        else:
            if not expected:
                raise _NoFormula
            quantity = _whole(part)
            operands.append(quantity)
            values.append(_Value(quantity.low, quantity.measure, quantity.base))
            expected = False
    while signs:
        if signs[-1] == "(":
            raise _NoFormula
        apply()
    if len(values) != 1 or expected:
        raise _NoFormula
    return tuple(operands), values[0]


def _parts(expression: str) -> Iterator[str]:
    folded, at = fold(expression), 0
    for sign in _SIGN.finditer(folded):
        if text := expression[at : sign.start()].strip():
            yield text
        yield sign.group()
        at = sign.end()
    if text := expression[at:].strip():
        yield text


def _whole(text: str) -> Quantity:
    """Return the one quantity that `text` is, from its first character to its last."""
    found = quantities(text)
    if len(found) != 1 or found[0].is_range or text[: found[0].start].strip() or text[found[0].end :].strip():
        raise _NoFormula
    return found[0]


def _combine(sign: str, a: _Value, b: _Value) -> _Value:
    if sign in "+-":
        if (a.measure, a.base) != (b.measure, b.base):
            raise _NoFormula
        amount = a.amount + b.amount if sign == "+" else a.amount - b.amount
        shares = a.measure is Measure.SHARE and sign == "-"
        return _Value(amount, Measure.POINTS if shares else a.measure, "个百分点" if shares else a.base)
    pure = (Measure.BARE, Measure.SHARE)
    if sign == "*":
        if b.measure not in pure:
            a, b = b, a
        if b.measure not in pure:
            raise _NoFormula
        return _Value(a.amount * _pure(b), a.measure, a.base)
    if b.measure in pure and a.measure not in pure:
        return _Value(a.amount / _pure(b), a.measure, a.base)
    if (a.measure, a.base) != (b.measure, b.base):
        raise _NoFormula
    return _Value(a.amount / b.amount, Measure.BARE, "")


def _pure(value: _Value) -> Fraction:
    return value.amount / 100 if value.measure is Measure.SHARE else value.amount


def _shows(result: Quantity, value: _Value) -> bool:
    """Whether `result` is `value`, rounded to the digits that are printed."""
    amount = value.amount
    if value.measure is Measure.BARE and result.measure is Measure.SHARE:
        amount *= 100
    elif value.measure is Measure.POINTS and result.measure is Measure.POINTS:
        pass
    elif (value.measure, value.base) != (result.measure, result.base):
        return False
    printed = _RESULT.search(fold(result.text))
    if printed is None or result.is_range:
        return amount == result.low
    number = Fraction(printed.group().replace(",", ""))
    step = abs(result.low / number) if number else Fraction(1)
    return abs(amount - result.low) <= step * Fraction(1, 2 * 10 ** len(printed.group(1) or ""))


def _same(a: Quantity, b: Quantity) -> bool:
    return (a.low, a.high, a.measure, a.base) == (b.low, b.high, b.measure, b.base)
