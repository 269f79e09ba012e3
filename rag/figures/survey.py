"""All pairs of statements in a corpus that speak of one thing and do not say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from corpus.chinese.text import split_sentences
from corpus.records import Article
from rag.citing import published_text
from rag.figures.conflicts import Relation
from rag.figures.figure import Figure, article_figures
from rag.figures.over_time import label, subject_of
from rag.figures.reworded import reworded_pairs
from rag.figures.variants import NamePlace, find_variants


@dataclass(frozen=True, slots=True)
class DifferingSentence:
    """A sentence of an article and what in it differs: `quote` == article.text[start:end], `value` within it."""

    article_id: str
    start: int
    end: int
    quote: str
    value: str
    when: str


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two statements about `subject`, the newer first, and how they differ."""

    relation: str
    subject: str
    note: str
    newer: DifferingSentence
    older: DifferingSentence


def survey(articles: Sequence[Article]) -> tuple[Disagreement, ...]:
    """Return all pairs of a corpus: figures in the order of articles, then names. Seconds for a thousand articles."""
    figures = [figure for article in articles for figure in article_figures(article)]
    found = [
        Disagreement(
            pair.difference.relation.value,
            subject_of(pair.newer),
            pair.difference.note,
            _of_figure(pair.newer),
            _of_figure(pair.older),
        )
        for pair in reworded_pairs(figures)
    ]
    return (*found, *_names(articles))


def _of_figure(figure: Figure) -> DifferingSentence:
    return DifferingSentence(
        figure.article_id, figure.start, figure.end, figure.text, figure.quantity.text, label(figure)
    )


def _names(articles: Iterable[Article]) -> Iterable[Disagreement]:
    by_id = {article.id: article for article in articles}
    for variant in find_variants(by_id.values()):
        for short in variant.short_places:
            for long in variant.long_places:
                a, b = _of_place(short, by_id), _of_place(long, by_id)
                newer, older = (a, b) if _age(short, by_id) >= _age(long, by_id) else (b, a)
                note = f"{variant.short}、{variant.long}"
                yield Disagreement(Relation.NAME.value, variant.short, note, newer, older)


def _age(place: NamePlace, by_id: dict[str, Article]) -> str:
    published = by_id[place.article_id].published
    return str(published.last) if published else ""


def _of_place(place: NamePlace, by_id: dict[str, Article]) -> DifferingSentence:
    article = by_id[place.article_id]
    low = article.text.rfind("\n", 0, place.start) + 1
    stop = article.text.find("\n", place.end)
    high = len(article.text) if stop < 0 else stop
    sentence = next(
        (s for s in split_sentences(article.text[low:high]) if low + s.start <= place.start < low + s.end), None
    )
    start, end = (low + sentence.start, low + sentence.end) if sentence else (place.start, place.end)
    when = published_text(article.published)
    return DifferingSentence(
        article.id,
        start,
        end,
        article.text[start:end],
        article.text[place.start : place.end],
        f"{when}报道" if when else "",
    )
