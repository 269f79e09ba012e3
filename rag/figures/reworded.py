"""Figures of one thing that two reports word differently: what is run together is taken apart, words of having are left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from corpus.chinese.words import any_of
from rag.figures.conflicts import FigurePair, difference, figure_pairs, newest_first
from rag.figures.figure import Figure

_HAVING = "全年|目前|已|现有|共有|集聚|聚集|拥有|引进|建成|完成"
_LINKS = re.compile(f"^(?:区|市|县|镇)?(?:{any_of('rag/figure_verbs')}|{_HAVING})*")
_AS_OF = re.compile("截[至止]|目前|现在?|当前")
_NAMES_IT = 6  # characters from which an indicator says of whom it is


def reworded_pairs(figures: Sequence[Figure]) -> Iterator[FigurePair]:
    """Yield all pairs that differ, each pair of sentences once: also those that only another wording keeps apart."""
    named = _named(figures)
    seen: set[tuple[object, ...]] = set()
    for pair in (*figure_pairs(named), *_without_subject(named), *figure_pairs(figures)):
        sides = pair.newer, pair.older
        place = (pair.newer.quantity.measure, *((one.article_id, one.start) for one in sides))
        if place not in seen:
            seen.add(place)
            yield pair


def _named(figures: Sequence[Figure]) -> list[Figure]:
    """Return figures whose subject stands before their indicator where a sentence runs both together.

    A short report says «某镇已集聚企业3100家» and nothing else of the place: what it is called, other articles tell.
    """
    subjects = sorted({one.subject for one in figures if len(one.subject) > 1}, key=len, reverse=True)
    made: list[Figure] = []
    for one in figures:
        subject = next((name for name in subjects if one.indicator.startswith(name)), "")
        rest = _LINKS.sub("", one.indicator.removeprefix(subject)) if subject else ""
        whose = subject and one.subject in ("", subject) and len(rest) > 1
        one = replace(one, subject=subject, indicator=rest) if whose else one
        # a stock as of a day or of now is as of its report: no shorter a span than another's
        made.append(replace(one, time=None) if one.time is not None and _AS_OF.match(one.time.text) else one)
    return made


def _without_subject(figures: Sequence[Figure]) -> Iterator[FigurePair]:
    """Yield pairs of figures of no named subject whose indicators are the same but for words of having, and long enough to name
    the thing."""
    groups: dict[tuple[object, ...], list[Figure]] = defaultdict(list)
    for one in figures:
        bare = re.sub(_HAVING, "", one.indicator)
        if not one.subject and len(bare) >= _NAMES_IT:
            groups[bare, one.growth, one.quantity.measure].append(one)
    for (indicator, *_), alike in groups.items():
        for one, other in combinations(alike, 2):
            if one.article_id == other.article_id:
                continue
            named = [replace(figure, subject=str(indicator), indicator=str(indicator)) for figure in (one, other)]
            if found := difference(*named):
                yield FigurePair(*newest_first(one, other), found)
