"""The suite and the articles it is about, read once a run."""

from __future__ import annotations

import pytest

from corpus.records import Article
from evals.cases import EvalCase
from evals.run.suite import load_suite
from evals.run.worlds import pinned_articles


@pytest.fixture(scope="session")
def articles() -> tuple[Article, ...]:
    return pinned_articles()


@pytest.fixture(scope="session")
def suite(articles: tuple[Article, ...]) -> tuple[EvalCase, ...]:
    return load_suite("all", articles)
