"""A system that knows the gold: what a perfect answerer would score. Anything below 1 is a fault of the suite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.records import Article, Span
from evals.cases import EvalCase, Fact, places
from evals.metrics.facts_found import holds
from evals.metrics.relevance import Retrieved
from evals.metrics.support import folded
from evals.run.systems import DEPTH, Opened, units_of
from evals.run.worlds import World
from rag.citing import as_of_text, cite
from rag.records import Answer, Citation, Claim, Mode, Status

_REFUSED = "现有报道没有提到。"
_HELLO = "你好，可以问我关于临平的问题。"


@dataclass(frozen=True, slots=True)
class Oracle:
    """Answers from the gold of each case: its quotes as claims, its first alias as the short answer."""

    name: str = "oracle"
    fingerprint: str = "oracle"

    def open(self, world: World) -> Opened:
        return _Knowing(world)


class _Knowing:
    def __init__(self, world: World) -> None:
        self._articles = world.by_id
        self._units = units_of(world.articles)

    def answer(self, case: EvalCase) -> Answer:
        return golden(case, self._articles)

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...]:
        """Return the passages that hold gold first, then others, `DEPTH` in all."""
        gold = [
            (evidence.article_id, place)
            for evidence in case.evidence
            for place in (Span(evidence.start, evidence.end), *places(evidence, self._articles))
        ]
        first = dict.fromkeys(
            unit for article_id, place in gold for unit in self._units if _holds(unit, article_id, place)
        )
        return tuple([*first, *(unit for unit in self._units if unit not in first)][:DEPTH])


def _holds(unit: Retrieved, article_id: str, place: Span) -> bool:
    return unit.article_id == article_id and Span(unit.start, unit.end).overlaps(place)


def golden(case: EvalCase, articles: Mapping[str, Article]) -> Answer:
    """Return the perfect answer to a case."""
    if not case.answerable:
        status = Status.SMALLTALK if case.expected == "smalltalk" else Status.REFUSED
        return made(case, status, _HELLO if status is Status.SMALLTALK else _REFUSED)
    citations = tuple(
        cite(articles[one.article_id], one.start, one.end, n) for n, one in enumerate(case.evidence, start=1)
    )
    claims = tuple(Claim(citation.quote, (citation.n,)) for citation in citations)
    text = "\n".join(f"{claim.text}[{claim.citations[0]}]" for claim in claims)
    as_of = as_of_text(citations[0].published, citations[0].published_inferred)
    return made(case, Status.ANSWERED, text, _short(case, citations), claims, citations, as_of)


def _short(case: EvalCase, citations: Sequence[Citation]) -> str | None:
    quotes = "\n".join(citation.quote for citation in citations)
    reckoned = [fact for fact in case.must if not holds(fact, quotes)]
    if reckoned:
        return reckoned[0].aliases[0]
    if len(case.must) == 1 or case.family == "list":
        return "、".join(_verbatim(fact, quotes) for fact in case.must)
    return None


def _verbatim(fact: Fact, quotes: str) -> str:
    return next((alias for alias in fact.aliases if folded(alias) in folded(quotes)), fact.aliases[0])


def made(
    case: EvalCase,
    status: Status,
    text: str,
    short: str | None = None,
    claims: tuple[Claim, ...] = (),
    citations: tuple[Citation, ...] = (),
    as_of: str = "",
) -> Answer:
    """Return an answer to a case with nothing of its own beside what is given."""
    return Answer(
        id=case.id,
        question=case.question,
        status=status,
        answer=text,
        short_answer=short,
        claims=claims,
        citations=citations,
        as_of=as_of,
        conflicts=(),
        confidence=1.0,
        mode=Mode.EXTRACTIVE,
        index_generation="",
    )
