"""What another article says otherwise of the very amount that is answered: read, not only told by the words of a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.chinese.facts import Comparison, compare, may_agree
from index.storage.snapshot import Snapshot
from rag.answers.composition import Composition, Evidence
from rag.answers.short_answer import figure_of, with_value
from rag.figures.conflicts import Relation, same_subject
from rag.figures.figure import Figure, short_form
from rag.figures.side_by_side import label_of, newest
from rag.question.kinds import AnswerKind
from rag.question.topics import TopicKind
from rag.reading.finder import Finder, Found
from rag.reading.ranker import Ranked
from rag.records import Conflict

_READS_TOO = 0.4  # the least probability that the other sentence answers as well …
_SURELY = 0.6  # … and where it does not name what is measured as the answer's sentence does
_SAME_TIME = 92  # days between two reports that may tell of one state of things
_LOOKED_AT = 12  # of the ranked sentences: those that were read


def told_otherwise(composition: Composition, found: Found, finder: Finder) -> Composition:
    """Return the composition with the best sentence of another article that answers with another amount.

    It must name all that both the question and the answer's own sentence name. Unchanged where there is none, where no
    single amount is asked for, or where more is said already.
    """
    if found.prepared.asked.kind is not AnswerKind.QUANTITY or not _is_one_amount(composition):
        return composition
    (main,) = composition.evidence
    own = figure_of(main, finder.snapshot)
    if own is None:
        return composition
    for one in found.ranked[1:_LOOKED_AT]:
        if not _answers_too(one, main, found, finder):
            continue
        other = with_value(Evidence(one.candidate), found.prepared.asked, finder.reader, finder.snapshot, one.wording)
        figure = figure_of(other, finder.snapshot)
        if figure is not None and _differ(own, figure):
            return _side_by_side([(main, own), (other, figure)], finder.snapshot)
    return composition


def _is_one_amount(made: Composition) -> bool:
    said = made.conflicts or made.calculation or made.corrects or made.untold or made.listed or made.short
    return len(made.evidence) == 1 and made.evidence[0].value is not None and not said


def _answers_too(one: Ranked, main: Evidence, found: Found, finder: Finder) -> bool:
    if one.reading is None or one.candidate.article_id == main.candidate.article_id:
        return False
    sure = finder.probability(found.prepared, [one])
    if sure < _READS_TOO:
        return False
    there, here = short_form(one.candidate.text), short_form(main.candidate.text)
    topics = finder.topics(found.prepared)
    said = [topic for topic in topics if topic.kind is not TopicKind.TIME and short_form(topic.text) in here]
    lacking = [topic for topic in said if short_form(topic.text) not in there]
    return len(lacking) < len(said) and (
        not lacking or (sure >= _SURELY and all(topic.kind is TopicKind.MEASURE for topic in lacking))
    )


def _differ(a: Figure, b: Figure) -> bool:
    """Tell whether two amounts cannot both be so; those that are said of two things can."""
    if a.subject and b.subject and same_subject(a.subject, b.subject) is None:
        return False
    return compare(a.quantity, b.quantity) is Comparison.DIFFERENT and not may_agree(a.quantity, b.quantity)


def _side_by_side(sides: Sequence[tuple[Evidence, Figure]], snapshot: Snapshot) -> Composition:
    """Return both sides, each with when it was reported; what changed between two reports with the newer first."""
    first, second = (snapshot.articles[one.candidate.article_id].published for one, _ in sides)
    changed = first is not None and second is not None and abs((first.last - second.last).days) > _SAME_TIME
    order = [one.row for one in newest([evidence.candidate for evidence, _ in sides], snapshot)]
    if changed:
        sides = sorted(sides, key=lambda side: order.index(side[0].candidate.row))
    places = tuple(sorted(range(len(sides)), key=lambda at: order.index(sides[at][0].candidate.row)))
    labels = [label_of(evidence.candidate, snapshot) for evidence, _ in sides]
    note = "；".join(f"{labels[at]} {sides[at][1].quantity.text}" for at in places)
    told = Conflict("", (Relation.TIME if changed else Relation.SAID).value, places, note)
    evidence = tuple(replace(one, label=label) for (one, _), label in zip(sides, labels, strict=True))
    return Composition(evidence, (told,))
