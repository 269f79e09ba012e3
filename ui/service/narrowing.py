"""A limit to some articles as it is sent by page and API, and in words. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final
from urllib.parse import urlencode

from corpus.errors import QuestionError
from corpus.records import Article, Published
from corpus.repair.metadata import parse_published
from rag.citing import published_text
from rag.question.limits import Limit
from ui import wording

MOST_ARTICLES: Final = 50
_MOST_NAMED: Final = 3
_LONGEST: Final = 20_000  # characters that a page sends


def limit_of(articles: Iterable[str], since: str, until: str) -> Limit:
    """Return the limit; days, months and years are taken whole. Raises QuestionError for what is none."""
    named = frozenset(articles)
    if len(named) > MOST_ARTICLES:
        raise QuestionError(wording.LIMIT_MANY)
    first, last = _day(since, last=False), _day(until, last=True)
    if first and last and first > last:
        raise QuestionError(wording.LIMIT_BACKWARDS)
    return Limit(named, first, last)


def _day(written: str, *, last: bool) -> date | None:
    if not written.strip():
        return None
    try:
        span = parse_published(written)
    except ValueError as error:
        raise QuestionError(wording.LIMIT_DATE.format(written[:20])) from error
    return span.last if last else span.first


def read_limit(sent: object) -> Limit:
    """Return the limit that the page sent as JSON, none for nothing. Raises QuestionError for anything else."""
    if not sent:
        return Limit()
    try:
        if not isinstance(sent, str) or len(sent) > _LONGEST:
            raise TypeError
        told = json.loads(sent)
        articles, since, until = told["articles"], told["since"], told["until"]
        if not isinstance(articles, list) or not all(isinstance(one, str) for one in (*articles, since, until)):
            raise TypeError
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise QuestionError(wording.BAD_REQUEST) from error
    return limit_of(articles, since, until)


def told_limit(limit: Limit, articles: Mapping[str, Article]) -> str:
    """Return the limit in words: «《甲》《乙》等5篇、2024年的报道»."""
    named = [articles[name].headline for name in sorted(limit.articles) if name in articles]
    more = wording.LIMIT_MORE.format(n=len(named)) if len(named) > _MOST_NAMED else ""
    titles = "".join(f"《{title}》" for title in named[:_MOST_NAMED]) + more
    return "、".join(filter(None, (titles, _told_period(limit))))


def _told_period(limit: Limit) -> str:
    match limit.since, limit.until:
        case None, None:
            return ""
        case since, None:
            return wording.LIMIT_SINCE.format(f"{since:%Y-%m-%d}")
        case None, until:
            return wording.LIMIT_UNTIL.format(f"{until:%Y-%m-%d}")
        case since, until:
            return wording.LIMIT_PERIOD.format(published_text(Published(since, until)))


def limit_address(limit: Limit) -> str:
    """Return what a shared link carries of a limit, to stand behind others; empty without one."""
    if not limit:
        return ""
    days = {"since": limit.since, "until": limit.until}
    told: dict[str, Sequence[str] | str] = {"only": sorted(limit.articles), **{k: str(v) for k, v in days.items() if v}}
    return "&" + urlencode(told, doseq=True)


def years_of(articles: Iterable[Article]) -> list[int]:
    """Return the years in which articles appeared, the latest first."""
    spans = [one.published for one in articles if one.published is not None]
    return sorted({year for span in spans for year in range(span.first.year, span.last.year + 1)}, reverse=True)
