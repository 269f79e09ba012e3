"""The real page in a real browser: every journey of a visitor, on a wide screen and on a phone."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.fakes_ui import ARTICLES, FIRMS_2024, FIRMS_2026, HARBOUR, RENT, SCHOOLS, SCRIPT, TARGET, ScriptedAnswerer
from tests.ui.conftest import PHONE, WIDE, WIDE_DARK
from ui import wording
from ui.addresses import permalink
from ui.service.limits import MAX_MESSAGE, MAX_QUESTION

pytestmark = pytest.mark.browser

TARGET_QUESTION = "青溪2028工业目标是多少?"
FIRMS_QUESTION = "青溪有多少家设计企业？"


def last(page: Any, part: str = "") -> Any:
    return page.locator(f".turns .turn:last-child {part}".strip())


def marked(page: Any) -> str:
    """Return the words marked in the pane, without the numbers that stand in the marks."""
    return str(
        page.evaluate(
            """() => [...document.querySelectorAll(".pane mark.now")].map((mark) => {
                const copy = mark.cloneNode(true);
                copy.querySelectorAll(".mark-n").forEach((number) => number.remove());
                return copy.textContent;
            }).join("")"""
        )
    )


def in_view(page: Any, selector: str) -> bool:
    return bool(
        page.evaluate(
            """(selector) => {
                const box = document.querySelector(selector).getBoundingClientRect();
                return box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth;
            }""",
            selector,
        )
    )


def test_an_answer_shows_value_sentence_chip_and_date(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    assert last(page, ".asked").inner_text().strip() == TARGET_QUESTION
    assert last(page, ".short").inner_text() == "突破3000亿元"
    assert last(page, ".claim strong").inner_text() == "突破3000亿元"
    assert last(page, ".claim").inner_text().replace("\n", "") == TARGET + "1"
    assert last(page, ".dateline").inner_text() == "规划目标 · 据2024年5—6月报道（推定）"
    chip = last(page, ".claim .chip")
    assert chip.get_attribute("aria-label") == "依据 1：青溪：老码头“变形记”何以好看，2024年5—6月"
    assert page.get_by_text(wording.DISCLAIMER).is_visible()
    assert page.locator("footer").count() == 0
    assert page.title() == "临平问答"


def test_the_question_box_is_emptied_and_grows_with_what_is_typed(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    box = page.locator("#question textarea")
    one_line = box.bounding_box()["height"]
    box.fill("一行\n两行\n三行")
    page.wait_for_function(f"document.querySelector('#question textarea').offsetHeight > {one_line * 1.8}")
    visit.ask(TARGET_QUESTION)
    assert box.input_value() == ""


def test_a_chip_opens_the_article_at_the_very_words(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    last(page, ".claim .chip").click()
    page.wait_for_selector(".pane mark.now")
    assert marked(page) == TARGET
    assert page.locator(".pane mark.now .mark-n").inner_text() == "1"
    assert in_view(page, ".pane mark.now")
    start = ARTICLES[HARBOUR].text.index(TARGET)
    assert page.evaluate("location.hash").startswith(f"#article={HARBOUR}&span={start}-{start + len(TARGET)}&says=")


def test_marks_in_an_article_carry_the_numbers_of_the_answer(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("那数谷呢？")
    last(page, ".claim .chip").nth(1).click()
    page.wait_for_selector(".pane mark.now")
    assert marked(page) == FIRMS_2026
    assert sorted(page.locator(".pane .mark-n").all_inner_texts()) == ["1", "2"]
    assert page.locator(".pane mark.now .mark-n").inner_text() == "2"


def test_the_reading_view_sets_captions_apart_and_shows_gaps(visits: Any) -> None:
    page = visits(WIDE, f"#article={HARBOUR}").page
    page.wait_for_selector(".pane .reading")
    assert page.locator(".pane .caption").inner_text().endswith("俯瞰青溪老码头")
    assert "一条城际铁路［原文缺失］" in page.locator(".pane .reading").inner_text()
    assert page.locator(".pane h2").inner_text() == "青溪：老码头“变形记”何以好看"
    assert page.locator(".pane h3").all_inner_texts() == ["产业：从丝到“智”", "交通：四十分钟的双城"]
    assert "推定" in page.locator(".pane header .meta").inner_text()


def test_a_permalink_opens_on_its_sentence(visits: Any) -> None:
    start = ARTICLES[HARBOUR].text.index(RENT)
    page = visits(WIDE, f"#article={HARBOUR}&span={start}-{start + len(RENT)}").page
    page.wait_for_selector(".pane mark.now")
    assert marked(page) == RENT
    assert in_view(page, ".pane mark.now")
    moved = f"{start + 30}-{start + 30 + len(RENT)}&says={quote(RENT[:10])}"  # from before the article was read anew
    page = visits(WIDE, f"#article={HARBOUR}&span={moved}").page
    page.wait_for_selector(".pane mark.now")
    assert marked(page) == RENT


@pytest.mark.parametrize(
    ("was", "moved", "said"),
    [(RENT, 0, ""), (RENT, 30, wording.MOVED_SINCE), (RENT[:12] + "另一半的话。", 0, wording.CHANGED_SINCE)],
)
def test_a_link_from_before_an_article_was_edited_says_so(visits: Any, was: str, moved: int, said: str) -> None:
    start = ARTICLES[HARBOUR].text.index(RENT)
    page = visits(WIDE, permalink(HARBOUR, start + moved, start + moved + len(was), was)).page
    page.wait_for_selector(".pane mark.now")
    assert marked(page) == RENT
    assert "".join(page.locator(".pane .notice").all_inner_texts()) == said


def test_a_link_to_no_article_gives_one_clear_sentence(visits: Any) -> None:
    visit = visits(WIDE, may_complain=True)  # a browser reports every 404 by itself
    for link in ("#article=..%2F..%2Fetc%2Fpasswd", "#article=nobody&span=1-2"):
        page = visit.open(link)
        page.wait_for_selector(".pane .missing")
        assert page.locator(".pane .missing").inner_text() == wording.NO_SUCH_ARTICLE
        page.keyboard.press("Escape")


def test_a_link_to_no_place_shows_the_article_and_says_so(visits: Any) -> None:
    page = visits(WIDE, f"#article={HARBOUR}&span=90000-90010").page
    page.wait_for_selector(".pane .reading")
    assert page.locator(".pane .notice").inner_text() == wording.NO_SUCH_PLACE
    assert page.locator(".pane mark").count() == 0


def test_evidence_stands_beside_the_answer_in_the_order_cited(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(FIRMS_QUESTION)
    page.wait_for_selector(".pane .source")
    assert page.locator(".pane .source mark").all_inner_texts() == [FIRMS_2026, FIRMS_2024]
    assert page.locator(".pane .source .tag").all_inner_texts() == ["推定"]
    answer, pane = last(page).bounding_box(), page.locator(".pane").bounding_box()
    assert pane["x"] >= answer["x"] + answer["width"]


def test_figures_that_changed_stand_on_a_line_of_time_newest_first(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(FIRMS_QUESTION)
    assert last(page, ".timeline .when").all_inner_texts() == ["2026年1月", "2024年5月"]
    assert last(page, ".timeline .what").all_inner_texts() == ["1,900余家", "800余家"]
    assert last(page, ".timeline .chip").all_inner_texts() == ["1", "2"]
    assert last(page, ".relation").inner_text().startswith("时间不同：")


def test_a_calculation_shows_its_formula_with_its_sources(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("数谷去年比前年多招了多少人？")
    assert re.sub(r"\s", "", last(page, ".formula").inner_text()) == "1,3001−9001=400名"
    assert last(page, ".formula .chip").count() == 2


def test_a_list_gives_every_item_its_source(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("车站有哪些配套？")
    assert last(page, ".items li").count() == last(page, ".items .chip").count() == 5
    assert last(page, ".notice").inner_text() == "报道共列出 5 项"


def test_a_refusal_offers_a_lead_and_opens_nothing_by_itself(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("青溪的房价是多少？")
    assert last(page, ".says").inner_text() == "现有报道没有提到青溪的房价。"
    assert last(page, ".lead-name").inner_text() == "最接近的内容"
    assert last(page, ".lead blockquote").inner_text().startswith(RENT)
    assert last(page, ".short").count() == 0
    assert page.locator(".pane").is_hidden()


def test_an_answer_by_a_model_says_so_and_what_was_left_out(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("那数谷呢？")
    assert last(page, ".ai-label").inner_text() == wording.AI_LABEL
    assert last(page, ".notice").inner_text() == "有 1 句因缺少依据未显示"


def test_small_talk_has_no_row_of_buttons(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("你好")
    assert last(page, ".says").inner_text().startswith("你好。")
    assert last(page, ".quiet").count() == 0


def test_a_failure_is_said_plainly_without_its_insides(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    for question in ("坏一次", "崩一次"):
        visit.ask(question)
        said = last(page).inner_text()
        assert wording.BROKEN_TITLE in said
        assert wording.BROKEN_STILL in said
        assert "secret" not in said
        assert "Traceback" not in said
        assert last(page, ".chip, .short").count() == 0


def test_a_question_that_the_answerer_will_not_take_gets_its_reason(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("拒绝我")
    assert last(page, ".says").inner_text() == "这个问题太宽了，请问得具体一些。"


def test_what_articles_and_visitors_write_is_shown_and_never_run(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("有几家书店？")
    assert last(page, ".short").inner_text() == "<img src=x onerror=alert(2)>"
    last(page, ".chip").click()
    page.wait_for_selector(".pane mark.now")
    assert "<img src=x onerror=alert(1)>" in page.locator(".pane .reading").inner_text()
    for attack in (
        "<script>alert(1)</script>",
        '"><svg onload=alert(1)>',
        "<a href=javascript:alert(1)>点我</a>",
        "${alert(1)} {{constructor.constructor('alert(1)')()}} `${alert(2)}`",
        "![x](https://evil.example/x.png) [y](https://evil.example)",
        "</article><iframe src=https://evil.example></iframe>",
        "<form action=https://evil.example><input type=password></form>",
        '<div style="position:fixed;inset:0">盖住</div>',
        "$$\\href{javascript:alert(1)}{x}$$",
    ):
        visit.ask(attack)
        assert last(page, ".asked").inner_text().strip() == attack
    page.wait_for_timeout(300)
    foreign = (
        "img, iframe, form, input, video, object, embed, [onload], [onerror], a[href^='javascript:'], a[href^='http']"
    )
    assert page.locator(f".turns :is({foreign}), .pane :is({foreign})").count() == 0
    assert page.locator(".turns [style]").count() == 0


def test_a_follow_up_is_answered_from_the_history_of_this_visitor_alone(visits: Any) -> None:
    first, second = visits(WIDE), visits(WIDE)
    first.ask("你好")
    first.ask("记得吗")
    second.ask("记得吗")
    assert last(first.page, ".says").inner_text().startswith("1 轮：你好→")
    assert last(second.page, ".says").inner_text() == "0 轮：还没有问过"


def test_stop_ends_the_answer_and_frees_the_page(visits: Any, answerer: ScriptedAnswerer) -> None:
    page = (visit := visits(WIDE)).page
    before = answerer.stopped
    page.fill("#question textarea", "慢得没有尽头")
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.turns .turn[aria-busy="true"] .claim')
    page.wait_for_selector("#ask", state="hidden")
    page.click("#stop")
    page.wait_for_selector("#ask", state="visible")
    assert wording.STOPPED in last(page).inner_text()
    visit.ask("你好")
    assert last(page, ".says").inner_text().startswith("你好。")
    for _ in range(50):
        if answerer.stopped > before:
            break
        time.sleep(0.1)
    assert answerer.stopped == before + 1


def test_enter_pressed_twice_asks_once(visits: Any) -> None:
    page = visits(WIDE).page
    page.fill("#question textarea", TARGET_QUESTION)
    page.press("#question textarea", "Enter")
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.turns .turn[aria-busy="false"]')
    page.wait_for_timeout(500)
    assert page.locator(".turns .turn").count() == 1


def test_a_long_answer_grows_on_the_page(visits: Any) -> None:
    page = visits(WIDE).page
    page.fill("#question textarea", "慢慢说")
    page.press("#question textarea", "Enter")
    page.wait_for_selector('.turns .turn[aria-busy="true"] .claim')
    page.wait_for_function("document.querySelectorAll('.turns .claim').length === 2")
    page.wait_for_selector('.turns .turn[aria-busy="false"] .quiet')
    assert page.locator(".turns .turn").count() == 1


def test_an_earlier_turn_stays_as_the_visitor_left_it(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    last(page, "[data-verdict=up]").click()
    page.wait_for_selector('[data-verdict=up][aria-pressed="true"]')
    visit.ask("你好")
    assert page.locator(".turns .turn").count() == 2
    assert page.locator(".turns .turn:first-child [data-verdict=up]").get_attribute("aria-pressed") == "true"


def test_a_question_that_cannot_be_asked_gets_one_clear_sentence(visits: Any) -> None:
    page = visits(WIDE).page
    for sent, said in (
        ("", wording.EMPTY_QUESTION),
        ("长" * (MAX_QUESTION + 1), wording.too_long(MAX_QUESTION)),
        ("   ", wording.EMPTY_QUESTION),
        ("\x01\x02\u202e\u200b", wording.GARBLED_QUESTION),
        ("长" * 350_000, wording.too_long(MAX_MESSAGE)),  # a megabyte in UTF-8
    ):
        page.evaluate(
            """(text) => {
                const box = document.querySelector("#question textarea");
                box.value = text;
                box.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            sent,
        )
        page.wait_for_timeout(100)
        page.press("#question textarea", "Enter")
        page.wait_for_function(
            """(said) => [...document.querySelectorAll(".hint-text")].some(
                (line) => line.checkVisibility() && line.textContent === said)""",
            arg=said,
        )
        assert page.locator(".turns .turn").count() == 0
        assert page.locator("#ask").is_visible()


def test_a_full_queue_and_a_lost_connection_are_said_in_chinese(visits: Any) -> None:
    page = visits(WIDE, may_complain=True).page  # a browser reports every failed request by itself
    answers = [(429, wording.BUSY, wording.BUSY), (502, "Bad Gateway", wording.LOST)]
    page.route("**/queue/join*", lambda route: route.fulfill(status=answers[0][0], json={"detail": answers[0][1]}))
    while answers:
        page.fill("#question textarea", TARGET_QUESTION)
        page.press("#question textarea", "Enter")
        page.wait_for_function("said => document.querySelector('#said-here')?.textContent === said", arg=answers[0][2])
        answers.pop(0)
    assert page.locator(".toast-wrap").is_hidden()


def test_a_suggestion_asks_its_question(visits: Any) -> None:
    page = visits(WIDE).page
    page.click(f'.openers button:has-text("{TARGET_QUESTION}")')
    page.wait_for_selector('.turns .turn[aria-busy="false"]')
    assert last(page, ".short").inner_text() == "突破3000亿元"
    last(page, ".more button").first.click()
    page.wait_for_selector(".turns .turn:nth-child(2) .timeline")
    page.wait_for_function("document.querySelectorAll('.turns .more').length === 2")
    assert page.locator(".turns .turn:first-child .more").is_hidden()


def test_the_answer_is_announced(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    live = page.locator(".live")
    assert live.get_attribute("aria-live") == "polite"
    assert live.inner_text() == f"突破3000亿元。{TARGET} 依据 1 处。"


def test_a_copied_answer_carries_sources_links_and_label(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    last(page, "[data-do=copy]").click()
    page.wait_for_function(f"document.querySelector('.turns .said').textContent === '{wording.COPIED}'")
    copied = page.evaluate("navigator.clipboard.readText()")
    start = ARTICLES[HARBOUR].text.index(TARGET)
    assert TARGET + "[1]" in copied
    assert "[1] 《青溪：老码头“变形记”何以好看》，青溪日报，2024年5—6月（推定）" in copied
    assert f"{visit.address}#article={HARBOUR}&span={start}-{start + len(TARGET)}" in copied
    assert copied.rstrip().endswith(wording.DISCLAIMER)


def test_a_thumb_down_with_its_reason_is_written_down(visits: Any, feedback_file: Path) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    last(page, "[data-verdict=down]").click()
    last(page, "[data-reason=evidence]").click()
    page.wait_for_function(f"document.querySelector('.turns .said').textContent === '{wording.THANKS}'")
    page.wait_for_selector(".turns .reasons", state="hidden")
    written = [json.loads(line) for line in feedback_file.read_text(encoding="utf-8").splitlines()]
    assert written[-1]["verdict"] == "down"
    assert written[-1]["reason"] == "evidence"
    assert written[-1]["answer_id"] == last(page).get_attribute("data-answer")
    assert TARGET_QUESTION not in feedback_file.read_text(encoding="utf-8")


def test_the_shelf_lists_articles_latest_first_and_opens_one(visits: Any) -> None:
    page = visits(WIDE).page
    page.click("nav a[data-do=shelf]")
    rows = page.locator(".shelf-list li")
    assert page.locator(".shelf-list .shelf-headline").all_inner_texts() == [
        "青溪数谷五年答卷",
        "青溪：老码头“变形记”何以好看",
        "运河边的<b>慢</b>生活",
    ]
    assert re.sub(r"\s", "", rows.nth(1).locator(".meta").inner_text()) == "2024年5—6月推定·青溪日报·335字"
    rows.nth(0).locator("a").click()
    page.wait_for_selector(f'.pane .reading[data-article="{SCHOOLS}"]')
    page.click("nav a[data-do=chat]")
    assert page.locator("#question textarea").is_visible()


def test_everything_can_be_done_with_the_keyboard(visits: Any) -> None:
    page = visits(WIDE).page
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('#question textarea')"):
            break
    page.keyboard.type(TARGET_QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector('.turns .turn[aria-busy="false"]')
    for _ in range(40):
        page.keyboard.press("Tab" if page.evaluate("document.activeElement === document.body") else "Shift+Tab")
        if page.evaluate("document.activeElement.matches('.turns .chip')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    page.wait_for_selector(".pane mark.now")
    assert page.evaluate("document.activeElement.matches('.pane-body')")
    page.keyboard.press("Escape")
    assert page.locator(".pane").is_hidden()
    assert page.evaluate("document.activeElement.matches('.turns .chip')")


def test_shift_enter_makes_a_line_and_asks_nothing(visits: Any) -> None:
    page = visits(WIDE).page
    page.fill("#question textarea", "一行")
    page.press("#question textarea", "Shift+Enter")
    page.wait_for_timeout(300)
    assert page.locator(".turns .turn").count() == 0
    assert page.locator("#question textarea").input_value() == "一行\n"


def test_on_a_phone_the_article_is_a_sheet_over_the_chat(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    visit.ask(TARGET_QUESTION)
    assert page.locator(".pane").is_hidden()
    last(page, ".claim .chip").tap()
    page.wait_for_selector(".pane mark.now")
    page.wait_for_timeout(400)
    box = page.locator(".pane").bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 375, 812)
    assert in_view(page, ".pane mark.now")
    assert page.locator(".pane").get_attribute("aria-modal") == "true"
    assert page.evaluate("document.querySelector('#talk').inert") is True
    page.keyboard.press("Escape")
    assert page.locator(".pane").is_hidden()
    assert page.evaluate("document.querySelector('#talk').inert") is False
    assert page.evaluate("document.activeElement.matches('.turns .chip')")


def test_the_sheet_closes_by_its_button_by_its_handle_and_by_going_back(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    visit.ask(TARGET_QUESTION)
    for way in (".pane .close", ".pane .handle", "back"):
        last(page, ".claim .chip").tap()
        page.wait_for_selector(".pane mark.now")
        if way == "back":
            page.go_back()
        else:
            page.locator(way).tap()
        page.wait_for_selector(".pane", state="hidden")
        assert page.locator(".claim").first.is_visible()


def test_pulling_the_handle_down_closes_the_sheet(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    visit.ask(TARGET_QUESTION)
    last(page, "[data-do=evidence]").tap()
    page.wait_for_timeout(400)
    handle = page.locator(".handle").bounding_box()
    x, y = handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 200, steps=5)
    page.mouse.up()
    page.wait_for_selector(".pane", state="hidden")
    assert page.locator(".claim").first.is_visible()


def test_nothing_is_wider_than_a_phone(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    for question in (*SCRIPT, "坏一次", "长" * 300, "https://" + "a" * 400):
        visit.ask(question)
        right = page.evaluate(
            "Math.max(...[...document.querySelectorAll('.turns *')].map((e) => e.getBoundingClientRect().right))"
        )
        assert right <= 375, question
        assert page.evaluate("document.documentElement.scrollWidth") == 375, question


def test_dark_mode_is_dark_and_keeps_its_contrast(visits: Any) -> None:
    page = (visit := visits(WIDE_DARK)).page
    visit.ask(TARGET_QUESTION)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 25, 26)"
    for selector in (".turns .claim", ".turns .dateline", ".turns .chip", ".pane mark", ".disclaimer", ".asked"):
        assert contrast(page, selector) >= 4.5, selector


def test_light_mode_keeps_its_contrast(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    for selector in (".turns .claim", ".turns .dateline", ".turns .chip", ".pane mark", ".disclaimer", ".asked"):
        assert contrast(page, selector) >= 4.5, selector


def contrast(page: Any, selector: str) -> float:
    """Return the ratio of WCAG 2.2 between a text and the first background behind it that is not transparent."""
    fore, back = page.evaluate(
        """(selector) => {
            let element = document.querySelector(selector);
            const fore = getComputedStyle(element).color;
            while (getComputedStyle(element).backgroundColor === "rgba(0, 0, 0, 0)") element = element.parentElement;
            return [fore, getComputedStyle(element).backgroundColor];
        }""",
        selector,
    )
    light, dark = sorted((luminance(fore), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_text_is_set_for_chinese(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask(TARGET_QUESTION)
    size, leading, family = page.evaluate(
        """() => {
            const style = getComputedStyle(document.querySelector(".turns .claim"));
            return [parseFloat(style.fontSize), parseFloat(style.lineHeight), style.fontFamily];
        }"""
    )
    assert size >= 16
    assert leading / size == pytest.approx(1.75, abs=0.01)
    assert family.startswith('"PingFang SC"')
    assert page.evaluate("document.documentElement.lang") == "zh-CN"


def test_a_visitor_who_wants_stillness_gets_it(visits: Any) -> None:
    page = (visit := visits(PHONE)).page
    page.emulate_media(reduced_motion="reduce")
    visit.ask(TARGET_QUESTION)
    last(page, ".claim .chip").tap()
    page.wait_for_selector(".pane mark.now")
    assert page.evaluate("getComputedStyle(document.querySelector('.pane')).animationName") == "none"


def test_eight_tabs_of_one_visitor_are_all_alive(visits: Any) -> None:
    visit = visits(WIDE)
    for _ in range(7):
        tab = visit.context.new_page()
        tab.goto(visit.address)
        tab.wait_for_selector("body[data-view]")
    visit.ask(TARGET_QUESTION)
    assert last(visit.page, ".short").inner_text() == "突破3000亿元"
