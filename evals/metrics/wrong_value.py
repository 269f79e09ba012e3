"""Wrong value: the large print gives a figure or date of the kind that was asked for, and it is not the right one."""

from __future__ import annotations

from corpus.chinese.facts import Comparison, compare
from evals.cases import EvalCase
from evals.metrics.applying import NotMeasured
from evals.metrics.facts_found import holds
from evals.values import dates_of, quantities_of
from rag.records import Answer, Status


def wrong_value(case: EvalCase, answer: Answer) -> float:
    """Return 1 when the short answer contradicts the gold, else 0; a refusal contradicts nothing.

    Contradicts: it holds no gold fact of the case, obligatory or not, and gives a quantity of a kind that compares with a
    gold quantity (亿元 with 亿元, 家 with 个), or a date where the gold is one. Raises NotMeasured for a case without an
    obligatory figure or date. Source: own definition; the "incorrect" of CRAG (Yang et al., NeurIPS 2024) without a judge.
    """
    wanted = [fact for fact in case.must if fact.kind in ("qty", "date")]
    if not wanted:
        raise NotMeasured(f"{case.id} asks for no figure and no date")
    short = answer.short_answer or ""
    if answer.status is not Status.ANSWERED or not short or any(holds(fact, short) for fact in case.gold):
        return 0.0
    aliases = [alias for fact in wanted for alias in fact.aliases]
    given, gold = quantities_of(short), [quantity for alias in aliases for quantity in quantities_of(alias)]
    if any(compare(one, other) is Comparison.DIFFERENT for one in given for other in gold):
        return 1.0
    return float(bool(dates_of(short)) and any(dates_of(alias) for alias in aliases))
