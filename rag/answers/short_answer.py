"""The short answer in a sentence, read by the span reader within what the kind of question allows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from corpus.chinese.text import fold, split_clauses
from corpus.chinese.timing import Period, overlaps
from corpus.chinese.words import any_of
from corpus.records import Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Evidence
from rag.answers.lists import with_bound
from rag.figures.figure import Figure, asks_goal, figures_at, is_called_goal
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.homes import setting_of
from rag.reading.ranker import common_runs
from rag.reading.reader import Reader, Window
from rag.reading.rereading import window_of
from rag.reading.units import fits, found_quantities, is_left_out, wanted

_SHORT = frozenset(
    {
        AnswerKind.DATE,
        AnswerKind.PERSON,
        AnswerKind.ORGANISATION,
        AnswerKind.PLACE,
        AnswerKind.NAME,
        AnswerKind.QUANTITY,
    }
)
_SURE = 0.45  # expected overlap with the true answer
_UNSEEN = -3.0  # the edges of an amount beyond what the reader reads
_PAST = -4.0  # of an amount that is past, where nobody asks for it; where somebody does, it speaks for it
_FROM = re.compile("[从由自][^，。；从由自]{0,12}$")
_TO = re.compile("[^，。；0-9]{0,8}[到至为成]")
_EARLIER = re.compile(any_of("rag/earlier"))
_CLOCK_ASKED = re.compile("几点(?!建议|意见|要求|措施)")
_HOUR = "(?:[0-9]{1,2}[:：][0-9]{2}|(?:[0-9]{1,2}|[一二两三四五六七八九十]{1,3})[时点](?!间)(?:半|整|一刻|(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})分?)?)"
_PART_OF_DAY = "(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|晚|早)?"
_CLOCK = re.compile(f"{_PART_OF_DAY}{_HOUR}(?:(?:至|到|—+|-+|~|开到){_PART_OF_DAY}{_HOUR})?")
_LONGEST = 40  # characters; what is longer is no short answer


def with_value(
    evidence: Evidence,
    asked: Asked,
    reader: Reader,
    snapshot: Snapshot,
    wording: str = "",
    period: Period | None = None,
) -> Evidence:
    """Return `evidence` with its value, when the kind of question has one and the reader is sure of it.

    A quantity is one of those that fit the question, and its `period` where one is asked about: the reader only chooses
    among them. `wording` is the question in words of the sentence, if it was found by them: of its two readings the surer
    one counts, of an amount both.
    """
    if asked.kind not in _SHORT or (evidence.value is not None and asked.kind is not AnswerKind.QUANTITY):
        return evidence
    questions = list(dict.fromkeys((asked.text, wording or asked.text)))
    window = window_of(evidence.candidate, snapshot)
    if asked.kind is AnswerKind.QUANTITY:
        text = evidence.candidate.text
        of_the_time = _of_the_time(period, amounts_that_fit(asked, text), evidence.candidate, snapshot)
        places = _as_asked(asked, text, of_the_time)
        if len(places) < 2:
            return replace(evidence, value=places[0]) if places else evidence
        return replace(evidence, value=_meant(questions, evidence.candidate, window, places, reader, snapshot))
    allowed = [_times_of_day(window.text)] if _CLOCK_ASKED.search(asked.folded) else None
    found = [reader.read(text, [window], allowed)[0].best for text in questions]
    best = max((one for one in found if one), key=lambda one: one.score, default=None)
    if best is None or len(best.text) > _LONGEST or best.score < _SURE:
        return evidence
    value = Span(best.start, best.end)
    return replace(
        evidence, value=with_bound(evidence.candidate.text, value) if asked.kind is AnswerKind.DATE else value
    )


def _times_of_day(text: str) -> list[Span]:
    """Return the times of day in a sentence, a stretch from one to another as one."""
    return [Span(one.start(), one.end()) for one in _CLOCK.finditer(text)]


def figure_of(evidence: Evidence, snapshot: Snapshot) -> Figure | None:
    """Return the figure that is the value of a sentence; None where it has none."""
    value = evidence.value
    if value is None:
        return None
    figures = figures_at(snapshot, evidence.candidate.row)
    return next((one for one in figures if one.quantity.start < value.end and value.start < one.quantity.end), None)


def amounts_that_fit(asked: Asked, text: str) -> list[Span]:
    """Return where in a sentence the amounts stand that fit the question and are not part of it."""
    matched, _, _ = common_runs(asked.folded, fold(text))
    what = wanted(asked)
    return [
        Span(one.start, one.end)
        for one in found_quantities(text)
        if fits(one, what) and not matched[one.start : one.end].all() and not is_left_out(asked, text, one.start)
    ]


def _of_the_time(
    period: Period | None, places: Sequence[Span], candidate: Candidate, snapshot: Snapshot
) -> Sequence[Span]:
    """Return the amounts that the sentence dates to the time that is asked about; else those that it dates to no other."""
    if period is None or period.latest or len(places) < 2:
        return places
    dated = {one.quantity.start: one.time for one in figures_at(snapshot, candidate.row) if one.dated and one.time}
    agreeing = [place for place in places if place.start in dated and overlaps(period, dated[place.start])]
    return agreeing or [place for place in places if place.start not in dated] or places


def _as_asked(asked: Asked, text: str, places: Sequence[Span]) -> Sequence[Span]:
    """Return the amounts that are called a goal where a goal is asked for, the others where none is; all where that leaves none."""
    wanted_goal = asks_goal(asked.folded)
    return [place for place in places if is_called_goal(text, place) == wanted_goal] or places


def _meant(
    questions: Sequence[str],
    candidate: Candidate,
    window: Window,
    places: Sequence[Span],
    reader: Reader,
    snapshot: Snapshot,
) -> Span:
    """Return which of several amounts answers: by the edges that the reader sees, and by its clause read alone.

    What something was before it changed counts less, and more where that is asked for. `python -m evals.amounts` measures it.
    """
    parts = _parts(window.text)
    of = [next(at for at, part in enumerate(parts) if part.end > place.start) for place in places]
    lead = candidate.heading.replace("\n", " ")
    setting = setting_of(snapshot.articles[candidate.article_id])
    alone = [
        Window.of(window.text[one.start : one.end], setting=setting, lead=lead, before=window.text[: one.start])
        for one in parts
    ]
    chances = [0.0] * len(places)
    for question in questions:
        past = -_PAST if _EARLIER.search(question) else _PAST
        edges = [max(_UNSEEN, edge) for edge in reader.likelihoods(question, window, places)]
        odds = [reading.odds for reading in reader.read(question, [alone[at] for at in of])]
        was = [past * _is_past(window.text, place, parts[at]) for place, at in zip(places, of, strict=True)]
        chances = [sum(told) for told in zip(chances, edges, odds, was, strict=True)]
    return places[max(range(len(places)), key=lambda at: chances[at])]


def _parts(text: str) -> list[Span]:
    """Return the clauses of a sentence, those of a list apart."""
    parts: list[Span] = []
    for clause in split_clauses(text, Span(0, len(text))):
        ends = [at + 1 for at in range(clause.start, clause.end) if text[at] == "、"]
        parts += [Span(start, end) for start, end in pairwise([clause.start, *ends, clause.end]) if start < end]
    return parts


def _is_past(text: str, place: Span, part: Span) -> bool:
    """Whether an amount is what something was before it changed: 从1.16万名增长至1.42万名, 原来只有2米多宽."""
    before = text[part.start : place.start]
    return bool(_EARLIER.search(before) or (_FROM.search(before) and _TO.match(text, place.end)))
