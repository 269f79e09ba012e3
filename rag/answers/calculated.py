"""Sums, differences, ratios and shares: the operands and the formula."""

from __future__ import annotations

import re
from dataclasses import replace

from corpus.records import Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Asking, Composition, Evidence
from rag.answers.short_answer import figure_of, with_value
from rag.figures.arithmetic import (
    Calculation,
    Operation,
    Reckoning,
    calculate,
    printed_share,
    queries,
    reckon,
    task_of,
    within,
)
from rag.figures.figure import Figure, figures_at
from rag.figures.over_time import is_of_another_time
from rag.question.kinds import AnswerKind, Asked
from rag.question.parts import parts_of
from rag.reading.candidates import Candidate
from rag.reading.units import wanted

_OPERANDS = 2
_LOOKED_AT = 12  # of the ranked sentences, for operands and figures


def calculated(asking: Asking) -> Composition | None:
    """Return the operands with the formula; None when nothing is to be reckoned, or an operand is not told."""
    asked, ranked, snapshot = asking.asked, asking.ranked, asking.snapshot
    task = task_of(asked.text)
    if task is None:
        first = ranked[0].candidate
        one = within(asked.text, figures_at(snapshot, first.row), wanted(asked))
        made = None if one is None else replace(_formula(one, {first.row: first}), confidence=None)
        return made or _anniversary(asked, first, snapshot)
    if task.operation is Operation.SHARE and any(part.name for part in parts_of(asked.text)):
        return None  # the share of each of several: each is asked by itself
    found = {one.candidate.row: one.candidate for one in ranked[:_LOOKED_AT]}
    if (share := printed_share(task, _figures_of(found, snapshot))) is not None:
        return Composition((_evidence(share, found),), confidence=1.0, settled=True)
    result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    if result is None:
        for query in queries(task):
            found |= {one.candidate.row: one.candidate for one in asking.finder.search(query)[:_LOOKED_AT]}
        result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    if result is None and task.operation is not Operation.SHARE:  # a part and a whole must be of one place and time
        return _of_answers(task, asking)
    return None if result is None else _formula(result, found)


def _of_answers(task: Reckoning, asking: Asking) -> Composition | None:
    """Return the formula whose operands are the answers to the two questions for them, each surely answered."""
    found: dict[int, Candidate] = {}
    operands: list[Figure] = []
    sure: list[float] = []
    for question in queries(task):
        part = asking.finder.part(question)
        if part.confidence < asking.least:
            return None
        first = part.ranked[0]
        period = asking.finder.period(part.prepared)
        made = with_value(
            Evidence(first.candidate), part.prepared.asked, asking.finder.reader, asking.snapshot, first.wording, period
        )
        figure = figure_of(made, asking.snapshot)
        if figure is None or is_of_another_time(figure, figures_at(asking.snapshot, first.candidate.row), period):
            return None
        found[first.candidate.row] = first.candidate
        operands.append(figure)
        sure.append(part.confidence)
    alike = len(operands) == _OPERANDS and operands[0].plan == operands[1].plan
    result = reckon(task, *operands) if alike else None
    return None if result is None else replace(_formula(result, found), confidence=min(sure))


def _anniversary(asked: Asked, candidate: Candidate, snapshot: Snapshot) -> Composition | None:
    """哪一年 … of something whose N周年 a sentence dates: the year is reckoned."""
    if asked.kind is not AnswerKind.DATE or not re.search("哪一?年|何年|年份|几年", asked.folded):
        return None
    for figure in figures_at(snapshot, candidate.row):
        time = figure.time
        if "周年" not in figure.quantity.unit or time is None or time.first is None or time.last is None:
            continue
        if time.first.year == time.last.year and candidate.start <= time.start < candidate.end:
            years = int(figure.quantity.low / figure.quantity.factor)
            year = f"{time.first.year - years}年"
            value = Span(figure.quantity.start, figure.quantity.end)
            formula = f"{time.first.year}年（{time.text}）− {years}年[1] = {year}"
            return Composition((Evidence(candidate, value),), calculation=formula, short=year)
    return None


def _formula(result: Calculation, found: dict[int, Candidate]) -> Composition:
    evidence: list[Evidence] = []
    numbers: list[int] = []
    for figure in result.operands:
        one = _evidence(figure, found)
        known = next((n for n, other in enumerate(evidence) if other.candidate.row == one.candidate.row), None)
        if known is None:
            evidence.append(one)
            known = len(evidence) - 1
        numbers.append(known + 1)
    formula = result.text.format(*(f"[{n}]" for n in numbers))
    return Composition(tuple(evidence), calculation=formula, short=result.short, confidence=1.0)


def _evidence(figure: Figure, found: dict[int, Candidate]) -> Evidence:
    candidate = next(c for c in found.values() if (c.article_id, c.start) == (figure.article_id, figure.start))
    return Evidence(candidate, Span(figure.quantity.start, figure.quantity.end))


def _figures_of(found: dict[int, Candidate], snapshot: Snapshot) -> list[Figure]:
    return [figure for row in found for figure in figures_at(snapshot, row)]
