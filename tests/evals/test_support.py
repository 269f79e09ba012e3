"""Where the line of support is drawn: measured on the articles, whose own sentences are the easiest and hardest pairs."""

from __future__ import annotations

from random import Random

import pytest

from corpus.chinese.text import split_clauses, split_sentences
from corpus.records import Article, Span
from evals.metrics.support import CONTAINMENT, containment, is_claim, supported


@pytest.fixture(scope="module")
def pairs(articles: tuple[Article, ...]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return (part of a sentence, that sentence) and (sentence, another one of the same article)."""
    chance = Random(20261122)
    own: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for article in articles:
        sentences = [article.text[span.start : span.end] for span in split_sentences(article.text)]
        told = [sentence for sentence in sentences if is_claim(sentence) and len(sentence) > 15]
        for sentence in told:
            clauses = split_clauses(sentence, Span(0, len(sentence)))
            own += [(sentence[clause.start : clause.end], sentence) for clause in clauses if len(clause) > 6]
            others += [
                (sentence, other) for other in chance.sample(told, 5) if other != sentence and sentence not in other
            ]
    return own, others


def test_every_clause_is_supported_by_its_own_sentence(
    pairs: tuple[list[tuple[str, str]], list[tuple[str, str]]],
) -> None:
    own, _ = pairs
    assert len(own) > 600
    assert [part for part, sentence in own if not supported(part, [sentence])] == []


def test_another_sentence_of_the_same_article_hardly_ever_supports(
    pairs: tuple[list[tuple[str, str]], list[tuple[str, str]]],
) -> None:
    _, others = pairs
    assert len(others) > 1000
    fooled = [(sentence, other) for sentence, other in others if supported(sentence, [other])]
    assert len(fooled) / len(others) < 0.002, fooled[:5]


def test_the_line_lies_far_from_what_chance_shares(pairs: tuple[list[tuple[str, str]], list[tuple[str, str]]]) -> None:
    _, others = pairs
    shared = sorted(containment(sentence, other) for sentence, other in others)
    assert shared[int(len(shared) * 0.99)] < CONTAINMENT / 2
