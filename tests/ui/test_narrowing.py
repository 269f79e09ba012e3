"""Limits to articles and periods: as they are sent, in words, through the API, and as chips on the page."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from corpus.errors import QuestionError
from rag.question.limits import Limit
from tests.fakes_ui import ARTICLES, HARBOUR, SCHOOLS
from tests.ui.conftest import PHONE, WIDE
from ui import wording
from ui.service.narrowing import limit_address, limit_of, read_limit, told_limit, years_of
from ui.trials.screenshots import Screen

FIRMS = "青溪有多少家设计企业？"
ONLY_2024 = Limit(since=date(2024, 1, 1), until=date(2024, 12, 31))


def test_days_months_and_years_are_taken_whole() -> None:
    assert limit_of((), "2024", "2024") == ONLY_2024
    assert limit_of((), "2024-02", "2024-02").until == date(2024, 2, 29)
    assert limit_of([HARBOUR], "", "") == Limit(frozenset({HARBOUR}))
    assert not limit_of((), "", " ")


@pytest.mark.parametrize(
    ("articles", "since", "until", "told"),
    [
        ([], "去年", "", "看不懂日期「去年」"),
        ([], "2024-13", "", "看不懂日期"),
        ([], "2025", "2024", "起始日期在截止日期之后"),
        ([f"a{n}" for n in range(51)], "", "", "最多限定"),
    ],
)
def test_what_is_no_limit_is_told_in_one_sentence(articles: list[str], since: str, until: str, told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        limit_of(articles, since, until)


@pytest.mark.parametrize(
    "sent",
    [
        "[]",
        "{",
        '{"articles": "x", "since": "", "until": ""}',
        '{"articles": [1], "since": "", "until": ""}',
        7,
        "x" * 30_000,
    ],
)
def test_what_no_page_sends_is_refused(sent: object) -> None:
    with pytest.raises(QuestionError):
        read_limit(sent)
    assert read_limit("") == read_limit(None) == Limit()


def test_a_limit_is_said_in_words_and_goes_with_a_shared_link() -> None:
    limit = Limit(frozenset({SCHOOLS}), date(2026, 1, 1), date(2026, 12, 31))
    assert told_limit(limit, ARTICLES) == f"《{ARTICLES[SCHOOLS].headline}》、2026年的报道"
    assert told_limit(Limit(since=date(2024, 5, 6)), ARTICLES) == "2024-05-06以来的报道"
    assert limit_address(limit) == f"&only={SCHOOLS}&since=2026-01-01&until=2026-12-31"
    assert limit_address(Limit()) == ""
    assert years_of(ARTICLES.values()) == [2026, 2024]


def test_the_api_takes_articles_since_and_until(client: httpx.Client) -> None:
    def asked(**limit: object) -> dict[str, Any]:
        return dict(client.post("api/ask", json={"question": FIRMS, **limit}).json())

    assert {cited["article_id"] for cited in asked()["citations"]} == {HARBOUR, SCHOOLS}
    for limit in ({"articles": [SCHOOLS]}, {"since": "2026"}, {"until": "2023"}):
        reply = client.post("api/ask", json={"question": FIRMS, **limit})
        if limit == {"until": "2023"}:
            assert reply.status_code == 422
            assert wording.LIMIT_EMPTY in reply.text
            continue
        assert reply.json()["status"] == "refused"  # the script's answer rests on both
        assert reply.json()["notices"][0].startswith("只在")
    for wrong, told in (({"articles": ["nowhere"]}, "nowhere"), ({"since": "昨天"}, "看不懂日期")):
        reply = client.post("api/ask", json={"question": FIRMS, **wrong})
        assert reply.status_code == 422
        assert told in json.dumps(reply.json(), ensure_ascii=False)


@pytest.mark.browser
@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_chip_limits_what_is_asked_survives_a_reload_and_goes(visits: Any, screen: Screen) -> None:
    page = (visit := visits(screen)).page
    page.click("[data-do=narrow]")
    page.locator("#narrow [data-do=year-only]", has_text="2026").click()
    assert page.locator("#within li").all_inner_texts() == ["2026年的报道"]
    visit.ask(FIRMS)
    assert page.locator("#narrow").is_hidden()
    assert "只在2026年" in page.locator(".turns .turn:last-child .notice").inner_text()
    assert "since=2026-01-01" in page.get_attribute(".turns .turn:last-child [data-do=share]", "data-share")
    page.reload()
    page.wait_for_selector("#within li")
    assert page.locator("#within button").get_attribute("aria-label") == f"{wording.NARROW_OFF}：2026年的报道"
    page.click("#within button")
    assert page.locator("#within").is_hidden()
    visit.ask(FIRMS)
    assert page.locator(".turns .turn:last-child .chip").count() == 2


@pytest.mark.browser
def test_a_limit_that_is_set_before_anything_is_asked_survives_a_reload(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    page.click("[data-do=narrow]")
    page.locator("#narrow [data-do=year-only]", has_text="2026").click()
    page.locator("#narrow [data-do=only]").first.click()
    chosen = page.locator("#within li").all_inner_texts()
    assert len(chosen) == 2
    page.reload()
    page.wait_for_selector("#within li")
    assert page.locator("#within li").all_inner_texts() == chosen
    visit.ask(FIRMS)
    assert "只在" in page.locator(".turns .turn:last-child .notice").inner_text()
    page.click("#within button >> nth=0")
    page.click("#within button")
    page.reload()
    page.wait_for_selector(".turns .turn")
    assert page.locator("#within").is_hidden()
    page.click(".sheet-bar [data-do=fresh]")
    page.locator("#narrow [data-do=year-only]", has_text="2024").evaluate("button => button.click()")
    page.click(".sheet-bar [data-do=fresh]")
    page.reload()
    page.wait_for_selector("#question textarea")
    assert page.locator("#within").is_hidden()  # a new conversation begins without, after a reload too


@pytest.mark.browser
def test_an_article_is_chosen_in_the_list_and_a_shared_link_brings_the_limit_along(visits: Any) -> None:
    visit = visits(PHONE, "#articles")
    page = visit.page
    page.locator(".shelf-list li", has_text=ARTICLES[SCHOOLS].headline).locator("[data-do=only]").click()
    assert page.evaluate("document.body.dataset.view") == "chat"
    assert page.locator("#within li").all_inner_texts() == [f"《{ARTICLES[SCHOOLS].headline}》"]
    visit.ask(FIRMS)
    link = page.get_attribute(".turns .turn:last-child [data-do=share]", "data-share")
    other = visit.context.new_page()
    other.goto(visit.address + link)
    other.wait_for_selector('.turns .turn[aria-busy="false"]')
    assert other.locator("#within li").all_inner_texts() == [f"《{ARTICLES[SCHOOLS].headline}》"]
    assert other.locator(".turns .turn .notice").count() >= 1
    other.click(".sheet-bar [data-do=fresh]")
    assert other.locator("#within").is_hidden()
