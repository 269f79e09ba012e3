"""From ranked sentences to what is shown: which sentences, cut to which clauses, and the short answer in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from corpus.facts import Quantity
from corpus.records import BlockKind, Span
from corpus.text import fold, split_clauses
from corpus.timing import Period
from index.snapshot import Snapshot
from rag.answer import Conflict
from rag.asking import AnswerKind, Asked
from rag.calculating import Calculation, calculate, queries, task_of
from rag.candidates import Candidate, candidate_at
from rag.figures import Figure, figures
from rag.fitting import fits, found_quantities, wanted
from rag.ranking import Ranked, common_runs
from rag.timelines import Timeline, timeline

_FACT_LIMIT = 200  # characters of an answer to a factual question
_LONG_LIMIT = 360  # … and to why, how, what is, lists
_SEVERAL = frozenset({AnswerKind.REASON, AnswerKind.HOW, AnswerKind.LIST, AnswerKind.DEFINITION, AnswerKind.CHANGE})
_CLOSE = 1.0  # a further sentence must score within this of the best
_CUT = "…"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that answers, and the part of it that is the short answer (offsets into `candidate.text`).

    `label` tells it from the other sentences of the answer: an as-of date, the name of what it speaks of.
    """

    candidate: Candidate
    value: Span | None = None
    label: str = ""

    @property
    def value_text(self) -> str:
        return self.candidate.text[self.value.start : self.value.end] if self.value else ""


Search = Callable[[str], Sequence[Ranked]]


@dataclass(frozen=True, slots=True)
class Composition:
    """What an answer is made of: sentences in the order shown, and what is said of them.

    `conflicts` refer to `evidence` by index. `short` is None when the values of the sentences say it. `sure` when it
    rests on checks of its own (all operands found) and needs no confidence.
    """

    evidence: tuple[Evidence, ...]
    conflicts: tuple[Conflict, ...] = ()
    calculation: str = ""
    short: str | None = None
    sure: bool = False


def compose(
    asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, search: Search, period: Period | None
) -> Composition:
    """Return what answers; `ranked` must not be empty. `search` finds sentences for a part of the question."""
    return (
        _calculated(asked, ranked, snapshot, search)
        or _over_time(asked, ranked, snapshot, period)
        or Composition(choose(asked, ranked))
    )


_LOOKED_AT = 12  # of the ranked sentences, for operands and figures


def _calculated(asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, search: Search) -> Composition | None:
    task = task_of(asked.text)
    if task is None:
        return None
    found = {one.candidate.row: one.candidate for one in ranked[:_LOOKED_AT]}
    result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    if result is None:
        for query in queries(task):
            found |= {one.candidate.row: one.candidate for one in search(query)[:_LOOKED_AT]}
        result = calculate(task, _figures_of(found, snapshot), wanted(asked))
    return None if result is None else _formula(result, found)


def _formula(result: Calculation, found: dict[int, Candidate]) -> Composition:
    evidence: list[Evidence] = []
    numbers: list[int] = []
    for figure in (result.left, result.right):
        candidate = next(c for c in found.values() if (c.article_id, c.start) == (figure.article_id, figure.start))
        known = next((n for n, one in enumerate(evidence) if one.candidate.row == candidate.row), None)
        if known is None:
            evidence.append(Evidence(candidate, Span(figure.quantity.start, figure.quantity.end)))
            known = len(evidence) - 1
        numbers.append(known + 1)
    formula = result.text.format(*(f"[{n}]" for n in numbers))
    return Composition(tuple(evidence), calculation=formula, short=result.short, sure=True)


def _figures_of(found: dict[int, Candidate], snapshot: Snapshot) -> list[Figure]:
    return [figure for row in found for figure in figures_at(snapshot, row)]


def figures_at(snapshot: Snapshot, row: int) -> tuple[Figure, ...]:
    """Return the figures of the sentence in row `row`."""
    sentence = snapshot.sentences[row]
    article = snapshot.articles[sentence.article_id]
    passage = snapshot.passages[sentence.passage]
    return figures(passage, Span(sentence.start, sentence.end), article.text, article.published)


def _over_time(
    asked: Asked, ranked: Sequence[Ranked], snapshot: Snapshot, period: Period | None
) -> Composition | None:
    """The figure that is asked for, with the others that speak of the same thing and say otherwise."""
    if asked.kind not in _FIGURES:
        return None
    found = timeline(asked, ranked, snapshot, period, figures_at)
    return None if found is None else _laid_out(found, {one.candidate.row: one.candidate for one in ranked}, snapshot)


def _laid_out(found: Timeline, known: dict[int, Candidate], snapshot: Snapshot) -> Composition:
    evidence: list[Evidence] = []
    for row, figure in found.entries:
        candidate = known.get(row) or candidate_at(snapshot, row)
        value = Span(figure.quantity.start, figure.quantity.end)
        evidence.append(Evidence(candidate, value, found.labels[len(evidence)] if len(found.entries) > 1 else ""))
    return Composition(tuple(evidence), conflicts=found.conflicts)


_FIGURES = frozenset({AnswerKind.QUANTITY, AnswerKind.CHANGE, AnswerKind.COMPARISON, AnswerKind.LIST, AnswerKind.OTHER})


def choose(asked: Asked, ranked: Sequence[Ranked]) -> tuple[Evidence, ...]:
    """Return the sentences that answer, best first; `ranked` must not be empty.

    One for a fact. Why, how, what-is and lists may take the neighbours that score nearly as well.
    """
    best = ranked[0]
    chosen = [best.candidate]
    if asked.kind in _SEVERAL:
        for other in ranked[1:6]:
            if best.score - other.score > _CLOSE or len(chosen) == 3:
                break
            if _beside(other.candidate, chosen) and other.candidate.kind is best.candidate.kind:
                chosen.append(other.candidate)
        chosen.sort(key=lambda candidate: candidate.start)
    return tuple(Evidence(candidate, short_answer(asked, candidate.text)) for candidate in chosen)


def _beside(candidate: Candidate, chosen: Sequence[Candidate]) -> bool:
    return any(
        candidate.article_id == other.article_id and abs(candidate.position - other.position) == 1 for other in chosen
    )


def short_answer(asked: Asked, text: str) -> Span | None:
    """Return where in `text` the value stands that is asked for; None when its kind has no short value.

    Of several quantities the one that stands nearest to the words of the question, with the unit that is asked for.
    """
    if asked.kind is not AnswerKind.QUANTITY:
        return None
    matched, _, _ = common_runs(asked.folded, fold(text))
    what = wanted(asked)
    new = [quantity for quantity in found_quantities(text) if not matched[quantity.start : quantity.end].all()]
    found = [quantity for quantity in new if fits(quantity, what)]
    if not found:
        return None
    where = [at for at, hit in enumerate(matched) if hit]

    def distance(quantity: Quantity) -> float:
        before = [quantity.start - at for at in where if at < quantity.start]
        after = [at - quantity.end + 1 for at in where if at >= quantity.end]
        return min([*before, *(2 * gap for gap in after)], default=len(text))

    best = min(found, key=distance)
    return Span(best.start, best.end)


def trimmed(evidence: Evidence, asked: Asked, limit: int) -> str:
    """Return the sentence, or when it is longer than `limit` the clauses that carry value and question, cuts marked …"""
    text = evidence.candidate.text
    if len(text) <= limit:
        return text
    clauses = split_clauses(text, Span(0, len(text)))
    matched, _, _ = common_runs(asked.folded, fold(text))
    weight = [float(matched[clause.start : clause.end].sum()) for clause in clauses]
    weight[0] += 2.0  # the subject usually stands first
    if evidence.value is not None:
        weight = [w + 50.0 * clause.overlaps(evidence.value) for w, clause in zip(weight, clauses, strict=True)]
    kept: set[int] = set()
    size = 0
    for at in sorted(range(len(clauses)), key=lambda at: (-weight[at], at)):
        if size + len(clauses[at]) > limit - 2:
            continue
        kept.add(at)
        size += len(clauses[at])
    return _joined(text, clauses, kept)


def _joined(text: str, clauses: Sequence[Span], kept: set[int]) -> str:
    pieces: list[str] = []
    for at, clause in enumerate(clauses):
        if at in kept:
            pieces.append(text[clause.start : clause.end])
        elif not pieces or pieces[-1] != _CUT:
            pieces.append(_CUT)
    joined = "".join(pieces)
    return re.sub(r"[，,；;、]…$", _CUT, joined)


def limit_of(asked: Asked, count: int) -> int:
    """Return how many characters each of `count` sentences may take."""
    return (_LONG_LIMIT if asked.kind in _SEVERAL else _FACT_LIMIT) // max(1, count)


def quotable(candidate: Candidate) -> bool:
    """Tell whether a block may answer. Headings name a thing and say nothing of it."""
    return candidate.kind not in _NAMING


_NAMING = frozenset({BlockKind.COLUMN, BlockKind.KICKER, BlockKind.HEADLINE, BlockKind.HEADING})
