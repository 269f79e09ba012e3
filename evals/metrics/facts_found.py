"""Short-answer exactness: does an answer hold the gold facts? Numbers and dates by value, words by their characters."""

from __future__ import annotations

import re
from functools import lru_cache

from corpus.facts import DateFact, Quantity, dates, equal, quantities, same_date
from corpus.text import fold
from evals.cases import EvalCase, Fact
from rag.answer import Answer

_SPACE = re.compile(r"\s+|,(?=\d{3})")


def said(answer: Answer) -> str:
    """Return everything that an answer asserts, as one text; marks like [1] are left out."""
    parts = [claim.text for claim in answer.claims] or [answer.answer]
    parts += [answer.short_answer or "", answer.calculation]
    parts += [conflict.note for conflict in answer.conflicts]
    return "\n".join(filter(None, parts))


def holds(fact: Fact, text: str) -> bool:
    """Tell whether `text` holds the fact in the form of any of its aliases."""
    return any(holds_alias(alias, text) for alias in fact.aliases)


def holds_alias(alias: str, text: str) -> bool:
    """Tell whether `text` says `alias`: a quantity or date of equal value, or the same characters.

    12家 is not in 312家: a number never begins or ends inside another.
    """
    wanted, inside = _plain(alias), _plain(text)
    at = inside.find(wanted)
    while at >= 0:
        before, after = inside[at - 1 : at], inside[at + len(wanted) : at + len(wanted) + 1]
        cut_left = wanted[0].isdigit() and (before.isdigit() or before == ".")
        cut_right = wanted[-1].isdigit() and (
            after.isdigit() or (after == "." and inside[at + len(wanted) + 1 :][:1].isdigit())
        )
        if not cut_left and not cut_right:
            return True
        at = inside.find(wanted, at + 1)
    found = quantities_of(alias)
    if len(found) == 1 and len(found[0].text) == len(alias.strip()):
        return any(equal(found[0], other) for other in quantities_of(text))
    day = dates_of(alias)
    return (
        len(day) == 1
        and len(day[0].text) == len(alias.strip())
        and any(same_date(day[0], other) for other in dates_of(text))
    )


def facts_found(case: EvalCase, answer: Answer) -> float:
    """Return the share of the case's obligatory facts that the answer holds, from 0 to 1; 1 is an exact short answer.

    share = |must facts with an alias that the answer says| / |must facts|. Raises ValueError for a case without such
    facts: it tests something else. Source: str_em of ALCE (Gao et al., EMNLP 2023), with values in place of substrings.
    """
    if not case.must:
        raise ValueError(f"{case.id} has no obligatory fact")
    text = said(answer)
    return sum(holds(fact, text) for fact in case.must) / len(case.must)


def says_forbidden(case: EvalCase, answer: Answer) -> bool:
    """Tell whether the answer says something that the case forbids."""
    return any(holds_alias(words, said(answer)) for words in case.forbidden)


@lru_cache(maxsize=20_000)
def quantities_of(text: str) -> tuple[Quantity, ...]:
    """Return `corpus.facts.quantities(text)`; the same texts are met again and again."""
    return quantities(text)


@lru_cache(maxsize=20_000)
def dates_of(text: str) -> tuple[DateFact, ...]:
    """Return `corpus.facts.dates(text)`."""
    return dates(text)


@lru_cache(maxsize=20_000)
def _plain(text: str) -> str:
    return _SPACE.sub("", fold(text))
