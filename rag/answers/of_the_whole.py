"""The whole's figure where that of its part was asked for: 经开区2023年GDP, of which the articles tell 临平's alone.

It is no answer, and more than none: a refusal says which figure there is, and of what.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.chinese.text import fold
from corpus.records import Article, Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Composition, Evidence
from rag.figures.figure import Figure, figures_at, short_forms
from rag.figures.over_time import label
from rag.figures.scopes import period_text
from rag.question.kinds import AnswerKind, Asked
from rag.reading.candidates import Candidate
from rag.reading.homes import administered
from rag.reading.places import gazetteer

_PART = re.compile(
    "[\u4e00-\u9fff]{0,8}?(?:开发区|经开区|高新区|新区|园区|产业园|科技园|街道|社区|新城|(?<![城乡农])[镇乡村]|城(?![市区乡镇际融东西南北]))"
)  # endings that name a part of a place
_MOST_READ = 200  # articles that name a part, for what it lies in
_SHORTEST_REST = 2  # characters that the name of a part has beside its whole's
_MEASURED = frozenset({AnswerKind.QUANTITY, AnswerKind.COMPARISON, AnswerKind.CHANGE})


Using = Callable[[str], Iterable[Article]]


@dataclass(frozen=True, slots=True)
class Whole:
    """What `part` is a part of: `stem` 临平, `level` 区; `question` is the one that asks of the whole instead."""

    part: str
    stem: str
    level: str
    question: str

    @property
    def name(self) -> str:
        return f"{self.stem}全{self.level}"


@dataclass(frozen=True, slots=True)
class WholeFigure:
    """The sentence that tells the whole's figure, `value` and its `period` in words, each empty when it is not known."""

    whole: Whole
    candidate: Candidate
    value: str
    period: str


def part_named(question: str, using: Using) -> str:
    """Return the longest name of a part of a place (经开区, 数智城) in a question that an article uses; empty without one.

    `using` finds the articles with a word: `index.storage.catalogue.using`.
    """
    for found in _PART.finditer(fold(question)):
        for at in range(found.start(), found.end() - 2):
            name = found.string[at : found.end()]
            if any(True for _ in using(name)):
                return name
    return ""


def whole_asked(question: str, asked: Asked, using: Using) -> Whole | None:
    """Return what a question for the amount of a part would ask of its whole; None where it asks for nothing of the kind."""
    if asked.kind not in _MEASURED or not (part := part_named(question, using)):
        return None
    stem, level = _whole_of(part, [article.text for article in islice(using(part), _MOST_READ)])
    if not stem:
        return None
    folded, table = fold(question), gazetteer()
    if any(place != stem and place not in table.within.get(stem, ()) for _, place in table.named(folded)):
        return None  # the part of another place, which is called alike
    named = stem if stem not in folded.replace(part, "") else ""
    return Whole(part, stem, level, folded.replace(part, named))


def _whole_of(part: str, texts: Sequence[str]) -> tuple[str, str]:
    """Return the place that a part lies in: the one that its name begins with, or stands behind, or that is named most beside it."""
    near = fold("\n".join(texts))
    found = {
        place
        for place in frozenset().union(*map(administered, texts))
        if place[0] not in part or part[:-_SHORTEST_REST].startswith(place[0])
    }

    def nearness(place: tuple[str, str]) -> tuple[bool, int, int, tuple[str, str]]:
        stem, level = place
        before = near.count(f"{stem}{level}{part}") + near.count(f"{stem}{part}")
        return part.startswith(stem), before, near.count(stem), place

    return max(found, key=nearness, default=("", ""))


def tells_only_of(whole: Whole, composition: Composition, snapshot: Snapshot) -> bool:
    """Tell whether an answer tells figures of the whole, and of the part nothing."""
    return all(_figure_of(whole, one, snapshot) for one in composition.evidence)


def told_of(whole: Whole, composition: Composition, snapshot: Snapshot) -> WholeFigure | None:
    """Return what the first sentence of an answer tells of the whole; None when it tells of something else."""
    first = composition.evidence[0]
    figure = _figure_of(whole, first, snapshot)
    if figure is None:
        return None
    if composition.calculation:
        return WholeFigure(whole, first.candidate, "", "")
    if not (value := composition.short or first.value_text):
        return None
    return WholeFigure(whole, first.candidate, value, period_text(figure.time) if figure.dated else label(figure))


def _figure_of(whole: Whole, evidence: Evidence, snapshot: Snapshot) -> Figure | None:
    """Return the figure of a sentence that tells it of the whole, and of the part nothing."""
    told, value = evidence.candidate, evidence.value
    near = fold(f"{told.before}\n{told.heading}\n{told.text}")
    if any(form in near for form in (whole.part, whole.part.removeprefix(whole.stem), *short_forms(whole.part))):
        return None
    here = figures_at(snapshot, told.row)
    meant = [one for one in here if value is None or value.overlaps(Span(one.quantity.start, one.quantity.end))]
    if not meant:
        return None
    headline = fold(snapshot.articles[told.article_id].headline)
    unsaid = not meant[0].subject and whole.stem in headline and whole.part not in headline
    return meant[0] if unsaid or meant[0].subject in (whole.stem, whole.stem + whole.level) else None
