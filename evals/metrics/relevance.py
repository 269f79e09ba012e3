"""Which gold evidence each hit of a ranking holds: what every retrieval metric is computed from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.records import Article, Span
from evals.cases import EvalCase, places
from evals.metrics.applying import NotMeasured


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One hit of a search: `article.text[start:end]`, rank by its place in the list. Scores are None where unknown."""

    article_id: str
    start: int
    end: int
    score: float | None = None
    lexical: float | None = None
    dense: float | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A ranking seen through the gold. `holds[i]` are the evidences that hit `i` holds a part of.

    `needed` evidences there are in all; `any_enough` when one is. `available` are the sets that single passages of the
    corpus hold: what an ideal ranking could show. `covered[i]` is the share of the gold characters, white space aside (of the best
    evidence when any is enough) that lies inside the first `i + 1` hits.
    """

    holds: tuple[frozenset[int], ...]
    needed: int
    any_enough: bool
    available: tuple[frozenset[int], ...]
    covered: tuple[float, ...]


def judge(
    case: EvalCase, ranked: Sequence[Retrieved], articles: Mapping[str, Article], units: Sequence[Retrieved]
) -> Judged:
    """Return `ranked` judged by the evidence of `case`; `units` are the passages that could have been found.

    Raises NotMeasured for a case without evidence: it tests something else.
    """
    if not case.evidence:
        raise NotMeasured(f"{case.id} has no evidence")
    gold = [[(found.article_id, place) for place in places(found, articles)] for found in case.evidence]
    return Judged(
        holds=tuple(_held(hit, gold) for hit in ranked),
        needed=len(gold),
        any_enough=case.any_evidence,
        available=tuple(filter(None, (_held(unit, gold) for unit in units))),
        covered=_covered(ranked, gold, case.any_evidence, articles),
    )


def _held(hit: Retrieved, gold: Sequence[Sequence[tuple[str, Span]]]) -> frozenset[int]:
    span = Span(hit.start, hit.end)
    return frozenset(
        index
        for index, spots in enumerate(gold)
        if any(article_id == hit.article_id and place.overlaps(span) for article_id, place in spots)
    )


def _covered(
    ranked: Sequence[Retrieved],
    gold: Sequence[Sequence[tuple[str, Span]]],
    any_enough: bool,
    articles: Mapping[str, Article],
) -> tuple[float, ...]:
    seen: set[tuple[str, int]] = set()
    wanted = [
        [
            {(article_id, at) for at in range(place.start, place.end) if not articles[article_id].text[at].isspace()}
            for article_id, place in spots
        ]
        for spots in gold
    ]
    everything = set().union(*(spot for spots in wanted for spot in spots))
    sizes = sum(len(spots[0]) for spots in wanted)
    shares: list[float] = []
    for hit in ranked:
        seen |= {(hit.article_id, at) for at in range(hit.start, hit.end)} & everything
        best = [max((len(spot & seen), len(spot)) for spot in spots) for spots in wanted]
        if any_enough:
            shares.append(max(found / size for found, size in best))
        else:
            shares.append(min(1.0, sum(found for found, _ in best) / sizes))
    return tuple(shares)
