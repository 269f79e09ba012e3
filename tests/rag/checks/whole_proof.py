"""The whole proof of a sentence by one made-up span, for tests of a single check."""

from __future__ import annotations

from corpus.records import Published
from rag.checks.faults import Verdict
from rag.checks.statements import ShownSpan
from rag.proof.prover import Prover


def verdict(sentence: str, text: str, published: Published | None = None) -> Verdict:
    """Return what comes of `sentence` where it cites a span of `text` alone."""
    return Prover([ShownSpan(1, "a", 0, len(text), text, "", published)]).prove(sentence, [1])
