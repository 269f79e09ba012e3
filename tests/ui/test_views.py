"""Figures, years, sharing, reasons and who runs it, in a real browser; and the rules of accessibility over every view."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fakes_ui import ARTICLES, HARBOUR, SCHOOLS, TARGET
from tests.ui.conftest import PHONE, PHONE_DARK, WIDE, WIDE_DARK, Visit
from ui import wording
from ui.trials.screenshots import Screen

pytestmark = pytest.mark.browser

TARGET_QUESTION = "青溪2028工业目标是多少?"
FIRMS_QUESTION = "青溪有多少家设计企业？"
AXE = Path(sys.prefix) / "node_modules" / "axe-core" / "axe.min.js"
ZOOMED = Screen("640", 640, 430, dark=False)  # 1280 × 860 at 200 %: half as many CSS pixels each way
VIEWS = ("", "#articles", "#figures", "#years", "#about", "#kept")


def last(page: Any, part: str = "") -> Any:
    return page.locator(f".turns .turn:last-child {part}".strip())


def settled(page: Any) -> None:
    """Wait until the view that is shown has been fetched."""
    page.wait_for_function(
        "[...document.querySelectorAll('.stage .view:not([hidden])')].every((view) => !view.dataset.from && !view.ariaBusy)"
    )


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_figure_stands_in_the_table_with_its_sentence_time_and_article(visits: Any) -> None:
    page = visits(WIDE, "#figures").page
    page.wait_for_selector(".figures tbody tr")
    rows = page.locator(".figures tbody tr")
    row = rows.filter(has_text="3000亿元").first
    assert row.locator(".value").inner_text().split() == ["3000亿元", wording.PLANNED]
    assert row.locator("td").nth(1).inner_text() == "2028年"
    assert row.locator(".around b").inner_text() == "3000亿元"
    assert row.locator("td a").inner_text() == ARTICLES[HARBOUR].headline
    assert page.locator(".count-line").inner_text() == f"{rows.count()} 条"
    assert page.locator(".meta").filter(has_text=f"共 {rows.count()} 个").count() == 1


def test_a_source_in_the_table_opens_its_sentence(visits: Any) -> None:
    page = visits(WIDE, "#figures").page
    page.locator(".figures tbody tr").filter(has_text="3000亿元").first.locator("td a").click()
    page.wait_for_selector(".pane mark.now")
    assert page.locator(".pane mark.now").inner_text().lstrip("1") == TARGET


def test_figures_are_sieved_sorted_and_exported_as_shown(visits: Any) -> None:
    page = visits(WIDE, "#figures").page
    page.wait_for_selector(".sieve")
    everything = page.locator(".figures tbody tr").count()
    page.fill(".sieve input", "数谷 企业")
    page.wait_for_function(f"document.querySelectorAll('.figures tbody tr').length < {everything}")
    assert all("数谷" in text for text in page.locator(".figures tbody tr").all_inner_texts())
    page.fill(".sieve input", "")
    page.select_option(".sieve [name=nature]", "plan")
    page.wait_for_function("document.querySelectorAll('.figures .value .tag').length > 0")
    page.wait_for_function(
        f"[...document.querySelectorAll('.figures tbody tr')].every((row) => row.textContent.includes('{wording.PLANNED}'))"
    )
    with page.expect_download() as download:
        page.click(".sieve .export")
    rows = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == wording.FIGURE_COLUMNS
    assert len(rows) - 1 == page.locator(".figures tbody tr").count()
    page.fill(".sieve input", "没有这样的词")
    page.wait_for_selector(f".figure-rows .says:has-text('{wording.NO_FIGURES[:6]}')")


def test_figures_that_recur_are_drawn_and_each_point_opens_its_sentence(chromium: Any, real_address: str) -> None:
    visit = Visit(chromium, real_address, WIDE, "#figures")
    page = visit.page
    page.wait_for_selector(".chart")
    for chart in page.locator(".chart").all():
        assert chart.locator("circle").count() == chart.locator("text.figure").count() >= 2
    value = page.locator(".chart text.figure").last.text_content()
    page.locator(".chart a").last.click()
    page.wait_for_selector(".pane mark.now")
    assert value in page.locator(".pane mark.now").first.inner_text()
    assert not visit.said
    assert not visit.other_hosts
    visit.context.close()


# ── years ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_years_tell_what_happened_when_the_latest_first(visits: Any) -> None:
    page = visits(WIDE, "#years").page
    page.wait_for_selector(".year")
    years = page.locator(".year h3").all_inner_texts()
    assert years == sorted(years, reverse=True)
    assert years[0] == "2028"
    assert TARGET in page.locator('.year[data-year="2028"] li.plan').inner_text()
    assert page.locator(".appeared").count() == 2  # the third article has no date
    page.locator('.year[data-year="2028"] .meta a').click()
    page.wait_for_selector(".pane mark.now")
    assert TARGET in page.locator(".pane mark.now").inner_text()
    page.click(".jumps a:last-child")
    assert page.evaluate("document.activeElement.textContent") == years[-1]


# ── what stands beside an answer ────────────────────────────────────────────────────────────────────────────────────


def test_a_shared_link_asks_again_and_says_when_the_answer_has_changed(visits: Any) -> None:
    sender = visits(WIDE)
    sender.ask(FIRMS_QUESTION)
    last(sender.page, "[data-do=share]").click()
    sender.page.wait_for_function(f"document.querySelector('.turns .said').textContent === '{wording.SHARED}'")
    text, url = sender.page.evaluate("navigator.clipboard.readText()").split("\n")
    assert text == wording.SHARE_TEXT.format(question=FIRMS_QUESTION)
    assert url.startswith(f"{sender.address}#ask=")
    path = url.removeprefix(sender.address)
    for link, notices in ((path, []), (re.sub("print=.+", "print=00000000", path), [wording.SHARED_OTHERWISE])):
        page = visits(PHONE, link).page
        page.wait_for_selector('.turns .turn[aria-busy="false"] .timeline')
        assert last(page, ".asked").inner_text().strip() == FIRMS_QUESTION
        assert last(page, ".notice").all_inner_texts() == notices
        assert page.locator(".turns .turn").count() == 1
        assert path.startswith(page.evaluate("location.hash").split("&")[0])  # it can be passed on


def test_a_follow_up_is_shared_as_it_was_understood(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("你好")
    visit.ask("那数谷呢？")
    shared = last(page, "[data-do=share]").get_attribute("data-share")
    assert page.evaluate("(hash) => new URLSearchParams(hash.slice(1)).get('ask')", shared) == "数谷2025年的进展如何？"


_ASK_AT_ONCE = """(question) => new MutationObserver((_, seen) => {
  if (!document.querySelector('.turns .turn:last-child[aria-busy="false"]')) return;
  seen.disconnect();
  const box = document.querySelector("#question textarea");
  box.value = question;
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
}).observe(document.querySelector(".turns"), { childList: true, subtree: true, attributes: true })"""


def test_a_question_asked_before_the_stream_of_the_last_has_closed_is_answered(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    page.evaluate(_ASK_AT_ONCE, "那数谷呢？")
    visit.ask("你好")
    page.wait_for_selector(".turns .turn:nth-child(2) [data-do=share]", timeout=20_000)
    assert "那数谷呢" in page.locator(".turns .turn:nth-child(2)").inner_text()


def test_a_fold_tells_why_a_sentence_was_chosen(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    fold = page.locator(".pane .why").first
    assert fold.locator(".whys").count() == 0
    fold.locator("summary").click()
    fold.locator(".whys").wait_for()
    told = fold.inner_text()
    assert "「青溪」" in told
    assert re.search(rf"{wording.WHY_BY_WORDS}\s+第 \d+ 名", told)
    assert re.search(rf"{wording.WHY_BY_MEANING}\s+第 \d+ 名", told)


def test_what_to_ask_next_is_new_after_each_answer(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    offered: list[str] = []
    for question in ("码头的租金是不是每年都涨？", "那数谷呢？"):  # the script itself offers nothing after these
        visit.ask(question)
        fresh = last(page, ".more button").all_inner_texts()
        assert len(fresh) == 3
        assert not {*fresh} & {*offered, question}
        offered += fresh


def test_who_answers_how_and_where_to_complain_is_one_press_away(visits: Any) -> None:
    page = visits(PHONE).page
    page.click("#footing a")
    page.wait_for_selector(".about:not([hidden])")
    text = page.locator(".about").inner_text()
    for words in (wording.PRIVACY, wording.ABOUT_LABEL, wording.ABOUT_NO_MODEL, wording.ABOUT_CONTACT):
        assert words in text
    assert page.locator("#question").is_hidden()
    assert page.get_by_text(wording.DISCLAIMER).is_visible()


def test_leaving_the_conversation_puts_its_evidence_away_and_coming_back_keeps_it(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    assert page.locator(".pane").is_visible()
    page.click("nav a[data-do=figures]")
    assert page.locator(".pane").is_hidden()
    page.go_back()
    assert last(page, ".short").inner_text() == "突破3000亿元"


# ── for everyone ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("screen", [PHONE, ZOOMED], ids=["375 px", "200 %"])
def test_no_view_is_wider_than_the_screen(visits: Any, screen: Screen) -> None:
    visit = visits(screen)
    for view in VIEWS:
        page = visit.open(view)
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") == screen.width, view
    visit.open()
    visit.ask(FIRMS_QUESTION)
    assert visit.page.evaluate("document.documentElement.scrollWidth") == screen.width
    assert visit.page.locator("#question textarea").is_visible()


def test_nothing_moves_for_a_visitor_who_wants_stillness(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    page.emulate_media(reduced_motion="reduce")
    visit.ask(TARGET_QUESTION)
    moving = page.evaluate(
        """() => [...document.querySelectorAll("body *")].filter((element) => {
            const style = getComputedStyle(element);
            return style.animationName !== "none" || style.transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
        }).length"""
    )
    assert moving == 0


def test_on_a_slow_line_the_page_says_that_it_looks_and_then_answers(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    line = visit.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 700, "downloadThroughput": 30_000, "uploadThroughput": 15_000}
    line.send("Network.emulateNetworkConditions", slow)
    page.fill("#question textarea", TARGET_QUESTION)
    page.press("#question textarea", "Enter")
    page.wait_for_selector("body[data-waiting]")
    page.wait_for_selector('.turns .turn[aria-busy="false"] .short')
    assert page.locator(".turns .turn").count() == 1


def test_all_views_can_be_reached_and_left_with_the_keyboard(visits: Any) -> None:
    page = visits(WIDE).page
    for view, selector in (
        ("shelf", ".shelf-list"),
        ("figures", ".figures"),
        ("years", ".year"),
        ("chat", "#question"),
    ):
        page.focus(f"nav a[data-do={view}]")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") in ("solid", "auto", "none")
        page.keyboard.press("Enter")
        page.wait_for_selector(selector, state="visible")
    page.focus("nav a[data-do=figures]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".figures", state="visible")
    page.focus(".figures td a")
    page.keyboard.press("Enter")
    page.wait_for_selector(".pane mark.now")
    assert page.evaluate("document.activeElement.matches('.pane-body')")
    page.keyboard.press("Escape")
    assert page.locator(".pane").is_hidden()


@pytest.mark.parametrize("screen", [WIDE, WIDE_DARK, PHONE, PHONE_DARK], ids=lambda screen: screen.name)
def test_the_rules_of_accessibility_hold_on_every_view(visits: Any, screen: Screen) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make test fetches it from npm")
    visit = visits(screen)
    page = visit.page
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        page.wait_for_timeout(400)  # let what moves come to rest: fading text has no contrast
        page.evaluate(AXE.read_text(encoding="utf-8"))
        result = page.evaluate("async () => await axe.run(document, {resultTypes: ['violations']})")
        if bad := result["violations"]:
            found[name] = [
                f"{one['id']}: {one['nodes'][0]['html'][:160]} {one['nodes'][0]['failureSummary']}" for one in bad
            ]

    for view in VIEWS:
        visit.open(view)
        settled(page)
        look(view or "start")
    visit.open()
    for question in (
        TARGET_QUESTION,
        FIRMS_QUESTION,
        "数谷去年比前年多招了多少人？",
        "青溪的房价是多少？",
        "你好",
        "坏一次",
    ):
        visit.ask(question)
    look("conversation")
    page.locator(".turns .chip").first.click()
    page.wait_for_selector(".pane mark.now")
    look("article")
    visit.open()
    visit.ask(FIRMS_QUESTION)
    last(page, "[data-do=evidence]").click()
    page.locator(".pane .why summary").first.click()
    page.wait_for_selector(".pane .whys")
    look("evidence")
    page.keyboard.press("Escape")  # over a phone the evidence is a dialog
    page.click("[data-do=narrow]")
    page.locator("#narrow [data-do=year-only]").first.click()
    page.fill("#question textarea", "慢得没有尽头")
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.turns .turn[aria-busy="true"] .claim')
    page.click("#stop")
    page.click("[data-do=narrow]")
    look("limited, and an answer cut off")
    assert not found, json.dumps(found, ensure_ascii=False, indent=1)


def test_headings_and_landmarks_are_where_a_screen_reader_looks(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    assert page.locator("header h1").count() == 1
    assert page.locator("nav[aria-label]").count() >= 1
    assert page.locator("[role=log][aria-label]").count() == 1
    assert page.locator(".pane[role=complementary]").get_attribute("aria-label") == wording.PANE_LABEL
    assert last(page, "h2.asked").count() == 1


def test_the_description_of_the_api_is_readable_and_asks_no_other_host(visits: Any) -> None:
    visit = visits(PHONE)
    visit.page.goto(f"{visit.address}api/docs")
    assert visit.page.locator("h1").inner_text() == wording.DOCS_TITLE
    assert visit.page.evaluate("document.documentElement.scrollWidth") == 375
    assert "/v1/chat/completions" in visit.page.inner_text("main")


def test_the_shelf_of_an_article_reads_its_headline(visits: Any) -> None:
    page = visits(WIDE, "#articles").page
    page.locator(".shelf-list a").first.click()
    page.wait_for_selector(f'.pane .reading[data-article="{SCHOOLS}"]')
    assert page.locator(".pane h2").inner_text() == ARTICLES[SCHOOLS].headline
