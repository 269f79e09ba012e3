"""Evaluation cases: what is asked, what a right answer holds, and where the articles say it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import LinpingError
from corpus.records import Article, Span

SETS = Path(__file__).parent / "sets"
_SPACE = re.compile(r"\s+")


class BadCase(LinpingError):
    """A case file that cannot be used; the exit code says that the data is wrong, not the product."""

    exit_code = 30


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a right answer says; any of `aliases` will do. `kind` is qty, date, name or text."""

    name: str
    aliases: tuple[str, ...]
    kind: str
    must: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of one article, as printed but for white space and broken lines."""

    article_id: str
    quote: str


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One question with its gold. `base_id` is shared by the variants of one question: they count as one cluster.

    `any_evidence`: one of `evidence` is enough. `expected` is answered, refused or smalltalk; `tags` may hold
    alt:STATUS (right as well), forbid:TEXT (must not be said) and computed (the result stands in no evidence).
    """

    id: str
    base_id: str
    family: str
    question: str
    history: tuple[tuple[str, str], ...]
    answerable: bool
    expected: str
    gold: tuple[Fact, ...]
    evidence: tuple[Evidence, ...]
    any_evidence: bool
    tags: tuple[str, ...]
    split: str

    @property
    def statuses(self) -> frozenset[str]:
        """Return every status that is right."""
        return frozenset({self.expected, *(tag[4:] for tag in self.tags if tag.startswith("alt:"))})

    @property
    def forbidden(self) -> tuple[str, ...]:
        return tuple(tag[7:] for tag in self.tags if tag.startswith("forbid:"))


def read_cases(path: Path) -> tuple[EvalCase, ...]:
    """Return the cases of a JSON Lines file. Raises BadCase that names the line."""
    cases: list[EvalCase] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            raise BadCase(f"{path.name} 第 {number} 行不是合格的评测题：{error!r}。") from error
    ids = [case.id for case in cases]
    twice = {case_id for case_id in ids if ids.count(case_id) > 1}
    if twice:
        raise BadCase(f"{path.name} 里编号重复：{'、'.join(sorted(twice))}。")
    return tuple(cases)


def _case(row: Mapping[str, Any]) -> EvalCase:
    return EvalCase(
        id=row["id"], base_id=row["base_id"], family=row["family"], question=row["question"],
        history=tuple((user, said) for user, said in row["history"]), answerable=row["answerable"],
        expected=row["expected_status"],
        gold=tuple(
            Fact(fact["fact"], tuple(fact["aliases"]), fact["type"], fact.get("must", True)) for fact in row["gold"]
        ),
        evidence=tuple(Evidence(found["article"], found["quote"]) for found in row["evidence"]),
        any_evidence=row.get("any", False), tags=tuple(row["tags"]), split=row["split"],
    )  # fmt: skip


def places(evidence: Evidence, articles: Mapping[str, Article]) -> tuple[Span, ...]:
    """Return every place of the quote in the repaired article. Raises BadCase when there is none."""
    article = articles.get(evidence.article_id)
    if article is None:
        raise BadCase(f"评测题引用了没有的文章 {evidence.article_id}。")
    found = tuple(_found(evidence.quote, article.text))
    if not found:
        raise BadCase(f"{evidence.article_id} 里找不到「{evidence.quote[:30]}」。")
    return found


def _found(quote: str, text: str) -> Iterator[Span]:
    """Yield where `quote` stands in `text`, white space aside."""
    kept = [at for at, character in enumerate(text) if not character.isspace()]
    bare = "".join(text[at] for at in kept)
    wanted = _SPACE.sub("", quote)
    at = bare.find(wanted)
    while at >= 0:
        yield Span(kept[at], kept[at + len(wanted) - 1] + 1)
        at = bare.find(wanted, at + 1)
