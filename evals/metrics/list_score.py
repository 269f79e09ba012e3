"""Lists: how many of the items asked for are given, and how many of those given were asked for."""

from __future__ import annotations

import re

from evals.cases import EvalCase
from evals.metrics.applying import NotMeasured
from evals.metrics.facts_found import facts_found
from evals.values import holds_alias
from rag.records import Answer

_ITEM = re.compile(r"[、，,；;\n]|(?<!\d)和(?!\d)")


def list_f1(case: EvalCase, answer: Answer) -> float:
    """Return 2PR / (P + R), from 0 to 1, 0 when nothing is right.

    R is the share of the obligatory items that the answer says. P is the share of the items it lists (the short answer cut
    at 、，；和, or the values of its claims) that hold or lie within a gold item; 1 when it lists none and so claims none.
    Raises NotMeasured for a case that is not a list of two items or more. Source: set F1, as in the list task of TREC QA 2001.
    """
    if case.family != "list" or len(case.must) < 2:
        raise NotMeasured(f"{case.id} is no list")
    recall = facts_found(case, answer)
    listed = [item for item in map(str.strip, _ITEM.split(_listed(answer))) if item]
    aliases = [alias for fact in case.gold for alias in fact.aliases]
    right = sum(any(holds_alias(alias, item) or holds_alias(item, alias) for alias in aliases) for item in listed)
    precision = right / len(listed) if listed else 1.0
    return 2 * precision * recall / (precision + recall) if recall else 0.0


def _listed(answer: Answer) -> str:
    return answer.short_answer or "、".join(claim.value for claim in answer.claims if claim.value)
