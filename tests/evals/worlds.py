"""Two small articles and cases about them, for metrics whose values are worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from corpus.records import Article, Published
from evals.cases import EvalCase, Fact, GoldQuote, Planted
from rag.citing import cite
from rag.records import Answer, Claim, Conflict, Status
from tests.evals.oracle import made
from tests.fakes import made_article

BRIDGE = replace(
    made_article("2024-bridge", "广济桥至今已有500年，是七孔桥。", "它在塘栖镇。", "小镇集聚企业1400余家。"),
    published=Published(date(2024, 5, 1), date(2024, 5, 31)),
)
TOWN = replace(
    made_article("2026-town", "目前小镇集聚企业2600余家。", "公园占地311亩，投资55.89亿元。"),
    published=Published(date(2026, 1, 1), date(2026, 1, 31)),
)
ARTICLES: dict[str, Article] = {BRIDGE.id: BRIDGE, TOWN.id: TOWN}


def evidence(article: Article, quote: str) -> GoldQuote:
    start = article.text.index(quote)
    return GoldQuote(article.id, quote, start, start + len(quote))


def qty(*aliases: str, must: bool = True) -> Fact:
    return Fact(aliases[0], aliases, "qty", must)


def case(
    case_id: str = "c-1",
    question: str = "广济桥有多少年？",
    gold: tuple[Fact, ...] = (),
    found: tuple[GoldQuote, ...] = (),
    *,
    family: str = "number",
    expected: str = "",
    any_evidence: bool = False,
    tags: tuple[str, ...] = (),
    as_of: date | None = None,
    planted: Planted | None = None,
    variant: str = "",
    cluster: str = "",
) -> EvalCase:
    answerable = bool(gold)
    return EvalCase(
        id=case_id,
        base_id=case_id,
        family=family,
        question=question,
        history=(),
        answerable=answerable,
        expected=expected or ("answered" if answerable else "refused"),
        gold=gold,
        evidence=found,
        any_evidence=any_evidence,
        tags=tags,
        split="dev",
        as_of=as_of,
        variant=variant,
        planted=planted,
        cluster=cluster or case_id,
    )


AGE = case("age", "广济桥有多少年？", (qty("500年"),), (evidence(BRIDGE, "广济桥至今已有500年"),))
ABSENT = case("absent", "广济桥造价多少？", family="unanswerable")
FIRMS = case(
    "firms",
    "小镇有多少企业？",
    (qty("2600余家", "2600家"), qty("1400余家")),
    (evidence(TOWN, "小镇集聚企业2600余家"), evidence(BRIDGE, "小镇集聚企业1400余家")),
    family="conflict",
)


def answer(
    of: EvalCase,
    *said: tuple[str, tuple[int, ...]],
    cited: tuple[tuple[Article, str], ...] = (),
    short: str | None = None,
    status: Status = Status.ANSWERED,
    conflicts: tuple[Conflict, ...] = (),
    text: str = "",
) -> Answer:
    """Return an answer whose claims and quotes are given as text; quotes are found in their articles."""
    citations = tuple(
        cite(article, article.text.index(quote), article.text.index(quote) + len(quote), n)
        for n, (article, quote) in enumerate(cited, 1)
    )
    claims = tuple(Claim(words, marks) for words, marks in said)
    return replace(
        made(of, status, text or "\n".join(words for words, _ in said), short, claims, citations), conflicts=conflicts
    )


def refusal(of: EvalCase, text: str = "现有报道没有提到。") -> Answer:
    return made(of, Status.REFUSED, text)
