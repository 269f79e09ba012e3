"""The figure that a question asks for, and the figures elsewhere that speak of the same thing and say otherwise."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from corpus.chinese.facts import Approximation, Measure, equal, may_agree
from corpus.chinese.text import fold
from corpus.chinese.timing import Period, overlaps
from corpus.records import BlockKind, Published, Span
from index.search.lexical import terms
from index.search.retrieval import best_rows
from index.storage.snapshot import Snapshot
from rag.citing import published_text
from rag.figures.conflicts import Difference, Relation, difference, newest_first
from rag.figures.figure import Figure, asks_goal, figures_at, is_called_goal, short_form
from rag.question.kinds import AnswerKind, Asked
from rag.reading.homes import administered
from rag.reading.ranker import Ranked
from rag.reading.units import fits, found_quantities, wanted
from rag.records import Conflict

_LOOKED_AT = 10  # ranked sentences among which the figure is chosen
_SEARCHED = 20  # further sentences in which the same subject and indicator are looked for
_MOST = 3  # sentences of a timeline
_CLEAR = 0.5  # by how much a lower sentence must fit better to be preferred to the first
_UNREAD = 0.9  # the fit of a first sentence whose figures could not be read
_IN_FULL = 1.9  # the fit of a figure whose subject and indicator the question names in full
_CERTAIN = 1.4  # the fit from which a lower sentence may take the place of a first one without any figure
_VAGUER = 0.8  # what a figure loses to one that is more exactly what is asked for
_SHORTEST_MEASURE = 3  # characters of an indicator that says what is measured
_PER_SCORE = 0.25  # what one point of the ranker weighs beside the fit of a figure


_SIZES = frozenset({Measure.AREA, Measure.LENGTH})
_UNASKED = frozenset({Measure.BARE, Measure.DURATION, Measure.AGE})  # when nothing says what is measured


_Fitted = tuple[float, int, int, Figure]  # how well a figure fits, its place among the ranked, its row


@dataclass(frozen=True, slots=True)
class Timeline:
    """Figures with the rows of their sentences, in the order shown, a label each, and how they differ.

    `main` is the row of the sentence that was asked for; the others were found because of it. `named` when the
    question names both whom it is of and what it measures, `measured` when it names what it measures in full.
    """

    entries: tuple[tuple[int, Figure], ...]
    labels: tuple[str, ...]
    conflicts: tuple[Conflict, ...]
    main: int
    named: bool = False
    measured: bool = False


def timeline(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, period: Period | None) -> Timeline | None:
    """Return the figure asked for and those that differ from it; None when no figure is clearly asked for."""
    main = asked_figure(asked, ranked, snapshot, period)
    if main is None:
        return None
    row, figure, told = main
    others = _siblings(figure, ranked, snapshot, period)
    question = short_form(asked.text)
    named = (fitting(told, question) or 0.0) >= _IN_FULL
    measured = len(told.indicator) >= _SHORTEST_MEASURE and told.indicator in question
    measured = (
        measured
        and _is_alone_meant(figure, question)
        and not is_of_another_time(figure, figures_at(snapshot, row), period)
    )
    if not others:
        is_first = row == ranked[0].candidate.row  # how surely that answers is known without
        alone = Timeline(((row, figure),), ("",), (), row, named and not is_first, measured)
        return alone if measured or not is_first else None
    return replace(_ordered(row, figure, others), named=named, measured=measured)


def asked_figure(
    asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, period: Period | None
) -> tuple[int, Figure, Figure] | None:
    """Return the row and the figure whose subject and indicator the question names best, and where that was seen.

    The last is the same figure, but for what a headline or a rounded amount says in short.
    """
    what = wanted(asked)
    if what is None and asked.kind not in (AnswerKind.CHANGE, AnswerKind.QUANTITY):
        return None
    question = short_form(asked.text)
    found: list[_Fitted] = []
    sized = what is not None and bool(what.measures & _SIZES)
    for place, one in enumerate(ranked if sized else ranked[:_LOOKED_AT]):
        for figure in figures_at(snapshot, one.candidate.row):
            if what is None and figure.quantity.measure in _UNASKED:
                continue
            if not fits(figure.quantity, what) or short_form(figure.quantity.text) in question:
                continue
            fit = fitting(figure, question)
            if fit is None and figure.subject and figure.subject in question:
                fit = fitting(figure, short_form(one.wording))  # whose it is is clear: 公司 may be its 企业
            if fit is not None:
                behind = _PER_SCORE * (one.score - ranked[0].score)
                if sized and _is_size_of(
                    figure, question
                ):  # what it is of and that it is a size is all there is to say
                    behind = max(behind, -_CLEAR / 2)
                found.append(
                    (
                        fit + behind + _timely(figure, period) + _meant(figure, question),
                        place,
                        one.candidate.row,
                        figure,
                    )
                )
    if not found:
        return None
    found = [
        (fit - _VAGUER * _is_vaguer(figure, question, found), place, row, figure) for fit, place, row, figure in found
    ]
    top = [quantity for quantity in found_quantities(ranked[0].candidate.text) if fits(quantity, what)]
    chosen = max(found, key=lambda entry: (entry[0], -entry[1]))
    fit, place, _, _ = chosen
    here = [entry for entry in found if entry[1] == 0]
    if place and top and fit - max((entry[0] for entry in here), default=_UNREAD) < _CLEAR:
        if not here:
            return None
        chosen = max(here, key=lambda entry: entry[0])
    elif place and fit < _CERTAIN:
        return None
    row, figure = _told_in_full(chosen, found, ranked)
    return row, _exacter(figure, snapshot, row), figure


def _is_alone_meant(figure: Figure, question: str) -> bool:
    """Whether a figure is a goal as the question asks for one, and no place of the question stands behind it alone."""
    place = Span(figure.quantity.start, figure.quantity.end)
    if asks_goal(question) != is_called_goal(figure.text, place):
        return False
    before, behind = fold(figure.text[: place.start]), fold(figure.text[place.end :])
    return not any(stem in behind and stem not in before for stem, _ in administered(question))


def is_of_another_time(figure: Figure, sentence: Sequence[Figure], period: Period | None) -> bool:
    """Tell whether a sentence dates another amount of the kind to the time that is asked about, and not this one."""
    if period is None or period.latest or (figure.dated and figure.time and overlaps(period, figure.time)):
        return False
    alike = [one for one in sentence if (one.quantity.measure, one.growth) == (figure.quantity.measure, figure.growth)]
    return figure.dated or any(one.dated and one.time and overlaps(period, one.time) for one in alike)


def _told_in_full(chosen: _Fitted, found: Sequence[_Fitted], ranked: Sequence[Ranked]) -> tuple[int, Figure]:
    """Return row and figure; of what a headline says in short those of the text below it that says it again."""
    _, place, row, figure = chosen
    if ranked[place].candidate.kind is BlockKind.HEADLINE:
        for _, other, below, again in found:
            same = again.indicator == figure.indicator or again.quantity.low == figure.quantity.low
            if (
                same
                and again.article_id == figure.article_id
                and may_agree(again.quantity, figure.quantity)
                and ranked[other].candidate.kind is not BlockKind.HEADLINE
            ):
                return below, again
    return row, figure


def _exacter(figure: Figure, snapshot: Snapshot, row: int) -> Figure:
    """Return the exact amount that follows a rounded one of the same: 突破600亿元，达到612.8亿元."""
    if figure.quantity.approximation is not Approximation.ABOVE:
        return figure
    behind = [one for one in figures_at(snapshot, row) if one.quantity.start >= figure.quantity.end]
    if not behind or not _REACHED.fullmatch(figure.text, figure.quantity.end, behind[0].quantity.start):
        return figure
    exact = behind[0].quantity.approximation is Approximation.EXACT and behind[0].quantity.unit == figure.quantity.unit
    return behind[0] if exact and may_agree(figure.quantity, behind[0].quantity) else figure


_REACHED = re.compile("[，,]?(?:达到?了?|为|至)")


def _is_vaguer(figure: Figure, question: str, found: Sequence[_Fitted]) -> bool:
    """Tell whether another figure is of all that the question names and this one of less: 产值, where 规上产值 is asked."""
    return any(
        other.indicator in question
        and figure.indicator in other.indicator
        and figure.indicator != other.indicator
        and (not other.subject or other.subject in question)
        for _, _, _, other in found
    )


_GOAL = ("目标", "规划", "计划", "预计", "力争", "将")


def _meant(figure: Figure, question: str) -> float:
    """A plan answers a question about a plan, a result any other."""
    return -0.8 if figure.plan != any(word in question for word in _GOAL) and figure.plan else 0.0


def _timely(figure: Figure, period: Period | None) -> float:
    if period is None or period.latest or figure.time is None or not figure.dated:
        return 0.0
    return 0.3 if overlaps(period, figure.time) else -1.0


def fitting(figure: Figure, question: str) -> float | None:
    """Return how well the question names what a figure is of, 0 to 2; None when it names neither well enough."""
    if _is_size_of(figure, question):
        return 1.8
    indicator = _share(figure.indicator, question)
    if not figure.indicator or indicator < 0.5:
        return None
    if figure.subject and figure.subject in question:
        return indicator + 1.0
    return indicator + (0.4 if not figure.subject or _share(figure.subject, question) >= 0.5 else 0.0)


def _is_size_of(figure: Figure, question: str) -> bool:
    """Tell whether a figure is the size of what the question names: 6500平方米的某某馆, where the unit is the indicator."""
    if figure.quantity.measure not in _SIZES or not _NO_INDICATOR.fullmatch(figure.indicator):
        return False
    subject = figure.subject
    return (
        any(subject[at:] in question for at in range(max(1, len(subject) - _SHORTEST_SUBJECT + 1)))
        if subject
        else False
    )


_NO_INDICATOR = re.compile("(?:[这那该此一][座片个块栋处家条]?)?(?:总?面积|占地|总?长|全长)?")
_SHORTEST_SUBJECT = 3  # characters of its end by which a subject may be called: 数智城 for 临平数智城


def _share(named: str, question: str) -> float:
    pieces = [named[i : i + 2] for i in range(len(named) - 1)]
    return sum(piece in question for piece in pieces) / len(pieces) if pieces else 0.0


def _siblings(
    figure: Figure, ranked: Sequence[Ranked], snapshot: Snapshot, period: Period | None
) -> list[tuple[int, Figure, Difference]]:
    """Return the figures that differ, one per article and relation, those of the ranking first."""
    rows = dict.fromkeys(one.candidate.row for one in ranked)
    if figure.subject:
        scores = snapshot.by_sentence.lexical.scores(terms(figure.subject + figure.indicator))
        rows |= dict.fromkeys(best_rows(scores, _SEARCHED).tolist())
    found: list[tuple[int, Figure, Difference]] = []
    seen: set[tuple[str, Relation]] = set()
    for row in rows:
        for other in figures_at(snapshot, row):
            if other is figure or (other.start, other.article_id) == (figure.start, figure.article_id):
                continue
            told = difference(figure, other)
            if told is None or not _asked_for(other, told, period):
                continue
            if (other.article_id, told.relation) not in seen:
                seen.add((other.article_id, told.relation))
                found.append((row, other, told))
    found = [
        entry
        for at, entry in enumerate(found)
        if not any(equal(entry[1].quantity, known.quantity) for _, known, _ in found[:at])
    ]
    order = {Relation.TIME: 0, Relation.SAID: 0, Relation.SCOPE: 1}
    found.sort(key=lambda entry: order.get(entry[2].relation, 2))
    return found[: _MOST - 1]


def _asked_for(other: Figure, told: Difference, period: Period | None) -> bool:
    """A question about one year wants no other year; a rise is not asked with a level."""
    if period is None or period.latest or (period.first is None and period.last is None):
        return True
    if told.relation is Relation.TIME:
        return False
    return told.relation is Relation.SAID or other.time is None or overlaps(period, other.time)


def _ordered(row: int, figure: Figure, others: Sequence[tuple[int, Figure, Difference]]) -> Timeline:
    """Newest first; what is of another scope comes after what was asked for."""
    same = [(row, figure), *((r, f) for r, f, told in others if told.relation is not Relation.SCOPE)]
    same.sort(key=lambda entry: _when(entry[1]), reverse=True)
    same.sort(key=lambda entry: entry[1].plan != figure.plan)  # what is so before what is meant to be
    entries = [*same, *((r, f) for r, f, told in others if told.relation is Relation.SCOPE)]
    places = {id(entry[1]): at for at, entry in enumerate(entries)}
    conflicts = []
    for _, other, told in others:
        newer, older = newest_first(figure, other)
        conflicts.append(
            Conflict(
                subject_of(figure),
                told.relation.value,
                (places[id(newer)], places[id(older)]),
                _note(newer, older, told),
            )
        )
    return Timeline(tuple(entries), tuple(label(f) for _, f in entries), tuple(conflicts), row)


def _note(newer: Figure, older: Figure, told: Difference) -> str:
    """Return both values with their dates, and in what they differ when it is not the time alone."""
    values = "；".join(f"{label(f)} {f.quantity.text}{'（规划目标）' if f.plan else ''}" for f in (newer, older))
    return values if told.relation is Relation.TIME else f"{told.note}（{values}）"


def _when(figure: Figure) -> tuple[str, str]:
    return str(figure.last or figure.first or ""), str(figure.published.last if figure.published else "")


def subject_of(figure: Figure) -> str:
    """Return what a conflict is about, for a reader."""
    return f"{figure.subject}{figure.indicator}"


def label(figure: Figure) -> str:
    """Return as of when a figure holds: the time the sentence names, else when the article appeared."""
    if figure.dated and figure.time and figure.time.first and figure.time.last:
        return published_text(Published(figure.time.first, figure.time.last))
    return published_text(figure.published) + "报道" if figure.published else ""
