"""Citation precision: how many citations do something for the sentence that carries them."""

from __future__ import annotations

from evals.metrics.applying import NotMeasured
from evals.metrics.citation_recall import checkable, source_text
from evals.metrics.support import supported
from rag.records import Answer


def citation_precision(answer: Answer) -> float:
    """Return |citations that count| / |citations|, from 0 to 1, over all claims; a mark to nowhere never counts.

    A citation counts when its sentence is supported by all its citations and it is not idle: idle is one that does not
    support the sentence alone while the others do without it. Raises NotMeasured for an answer without citations in claims.
    Source: citation precision of ALCE (Gao et al., EMNLP 2023), without its limit of three.
    """
    cited = {citation.n: citation for citation in answer.citations}
    counted = total = 0
    for claim in checkable(answer.claims):
        total += len(claim.citations)
        known = {n: source_text(cited[n]) for n in claim.citations if n in cited}
        if not supported(claim.text, list(known.values())):
            continue
        for n, source in known.items():
            others = [text for other, text in known.items() if other != n]
            counted += supported(claim.text, [source]) or not supported(claim.text, others)
    if not total:
        raise NotMeasured("an answer without citations has no precision")
    return counted / total
