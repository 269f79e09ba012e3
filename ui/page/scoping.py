"""Of when and of what a short answer is: read from the sentence that it cites. Pure.

The answer's record has no field for it; the figures of the cited sentence say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from corpus.chinese.facts import Measure
from corpus.chunking import passages
from corpus.records import Article
from rag.figures.figure import Figure, all_figures
from rag.records import Answer
from ui.service.figures import told_time

_WHOLE: Final = re.compile("全[国省市区县镇]")
_BY_SCOPE: Final = re.compile("范围不同：([^、（]+)、([^、（]+)")
_UNTOLD: Final = frozenset({Measure.DURATION, Measure.AGE})


@dataclass(frozen=True, slots=True)
class Scope:
    """`period` and `subject` of a short answer, each empty when unknown. `asked` is what the question meant instead."""

    period: str = ""
    subject: str = ""
    asked: str = ""

    @property
    def text(self) -> str:
        return " · ".join(filter(None, (self.period, self.subject)))


def scope_of(answer: Answer, articles: Mapping[str, Article]) -> Scope:
    """Return period and scope of the short answer; nothing when it is no figure, or when its sentence leaves it open."""
    figure = _figure(answer, articles)
    if figure is None:
        return Scope()
    before = figure.text[: figure.quantity.start]
    whole = list(_WHOLE.finditer(before))
    subject = whole[-1][0] if whole and not figure.subject.endswith("区") and len(figure.subject) <= 2 else figure.subject
    return Scope(told_time(figure)[0], subject.upper(), _asked_instead(answer, figure.subject))


def _figure(answer: Answer, articles: Mapping[str, Article]) -> Figure | None:
    if not answer.short_answer or answer.calculation or not any(map(str.isdecimal, answer.short_answer)):
        return None
    claim = next((one for one in answer.claims if answer.short_answer in one.text or one.value in answer.short_answer), None)
    if claim is None or not claim.value:
        return None
    for cited in (one for one in answer.citations if one.n in claim.citations):
        article = articles.get(cited.article_id)
        if article is None:
            continue
        for figure in _figures(article):
            here = cited.start <= figure.start and figure.end <= cited.end
            if here and figure.quantity.measure not in _UNTOLD and _is_value(figure, answer.short_answer):
                return figure
    return None


def _is_value(figure: Figure, short: str) -> bool:
    return figure.quantity.text in short or short in figure.quantity.text


@lru_cache(maxsize=32)
def _figures(article: Article) -> tuple[Figure, ...]:
    return tuple(f for p in passages(article) for f in all_figures(p, article.text, article.published))


def _asked_instead(answer: Answer, subject: str) -> str:
    """Return the part of a place that was asked for when the figure is of the whole, or the other way round."""
    question = answer.standalone or answer.question
    for conflict in answer.conflicts:
        if named := _BY_SCOPE.match(conflict.note):
            wide, part = sorted((named[1], named[2]), key=len)
            if subject == wide and part != wide and part.removeprefix(wide) in question:
                return part
    return ""
