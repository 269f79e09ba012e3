"""What lists all articles (the page, its figures, its years) reads them once a generation, not once a visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from corpus.records import Article, BlockKind, Published
from tests.fakes_ui import ARTICLES, ScriptedAnswerer, article
from ui.service.editions import ReadingShelf
from ui.web.server import Site, build_server

MANY = 2000
VIEWS = ("/", "/page/figures", "/page/years")


class Counting(Mapping[str, Article]):
    """Articles that count how often one is looked at."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self.articles = articles
        self.looked_at = 0

    def __getitem__(self, name: str) -> Article:
        self.looked_at += 1
        return self.articles[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.articles)

    def __len__(self) -> int:
        return len(self.articles)


def made(number: int) -> Article:
    day = date(2020, 1, 1) + timedelta(days=number)
    told = f"{day.year}年，第{number}号塘坝完成投资{number + 10}万元。"
    blocks = [(BlockKind.HEADLINE, f"第{number}号塘坝完工"), (BlockKind.BODY, told)]
    return article(f"t{number}", blocks, published=Published(day, day))


@pytest.fixture(scope="module")
def many() -> Counting:
    return Counting({one.id: one for one in map(made, range(MANY))})


def test_a_view_of_two_thousand_articles_reads_them_at_its_first_visit_alone(many: Counting) -> None:
    visitor = TestClient(build_server(ScriptedAnswerer(articles=many), Site()), base_url="http://127.0.0.1")
    for view in VIEWS:
        many.looked_at = 0
        first = visitor.get(view)
        assert first.status_code == 200 and many.looked_at >= MANY
        many.looked_at = 0
        assert visitor.get(view).text == first.text
        assert many.looked_at == 0, view


def test_a_view_is_drawn_once_anew_by_each_generation_and_the_last_few_are_kept() -> None:
    drawn: list[object] = []

    def seen(shelf: ReadingShelf, view: object) -> str:
        return shelf.drawn(view, lambda: drawn.append(view) or str(view))  # type: ignore[func-returns-value]

    shelf = ReadingShelf(ARTICLES)
    assert [seen(shelf, view) for view in ("years", ("问？",), "years", ("问？",))] == ["years", "('问？',)"] * 2
    assert drawn == ["years", ("问？",)]
    seen(ReadingShelf({name: replace(one, headline="改") for name, one in ARTICLES.items()}), "years")
    assert drawn.count("years") == 2
    for number in range(100):
        seen(shelf, number)
    seen(shelf, "years")
    assert drawn.count("years") == 3


def test_a_view_that_could_not_be_drawn_is_drawn_at_the_next_visit() -> None:
    shelf = ReadingShelf(ARTICLES)
    with pytest.raises(ZeroDivisionError):
        shelf.drawn("years", lambda: str(1 // 0))
    assert shelf.drawn("years", lambda: "drawn") == "drawn"
