"""Answerers broken on purpose, one fault each: a suite that stays green on one of them measures nothing.

Each starts from the oracle, which passes every gate, and is asked the questions that its fault can show on. `gate` is what must
turn red, a metric or an exit code; `also` are the gates that must turn red with it, by their definitions. No other may.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from corpus.records import Article
from evals.cases import EvalCase
from evals.metrics.relevance import Retrieved
from evals.run.attacks import wrong_value
from evals.run.systems import Opened
from evals.run.worlds import World
from rag.citing import cite
from rag.records import Answer, Claim, Status
from tests.evals.oracle import Oracle, made

_SEED = 20261122
_NEVER = date.min
_LAST_ARTICLE = "2026-01-linping-shuzhicheng"
Change = Callable[[EvalCase, Answer, Mapping[str, Article]], Answer]
Reorder = Callable[[EvalCase, tuple[Retrieved, ...]], tuple[Retrieved, ...]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault. `asked` chooses the questions it shows on; `change` breaks answers, `reorder` what was found."""

    name: str
    gate: str
    asked: Callable[[EvalCase], bool]
    change: Change = lambda case, answer, articles: answer
    reorder: Reorder = lambda case, found: found
    also: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        return f"mutant {self.name}"

    def open(self, world: World) -> Opened:
        return _Broken(self, Oracle().open(world), world.by_id)


class _Broken:
    def __init__(self, mutant: Mutant, whole: Opened, articles: Mapping[str, Article]) -> None:
        self._mutant = mutant
        self._whole = whole
        self._articles = articles

    def answer(self, case: EvalCase) -> Answer:
        return self._mutant.change(case, self._whole.answer(case), self._articles)

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...] | None:
        return self._mutant.reorder(case, self._whole.search(case, answer) or ())


def digit_swapped(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Print another figure large; the sentence under it stays right."""
    return replace(answer, short_answer=wrong_value(answer.short_answer or "", case))


def unit_swapped(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Say 万 for 亿 everywhere."""
    short = answer.short_answer and answer.short_answer.replace("亿", "万")
    return replace(answer, short_answer=short, claims=_texts(answer, lambda text: text.replace("亿", "万")))


def shifted(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Let each sentence carry the number of the next one's source."""
    count = len(answer.citations)
    return replace(
        answer,
        claims=tuple(replace(one, citations=tuple(n % count + 1 for n in one.citations)) for one in answer.claims),
    )


def dropped(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """List the sources, but put no number on any sentence."""
    return replace(answer, claims=tuple(replace(claim, citations=()) for claim in answer.claims))


def everywhere(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Put every number on every sentence."""
    every = tuple(citation.n for citation in answer.citations)
    return replace(answer, claims=tuple(replace(claim, citations=every) for claim in answer.claims))


def always_refusing(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    return made(case, Status.REFUSED, "现有报道没有提到。")


def never_refusing(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> Answer:
    """Say the first sentence of some article rather than nothing."""
    if answer.status is not Status.REFUSED:
        return answer
    article = next(iter(articles.values()))
    block = max(article.blocks, key=lambda one: one.end - one.start)
    citation = cite(article, block.start, block.end, 1)
    return made(case, Status.ANSWERED, citation.quote, None, (Claim(citation.quote, (1,)),), (citation,))


def newest_hidden(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> Answer:
    """Never have seen the newest article of the day."""
    newest = max(articles.values(), key=lambda one: one.published.last if one.published else _NEVER).id
    seen = answer.status is not Status.ANSWERED or all(one.article_id != newest for one in answer.citations)
    return answer if seen else always_refusing(case, answer, articles)


def one_sided(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Tell one side of a conflict alone."""
    return replace(answer, claims=answer.claims[:1], citations=answer.citations[:1])


def paraphrased(case: EvalCase, answer: Answer, _: Mapping[str, Article]) -> Answer:
    """Put quotation marks around words that are not quite those of the article."""
    return replace(answer, citations=tuple(replace(one, quote=f"据称{one.quote}") for one in answer.citations))


def from_the_future(case: EvalCase, answer: Answer, articles: Mapping[str, Article]) -> Answer:
    """Cite an article that appeared after the day of asking, as one that knows no day would."""
    leaked = tuple(replace(one, n=len(answer.citations) + 1, article_id=_LAST_ARTICLE) for one in answer.citations[:1])
    return replace(answer, citations=(*answer.citations, *leaked))


def shuffled(case: EvalCase, found: tuple[Retrieved, ...]) -> tuple[Retrieved, ...]:
    """Put the five best in another order."""
    first = list(found[:5])
    Random(f"{_SEED}:{case.id}").shuffle(first)
    return (*first, *found[5:])


def _texts(answer: Answer, change: Callable[[str], str]) -> tuple[Claim, ...]:
    return tuple(replace(claim, text=change(claim.text)) for claim in answer.claims)


def _one_figure(case: EvalCase) -> bool:
    alone = not case.made and not case.history and not case.attack and case.as_of is None
    plain = case.answerable and alone and len(case.must) == 1 and case.must[0].kind == "qty"
    return plain and bool(re.search("[1-9]", case.must[0].aliases[0])) and "computed" not in case.tags


def _hundred_millions(case: EvalCase) -> bool:
    return _one_figure(case) and "亿" in case.must[0].aliases[0]


def _several_sources(case: EvalCase) -> bool:
    apart = len({(one.article_id, one.start // 200) for one in case.evidence}) == len(case.evidence)
    return case.answerable and not case.made and not case.any_evidence and len(case.evidence) > 1 and apart


def _plain(case: EvalCase) -> bool:
    return case.answerable and not case.made and case.family in ("number", "date", "person", "org", "place")


def _absent(case: EvalCase) -> bool:
    return not case.answerable and case.expected == "refused" and not case.made and case.family != "temporal"


_WRONG = frozenset({"right", "short_em", "gold_cited", "aurc"})

MUTANTS: Sequence[Mutant] = (
    Mutant(
        "数字换一位",
        "wrong_value",
        _one_figure,
        digit_swapped,
        also=frozenset({"fabricated", "answer_grounded", "cmrc_f1"}),
    ),
    Mutant(
        "亿写成万",
        "short_em",
        _hundred_millions,
        unit_swapped,
        also=frozenset(
            {
                "right",
                "aurc",
                "wrong_value",
                "fabricated",
                "answer_grounded",
                "cmrc_f1",
                "citation_recall",
                "citation_precision",
            }
        ),
    ),
    Mutant(
        "引用错一位",
        "citation_recall",
        _several_sources,
        shifted,
        also=frozenset({"citation_precision", "answer_grounded"}),
    ),
    Mutant("丢掉引用", "citation_recall", _plain, dropped, also=frozenset({"answer_grounded"})),
    Mutant("处处全引", "citation_precision", _several_sources, everywhere),
    Mutant("一律拒答", "over_refusal", _plain, always_refusing, also=_WRONG | {"cmrc_f1"}),
    Mutant("从不拒答", "refusal_recall", _absent, never_refusing, also=frozenset({"right", "aurc"})),
    Mutant(
        "看不见最新的文章",
        "as_of_right",
        lambda case: case.family == "temporal",
        newest_hidden,
        also=_WRONG | {"over_refusal", "cmrc_f1"},
    ),
    Mutant(
        "分歧只说一边",
        "conflict_surfaced",
        lambda case: case.family == "conflict" and len(case.evidence) > 1 and not case.any_evidence,
        one_sided,
        also=_WRONG,
    ),
    Mutant("打乱检索", "ndcg@10", _plain, reorder=shuffled),
    Mutant("改写引文", "quote_exact", _plain, paraphrased),
    Mutant(
        "引用未来",
        "future_leak",
        lambda case: (
            case.family == "temporal" and case.as_of is not None and case.as_of.year == 2024 and case.answerable
        ),
        from_the_future,
        also=frozenset({"quote_exact", "link_ok"}),
    ),
)
