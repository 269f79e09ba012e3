"""Fact tracing: where does each figure, date and name of an answer come from?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from corpus.records import Article
from evals.cases import EvalCase
from evals.metrics.applying import NotMeasured
from evals.metrics.citation_recall import claim_sources, source_text
from evals.metrics.facts_found import holds
from evals.metrics.relevance import Retrieved
from evals.metrics.support import SaidFact, facts_in, folded, states
from evals.values import holds_alias
from rag.records import Answer, Status


class Level(IntEnum):
    """How far from its sentence a fact is found; the lower the better."""

    OWN = 0  # in the words that the sentence cites
    ARTICLE = 1  # elsewhere in an article that it cites
    EVIDENCE = 2  # in other evidence that the answer shows or that was retrieved for it
    CORPUS = 3  # in an article that was neither cited nor retrieved
    NOWHERE = 4  # fabricated


@dataclass(frozen=True, slots=True)
class Traced:
    """A fact at text[start:end] of a claim, counted from 0, or of the short answer when `claim` is −1."""

    claim: int
    fact: SaidFact
    level: Level


def trace(
    case: EvalCase, answer: Answer, articles: Mapping[str, Article], retrieved: Sequence[Retrieved] = ()
) -> tuple[Traced, ...]:
    """Return the level of every fact that the answer states, but for those that only repeat the question.

    A result that the answer reckons out (its `calculation`) counts as its own when it is the gold of a case tagged
    `computed`: its operands are claims and are traced like any other. Other results are traced, and so found nowhere.
    Empty for a refusal. Source: own definition, after the claim levels of RAGChecker (Ru et al., NeurIPS 2024), by facts.
    """
    if answer.status is not Status.ANSWERED:
        return ()
    cited = {citation.n: citation for citation in answer.citations}
    found: list[Traced] = []
    for index, claim in enumerate(answer.claims):
        own = claim_sources(claim, cited)
        owners = {cited[n].article_id for n in claim.citations if n in cited}
        for fact in facts_in(claim.text):
            found.append(Traced(index, fact, _level(fact, own, owners, answer, articles, retrieved)))
    every = [source_text(citation) for citation in answer.citations]
    owners = {citation.article_id for citation in answer.citations}
    for fact in _short_facts(answer.short_answer or "", every):
        level = Level.OWN if _reckoned(case, fact) else _level(fact, every, owners, answer, articles, retrieved)
        found.append(Traced(-1, fact, level))
    asked = case.question
    return tuple(one for one in found if one.level is Level.OWN or not states(one.fact, asked))


def _short_facts(short: str, sources: Sequence[str]) -> tuple[SaidFact, ...]:
    """Return the facts of a short answer: itself, as one, when the sources say it in these very words."""
    if short and any(folded(short) in folded(source) for source in sources):
        return (SaidFact("name", short, 0, len(short)),)
    return facts_in(short) or ((SaidFact("name", short, 0, len(short)),) if folded(short) and "、" not in short else ())


def _reckoned(case: EvalCase, fact: SaidFact) -> bool:
    return "computed" in case.tags and any(
        holds(gold, fact.text) or any(holds_alias(fact.text, alias) for alias in gold.aliases) for gold in case.gold
    )


def _level(
    fact: SaidFact,
    own: Sequence[str],
    owners: set[str],
    answer: Answer,
    articles: Mapping[str, Article],
    retrieved: Sequence[Retrieved],
) -> Level:
    if any(states(fact, source) for source in own):
        return Level.OWN
    if any(states(fact, articles[owner].text) for owner in owners if owner in articles):
        return Level.ARTICLE
    shown = [source_text(citation) for citation in answer.citations]
    shown += [articles[hit.article_id].text[hit.start : hit.end] for hit in retrieved if hit.article_id in articles]
    if any(states(fact, source) for source in shown):
        return Level.EVIDENCE
    if any(states(fact, article.text) for article in articles.values()):
        return Level.CORPUS
    return Level.NOWHERE


def fact_grounded(traced: Sequence[Traced]) -> float:
    """Return |facts in their own citation| / |facts|, from 0 to 1. Raises NotMeasured when no fact was stated."""
    if not traced:
        raise NotMeasured("an answer without facts is neither grounded nor not")
    return sum(one.level is Level.OWN for one in traced) / len(traced)


def answer_grounded(traced: Sequence[Traced]) -> float:
    """Return 1 when every fact stands in its own citation, else 0. Raises NotMeasured when no fact was stated."""
    return float(fact_grounded(traced) == 1)


def fabricated(traced: Sequence[Traced]) -> float:
    """Return 1 when some fact stands nowhere in the corpus, else 0; an answer without facts fabricates none."""
    return float(any(one.level is Level.NOWHERE for one in traced))
