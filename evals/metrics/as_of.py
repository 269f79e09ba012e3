"""Time: is the answer what was known on the day of asking?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from corpus.records import Article
from evals.cases import EvalCase
from evals.metrics.applying import NotMeasured
from evals.metrics.facts_found import facts_found
from evals.values import holds_alias
from rag.records import Answer, Status


def as_of_right(case: EvalCase, answer: Answer) -> float:
    """Return 1 when the answer is right for the day of asking, else 0.

    Right: what the articles that had appeared by then say, or a refusal where none had said it; the newest value stands in
    the short answer if there is one. Raises NotMeasured for a case without a day. Source: own; `query_time` of CRAG.
    """
    if case.as_of is None:
        raise NotMeasured(f"{case.id} has no day of asking")
    if not case.answerable:
        return float(answer.status.value in case.statuses)
    if answer.status is not Status.ANSWERED or facts_found(case, answer) < 1:
        return 0.0
    return float(not _older(case) or not stale(case, answer))


def _older(case: EvalCase) -> list[str]:
    return [tag[4:] for tag in case.tags if tag.startswith("old:")]


def stale(case: EvalCase, answer: Answer) -> float:
    """Return 1 when the short answer is an older value (tag `old:VALUE`) than the articles of the day give, else 0.

    Raises NotMeasured for a case that has no older value.
    """
    older = _older(case)
    if not older:
        raise NotMeasured(f"{case.id} has no older value")
    short = answer.short_answer or (answer.claims[0].text if answer.claims else "")
    fresh = [alias for fact in case.must for alias in fact.aliases]
    return float(
        any(holds_alias(value, short) for value in older) and not any(holds_alias(value, short) for value in fresh)
    )


def future_leak(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> float:
    """Return 1 when the answer cites an article that appeared after the day of asking, else 0; must be 0 always.

    `articles` are all there are, also those of later days. An article that is unknown even there counts as a leak. Raises
    NotMeasured for a case without a day.
    """
    if case.as_of is None:
        raise NotMeasured(f"{case.id} has no day of asking")
    return float(any(not _had_appeared(articles.get(one.article_id), case.as_of) for one in answer.citations))


def _had_appeared(article: Article | None, day: date) -> bool:
    return article is not None and article.published is not None and article.published.first <= day
