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
from corpus.chinese.text import fold
from corpus.records import Article
from index.storage.catalogue import using
from rag.answers.of_the_whole import part_named
from rag.figures.figure import Figure, article_figures, short_forms
from rag.figures.over_time import label
from rag.reading.homes import places_of
from rag.records import Answer
from ui import wording
from ui.service.figures import told_time

_WHOLE: Final = re.compile("全[国省市区县镇]")
_AREA: Final = re.compile("(?:区|城|镇|街道|村|园|带|走廊)$")
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


def other_scope(scope: Scope) -> str:
    """Return what is said in place of a short answer that is of another scope than the question."""
    return wording.other_scope(scope.asked, scope.period, scope.subject)


def scope_of(answer: Answer, articles: Mapping[str, Article]) -> Scope:
    """Return period and scope of the short answer; nothing when it is no figure, or when its sentence leaves it open.

    A figure without a time of its own is as of its report, and says so: «2024年2—3月报道».
    """
    found = _figure(answer, articles)
    if found is None:
        return Scope()
    figure, article = found
    before = figure.text[: figure.quantity.start]
    whole = list(_WHOLE.finditer(before))
    subject = (
        whole[-1][0] if whole and not figure.subject.endswith("区") and len(figure.subject) <= 2 else figure.subject
    )
    period = told_time(figure)[0] if figure.dated else label(figure)
    return Scope(period, subject.upper(), _asked_instead(answer, figure, article, articles))


def _figure(answer: Answer, articles: Mapping[str, Article]) -> tuple[Figure, Article] | None:
    if not answer.short_answer or answer.calculation or not any(map(str.isdecimal, answer.short_answer)):
        return None
    claim = next(
        (one for one in answer.claims if answer.short_answer in one.text or one.value in answer.short_answer), None
    )
    if claim is None or not claim.value:
        return None
    for cited in (one for one in answer.citations if one.n in claim.citations):
        article = articles.get(cited.article_id)
        if article is None:
            continue
        for figure in figures_of(article):
            here = cited.start <= figure.start and figure.end <= cited.end
            if here and figure.quantity.measure not in _UNTOLD and _is_value(figure, answer.short_answer):
                return figure, article
    return None


def _is_value(figure: Figure, short: str) -> bool:
    return figure.quantity.text in short or short in figure.quantity.text


@lru_cache(maxsize=32)
def figures_of(article: Article) -> tuple[Figure, ...]:
    """Return the figures of an article, in order; what was asked of lately is remembered."""
    return tuple(article_figures(article))


def _asked_instead(answer: Answer, figure: Figure, article: Article, articles: Mapping[str, Article]) -> str:
    """Return the place that was asked for when the figure is of another: of the whole for a part, or the other way round.

    Only where both are known: the figure's own subject, and a name of the question that some article uses.
    """
    question, subject = answer.standalone or answer.question, figure.subject
    homes = places_of(article.text)
    if not (subject in homes or _AREA.search(subject)):
        return ""
    if part := part_named(question, using(articles)):
        own = part in fold(figure.text) or subject.endswith((part, *short_forms(part))) or part.endswith(subject)
        return "" if own else part
    home = next((one for one in homes if subject.startswith(one) and subject != one), "")
    return home if home and home in question and subject.removeprefix(home) not in question else ""
