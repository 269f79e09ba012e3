"""The short answer in a sentence, read by the span reader within what the kind of question allows."""

from __future__ import annotations

from dataclasses import replace

from corpus.chinese.text import fold
from corpus.records import Span
from index.storage.snapshot import Snapshot
from rag.answers.composition import Evidence
from rag.question.kinds import AnswerKind, Asked
from rag.reading.ranker import common_runs
from rag.reading.reader import Reader
from rag.reading.rereading import window_of
from rag.reading.units import fits, found_quantities, wanted

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
_LONGEST = 40  # characters; what is longer is no short answer


def with_value(evidence: Evidence, asked: Asked, reader: Reader, snapshot: Snapshot, wording: str = "") -> Evidence:
    """Return `evidence` with its value, when the kind of question has one and the reader is sure of it.

    A quantity is one of those that fit the question: the reader only chooses among them. `wording` is the question in
    words of the sentence, if it was found by them: of its two readings the surer one counts.
    """
    if asked.kind not in _SHORT or (evidence.value is not None and asked.kind is not AnswerKind.QUANTITY):
        return evidence
    text = evidence.candidate.text
    places: list[Span] | None = None
    if asked.kind is AnswerKind.QUANTITY:
        matched, _, _ = common_runs(asked.folded, fold(text))
        what = wanted(asked)
        places = [
            Span(quantity.start, quantity.end)
            for quantity in found_quantities(text)
            if fits(quantity, what) and not matched[quantity.start : quantity.end].all()
        ]
        if len(places) < 2:
            return evidence
    window = window_of(evidence.candidate, snapshot)
    found = [
        reader.read(text, [window], [places])[0].best for text in dict.fromkeys((asked.text, wording or asked.text))
    ]
    best = max((one for one in found if one), key=lambda one: one.score, default=None)
    if best is None or len(best.text) > _LONGEST:
        return evidence
    if places is not None:
        held = [place for place in places if place.overlaps(Span(best.start, best.end))]
        return replace(evidence, value=held[0]) if held else evidence
    return replace(evidence, value=Span(best.start, best.end)) if best.score >= _SURE else evidence
