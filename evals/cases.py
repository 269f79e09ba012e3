"""Evaluation cases: what is asked, what a right answer holds, and where the articles say it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.errors import LinpingError
from corpus.records import Article, Span
from evals.values import holds_alias

SETS = Path(__file__).parent / "sets"
SCHEMA = Path(__file__).parent / "schema.json"
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
class GoldQuote:
    """Words of one article: `quote == article.text[start:end]`."""

    article_id: str
    quote: str
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Planted:
    """An article that is smuggled into a throw-away copy of the corpus; `name` is the kind of attack."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class EvalCase:
    """One question with its gold. `base_id` is shared by the variants of one question: they count as one cluster.

    `any_evidence`: one of `evidence` is enough. `expected` is answered, refused or smalltalk; `tags` may hold
    alt:STATUS (right as well), forbid:TEXT (must not be said) and computed (the result stands in no evidence).
    `as_of` is the day of asking, None for the day after the newest article; `variant` the transform that made it.
    """

    id: str
    base_id: str
    family: str
    question: str
    history: tuple[tuple[str, str], ...]
    answerable: bool
    expected: str
    gold: tuple[Fact, ...]
    evidence: tuple[GoldQuote, ...]
    any_evidence: bool
    tags: tuple[str, ...]
    split: str
    as_of: date | None = None
    variant: str = ""
    planted: Planted | None = None
    cluster: str = ""

    @property
    def statuses(self) -> frozenset[str]:
        """Return every status that is right."""
        return frozenset({self.expected, *(tag[4:] for tag in self.tags if tag.startswith("alt:"))})

    @property
    def forbidden(self) -> tuple[str, ...]:
        return tuple(tag[7:] for tag in self.tags if tag.startswith("forbid:"))

    @property
    def must(self) -> tuple[Fact, ...]:
        """Return the facts without which no answer is right."""
        return tuple(fact for fact in self.gold if fact.must)

    @property
    def made(self) -> bool:
        """Tell whether code made this case of another one: a variant or an attack."""
        return bool(self.variant) or self.planted is not None or any(tag.startswith("base:") for tag in self.tags)

    @property
    def attack(self) -> bool:
        """Tell whether the question, or an article planted for it, tries to make the answerer misbehave."""
        return self.planted is not None or self.family == "injection"


def read_cases(path: Path) -> tuple[EvalCase, ...]:
    """Return the cases of a JSON Lines file, each checked against the schema. Raises BadCase that names the line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadCase(f"评测题文件 {path} 读不了：{error}。") from error
    cases: list[EvalCase] = []
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadCase(f"{path.name} 第 {number} 行不是 JSON：{error}。") from error
        fault = next(iter(_validator().iter_errors(row)), None)
        if fault is not None:
            where = "/".join(map(str, fault.absolute_path)) or "整行"
            raise BadCase(f"{path.name} 第 {number} 行的 {where} 不合格式：{fault.message[:200]}。")
        cases.append(case_of(row))
    refuse_doubles(cases, path.name)
    return tuple(cases)


def refuse_doubles(cases: Sequence[EvalCase], where: str) -> None:
    """Raise BadCase when two cases share an id."""
    seen: set[str] = set()
    twice = {case.id for case in cases if case.id in seen or seen.add(case.id)}  # type: ignore[func-returns-value]
    if twice:
        raise BadCase(f"{where} 里编号重复：{'、'.join(sorted(twice))}。")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def case_of(row: Mapping[str, Any]) -> EvalCase:
    """Return the case that a checked row describes."""
    return EvalCase(
        id=row["id"],
        base_id=row["base_id"],
        family=row["family"],
        question=row["question"],
        history=tuple((user, said) for user, said in row["history"]),
        answerable=row["answerable"],
        expected=row["expected_status"],
        gold=tuple(
            Fact(fact["fact"], tuple(fact["aliases"]), fact["type"], fact.get("must", True)) for fact in row["gold"]
        ),
        evidence=tuple(
            GoldQuote(found["article"], found["quote"], found["start"], found["end"]) for found in row["evidence"]
        ),
        any_evidence=row.get("any", False),
        tags=tuple(row["tags"]),
        split=row["split"],
        as_of=date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
        variant=row.get("variant") or "",
    )


def check_evidence(cases: Sequence[EvalCase], articles: Mapping[str, Article]) -> None:
    """Raise BadCase unless every quote is, byte for byte, what its article says at its offsets, and holds the gold."""
    for case in cases:
        for found in case.evidence:
            article = articles.get(found.article_id)
            if article is None:
                raise BadCase(f"{case.id} 引用了没有的文章 {found.article_id}。")
            there = article.text[found.start : found.end]
            if there.encode() != found.quote.encode():
                raise BadCase(
                    f"{case.id} 的依据与 {found.article_id} 第 {found.start}–{found.end} 字不符：题里是"
                    f"「{found.quote[:30]}」，文中是「{there[:30]}」；文章改过的话，运行 linping eval locate 重新定位。"
                )
        quotes = "\n".join(found.quote for found in case.evidence)
        missing = [fact.name for fact in case.must if not any(holds_alias(alias, quotes) for alias in fact.aliases)]
        if missing and not set(case.tags) & {"computed", "dated"}:
            raise BadCase(f"{case.id} 的标准答案「{'、'.join(missing)}」不在它的依据里。")


def dataset_hash(cases: Sequence[EvalCase]) -> str:
    """Return the SHA-256 of everything that is asked and expected, whatever the order of the cases."""
    lines = sorted(repr(case) for case in cases)
    return sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def places(evidence: GoldQuote, articles: Mapping[str, Article]) -> tuple[Span, ...]:
    """Return every place of the quote in the repaired article. Raises BadCase when there is none."""
    article = articles.get(evidence.article_id)
    if article is None:
        raise BadCase(f"评测题引用了没有的文章 {evidence.article_id}。")
    found = find_quote(evidence.quote, article.text)
    if not found:
        raise BadCase(f"{evidence.article_id} 里找不到「{evidence.quote[:30]}」。")
    return found


@lru_cache(maxsize=8192)
def find_quote(quote: str, text: str) -> tuple[Span, ...]:
    """Return where `quote` stands in `text`, white space aside."""
    return tuple(_found(quote, text))


def _found(quote: str, text: str) -> Iterator[Span]:
    kept = [at for at, character in enumerate(text) if not character.isspace()]
    bare = "".join(text[at] for at in kept)
    wanted = _SPACE.sub("", quote)
    at = bare.find(wanted)
    while at >= 0:
        yield Span(kept[at], kept[at + len(wanted) - 1] + 1)
        at = bare.find(wanted, at + 1)
