"""Conflicts: are all sides shown, each with its own source, and nothing called a conflict that is none?"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.records import Article, Span
from evals.cases import EvalCase, GoldQuote, places
from evals.metrics.applying import NotMeasured
from evals.metrics.facts_found import holds, said
from rag.records import Answer, Status

_DISAGREE = "说法不一"


def conflict_surfaced(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> float:
    """Return 1 when every value is said and every evidence cited, else 0.

    Raises NotMeasured for a case that is no conflict of two obligatory facts or more. Source: own definition; the
    "conflicting evidence" setting of ConflictingQA (Wan et al., ACL 2024) asks for the same by hand.
    """
    if case.family != "conflict" or len(case.must) < 2:
        raise NotMeasured(f"{case.id} is no conflict")
    text = said(answer)
    shown = all(_cited(evidence, answer, articles) for evidence in case.evidence)
    return float(answer.status is Status.ANSWERED and shown and all(holds(fact, text) for fact in case.must))


def false_conflict(case: EvalCase, answer: Answer) -> float:
    """Return 1 when the answer says that sources disagree where they agree (tag `agreement`), else 0.

    Raises NotMeasured for any other case. Two wordings, or 3000亿元 and 0.3万亿元, are no disagreement.
    """
    if "agreement" not in case.tags:
        raise NotMeasured(f"{case.id} is no agreement")
    return float(any(conflict.relation == _DISAGREE for conflict in answer.conflicts))


def _cited(evidence: GoldQuote, answer: Answer, articles: Mapping[str, Article]) -> bool:
    return any(
        citation.article_id == evidence.article_id and Span(citation.start, citation.end).overlaps(place)
        for place in places(evidence, articles)
        for citation in answer.citations
    )
