"""The three colours, by rules that staff set: green may go out, blue should be looked at, yellow a person must answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from corpus.chinese.facts import dates, quantities
from corpus.records import Article
from ui.leads import wording
from ui.leads.replies import Colour, Reply
from ui.leads.store import LeadError, Store

_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LIST: Final = re.compile("[,，、\\s]+")


@dataclass(frozen=True, slots=True)
class Policy:
    """`green` and `blue` are the least confidence, 0 to 1, that each needs. An article older than `months` is not green,
    unless the question names the year that its figure is of.

    `by_hand`: a question with one of these words is always yellow, whatever was found: promises are made by people.
    `scoped`: a figure whose period or subject is unknown is not green; `inferred`: nor is one whose period rests on a date
    that was only inferred – its sentence does not print the year.
    """

    green: float = 0.85
    blue: float = 0.0
    months: int = 24
    by_hand: tuple[str, ...] = ("承诺", "优惠", "补贴", "返还", "底价", "优惠价")
    scoped: bool = True
    inferred: bool = False

    @classmethod
    def of(cls, store: Store) -> Policy:
        """Return what staff set, the rest as above."""
        return cls(**{name: _read(name, value) for name, value in store.policy().items() if name in _NAMES})

    @staticmethod
    def keep(store: Store, name: str, value: str) -> None:
        """Set one rule. Raises LeadError for a rule that is unknown or a value that is none."""
        Policy.keep_all(store, {name: value})

    @staticmethod
    def keep_all(store: Store, values: Mapping[str, str]) -> None:
        """Set several rules, or none of them. Raises LeadError as `keep` does."""
        for name, value in values.items():
            if name not in _NAMES:
                raise LeadError(wording.NO_RULE.format(name, "、".join(_NAMES)))
            _read(name, value)
        store.set_policy(list(values.items()))


_NAMES: Final = tuple(field.name for field in fields(Policy))


def _read(name: str, value: str) -> Any:
    wrong = LeadError(wording.WRONG_RULE.format(name, value, wording.RULES[name]))
    if name == "by_hand":
        return tuple(filter(None, _LIST.split(value)))
    if name in ("scoped", "inferred"):
        if value not in wording.YES_NO:
            raise wrong
        return wording.YES_NO[value]
    try:
        number = float(value)
    except ValueError:
        raise wrong from None
    if name == "months":
        if not (number.is_integer() and 0 < number <= 1200):
            raise wrong
        return int(number)
    if not 0 <= number <= 1:
        raise wrong
    return number


def judge(
    reply: Reply, asked: str, articles: Mapping[str, Article], policy: Policy, today: date
) -> tuple[Colour, tuple[str, ...]]:
    """Return the colour of a reply to what was `asked`, and in Chinese why it is no better one."""
    if not reply.said:
        return Colour.YELLOW, (wording.WHY_REFUSED,)
    if word := next((one for one in policy.by_hand if one in asked), ""):
        return Colour.YELLOW, (wording.WHY_BY_HAND.format(word),)
    if reply.confidence < policy.blue:
        return Colour.YELLOW, (wording.WHY_UNSURE.format(reply.confidence),)
    reasons: list[str] = []
    if reply.confidence < policy.green:
        reasons.append(wording.WHY_UNSURE.format(reply.confidence))
    if reply.notes:
        reasons.append(wording.WHY_CONFLICT)
    if not reply.short:
        reasons.append(wording.WHY_NOT_SHORT)
    if reply.untold:
        reasons.append(reply.untold.rstrip("。"))
    if reply.model:
        reasons.append(wording.WHY_MODEL)
    if policy.scoped and not reply.scope and not reply.calculated and _is_of_a_time(reply.short):
        reasons.append(wording.WHY_NO_SCOPE)
    used = {n for one in reply.said for n in one.citations}
    cited = {one.article_id for one in reply.citations if one.n in used}
    if len(cited) > 1:
        reasons.append(wording.WHY_SEVERAL)
    published = [article.published for one in cited if (article := articles.get(one)) is not None]
    if not published or None in published:
        reasons.append(wording.WHY_UNDATED)
    known = [one for one in published if one is not None]
    years = set(_YEAR.findall(reply.scope))
    printed = {year for one in reply.citations if one.n in used for year in _YEAR.findall(one.quote)}
    if not policy.inferred and any(one.inferred for one in known) and not years <= printed:
        reasons.append(wording.WHY_INFERRED)
    too_old = known and max(one.last for one in known) < today - timedelta(days=30.44 * policy.months)
    if too_old and not (years and years <= set(_YEAR.findall(asked))):
        reasons.append(wording.WHY_OLD.format(policy.months))
    return (Colour.BLUE, tuple(reasons)) if reasons else (Colour.GREEN, ())


def _is_of_a_time(short: str) -> bool:
    """Whether a short answer says nothing without its time: an amount, or a day or month without its year."""
    told = dates(short)
    amounts = [one for one in quantities(short) if not any(day.start <= one.start < day.end for day in told)]
    return bool(amounts) or any(not _YEAR.search(day.text) for day in told)


def shown(value: object) -> str:
    """Return a rule's value as it is written and read."""
    if isinstance(value, tuple):
        return "、".join(value)
    return wording.YES_OR_NO[value] if isinstance(value, bool) else str(value)
