"""Does an answer cite the sentence that proves it?"""

from __future__ import annotations

from collections.abc import Mapping

from corpus.records import Article, Span
from evals.cases import EvalCase, places
from evals.metrics.applying import NotMeasured
from rag.records import Answer


def evidence_cited(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> float:
    """Return the share of the gold evidence that some citation of the answer touches, from 0 to 1.

    When any one evidence suffices, 1 as soon as one is touched. Raises NotMeasured for a case without evidence.
    Source: own definition; the supporting-fact recall of HotpotQA (Yang et al., EMNLP 2018) on character spans.
    """
    if not case.evidence:
        raise NotMeasured(f"{case.id} has no evidence")
    touched = [
        any(
            citation.article_id == evidence.article_id and Span(citation.start, citation.end).overlaps(place)
            for place in places(evidence, articles)
            for citation in answer.citations
        )
        for evidence in case.evidence
    ]
    return float(any(touched)) if case.any_evidence else sum(touched) / len(touched)
