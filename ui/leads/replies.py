"""What is answered to one question of a lead: sentences with their proofs, and everything a letter needs to say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from corpus.records import Article
from rag.records import Citation


class Colour(StrEnum):
    """What staff have to do: it may go out, it should be looked at, a person must answer."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, its sources by number, and what is not proven of it: `fault` in Chinese, empty when all is."""

    text: str
    citations: tuple[int, ...] = ()
    fault: str = ""

    @property
    def proven(self) -> bool:
        return bool(self.citations) and not self.fault


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one question. `short` is the figure or name alone, `scope` its period and subject, empty when unknown.

    `dated` is the date line. `nearest` are passages that come closest where there is no answer, or
    to what a person typed and nothing proves. `reasons` say in Chinese why
    the `colour` is what it is. `by` is the user who wrote it, empty for the program; `model` when a language model wrote.
    """

    short: str = ""
    scope: str = ""
    said: tuple[Said, ...] = ()
    dated: str = ""
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    refusal: str = ""
    needed: str = ""  # what would answer it
    notes: tuple[str, ...] = ()  # in what the sentences differ: 时间不同, 口径不同 …
    confidence: float = 0.0
    colour: Colour = Colour.YELLOW
    reasons: tuple[str, ...] = ()
    generation: str = ""
    by: str = ""
    model: bool = False
    untold: str = ""  # what of the question stays open, in Chinese
    remembered: int = 0  # the remembered answer that it was taken from

    @property
    def answered(self) -> bool:
        return bool(self.said)

    @property
    def proven(self) -> tuple[Said, ...]:
        """Return the sentences that may go out."""
        return tuple(one for one in self.said if one.proven)

    @property
    def headline(self) -> str:
        """Return the short answer with its period and scope; empty when there is none that may go out."""
        if not self.short or not any(self.short in one.text for one in self.proven):
            return self.short if self.short and self.calculated else ""
        return f"{self.short}（{self.scope}）" if self.scope else self.short

    @property
    def calculated(self) -> bool:
        """Whether the first sentence is a calculation over the sources, which the short answer is the result of."""
        return (
            bool(self.said)
            and self.said[0].proven
            and "=" in self.said[0].text
            and self.short in self.said[0].text.replace(" ", "")
        )

    def dumped(self) -> str:
        """Return JSON; `loaded` takes it back."""
        return whole(json.dumps(asdict(self), ensure_ascii=False))

    @classmethod
    def loaded(cls, kept: str) -> Reply:
        """Return what `dumped` gave."""
        plain: dict[str, Any] = json.loads(kept)
        plain["said"] = tuple(Said(one["text"], tuple(one["citations"]), one["fault"]) for one in plain["said"])
        for name in ("citations", "nearest"):
            plain[name] = tuple(Citation(**one) for one in plain[name])
        plain["reasons"], plain["notes"] = tuple(plain["reasons"]), tuple(plain.get("notes", ()))
        plain["colour"] = Colour(plain["colour"])
        return cls(**plain)


def whole(text: str) -> str:
    """Return text that can be stored and sent: what is half a character becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def stale_sources(reply: Reply, articles: Mapping[str, Article]) -> tuple[int, ...]:
    """Return the numbers of the sources whose words no longer stand in the articles where they were found."""
    return tuple(
        one.n
        for one in reply.citations
        if (article := articles.get(one.article_id)) is None or article.text[one.start : one.end] != one.quote
    )


def moved(reply: Reply, articles: Mapping[str, Article]) -> Reply:
    """Return a reply whose sources stand where their words stand now: an article that was read again has them elsewhere."""
    placed = []
    for one in reply.citations:
        place = articles[one.article_id].place_of(one.quote, one.start) if one.article_id in articles else None
        placed.append(replace(one, start=place.start, end=place.end) if place else one)
    return replace(reply, citations=tuple(placed))


def without(reply: Reply, numbers: tuple[int, ...], fault: str) -> Reply:
    """Return a reply in which every sentence that rests on one of these sources is marked with `fault`."""
    said = tuple(replace(one, fault=fault) if set(one.citations) & set(numbers) else one for one in reply.said)
    return replace(reply, said=said)
