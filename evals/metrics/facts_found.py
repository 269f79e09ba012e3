"""Short-answer exactness: does an answer hold the gold facts? Numbers and dates by value, words by their characters."""

from __future__ import annotations

from evals.cases import EvalCase, Fact
from evals.metrics.applying import NotMeasured
from evals.values import holds_alias
from rag.records import Answer


def said(answer: Answer) -> str:
    """Return everything that an answer asserts, as one text; marks like [1] are left out."""
    parts = [claim.text for claim in answer.claims] or [answer.answer]
    parts += [answer.short_answer or "", answer.calculation]
    parts += [conflict.note for conflict in answer.conflicts]
    return "\n".join(filter(None, parts))


def holds(fact: Fact, text: str) -> bool:
    """Tell whether `text` holds the fact in the form of any of its aliases."""
    return any(holds_alias(alias, text) for alias in fact.aliases)


def facts_found(case: EvalCase, answer: Answer) -> float:
    """Return the share of the case's obligatory facts that the answer holds, from 0 to 1; 1 is an exact short answer.

    share = |must facts with an alias that the answer says| / |must facts|. Raises NotMeasured for a case without such
    facts: it tests something else. Source: str_em of ALCE (Gao et al., EMNLP 2023), with values in place of substrings.
    """
    if not case.must:
        raise NotMeasured(f"{case.id} has no obligatory fact")
    text = said(answer)
    return sum(holds(fact, text) for fact in case.must) / len(case.must)


def says_forbidden(case: EvalCase, answer: Answer) -> bool:
    """Tell whether the answer says something that the case forbids."""
    return any(holds_alias(words, said(answer)) for words in case.forbidden)
