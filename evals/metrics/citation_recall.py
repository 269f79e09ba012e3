"""Citation recall: how many sentences follow from what they themselves cite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evals.metrics.applying import NotMeasured
from evals.metrics.support import is_claim, supported
from rag.records import Answer, Citation, Claim


def claim_sources(claim: Claim, citations: Mapping[int, Citation]) -> list[str]:
    """Return what each citation of a claim offers as proof: its quote, and the title and date it stands under."""
    return [source_text(citations[n]) for n in claim.citations if n in citations]


def source_text(citation: Citation) -> str:
    return f"{citation.quote}\n{citation.headline}\n{citation.publisher}\n{citation.published}"


def citation_recall(answer: Answer) -> float:
    """Return |claims that all their citations together support| / |claims|, from 0 to 1; a claim without any scores 0.

    Raises NotMeasured for an answer that claims nothing (a refusal): it has no sentence to cite for.
    Source: citation recall of ALCE (Gao et al., EMNLP 2023) and AIS (Rashkin et al., 2023), by Chinese sentence, over all
    citations of a sentence, support decided by `evals.metrics.support`.
    """
    claims = checkable(answer.claims)
    if not claims:
        raise NotMeasured("an answer without claims cites nothing")
    cited = {citation.n: citation for citation in answer.citations}
    return sum(supported(claim.text, claim_sources(claim, cited)) for claim in claims) / len(claims)


def checkable(claims: Sequence[Claim]) -> list[Claim]:
    """Return the claims that say something which can be checked."""
    return [claim for claim in claims if is_claim(claim.text)]
