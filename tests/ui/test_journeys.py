"""What people come for, played from the first look to its end over the five articles: residents, staff, press, operator.

Each journey counts its steps (a press, or a question written and sent) and must end in what it was for within them. The
evaluator's is `tests/evals/test_reporting.py::test_the_report_opens_from_disk_and_shows_a_case_without_a_request`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import docx
import httpx
import pytest

from tests.ui.conftest import PHONE, WIDE, WIDE_DARK, Visit
from ui import wording
from ui.trials.screenshots import Screen

pytestmark = pytest.mark.browser

_LAST = ".turns .turn:last-child"


class Journey(Visit):
    """A visit that counts what its visitor has to do."""

    steps = 0

    def press(self, selector: str, having: str = "") -> None:
        self.steps += 1
        self.page.locator(selector, has_text=having).first.click()

    def write(self, question: str) -> None:
        self.steps += 1
        self.ask(question)

    def read(self, selector: str) -> str:
        return str(self.page.locator(selector).first.inner_text())

    def settled(self) -> None:
        self.page.wait_for_selector(f'{_LAST}[aria-busy="false"]')


@pytest.fixture
def begin(chromium: Any, real_address: str) -> Iterator[Any]:
    """Begin journeys with `begin(screen)`; each must have been quiet and at home."""
    begun: list[Journey] = []

    def journey(screen: Screen) -> Journey:
        begun.append(Journey(chromium, real_address, screen))
        return begun[-1]

    yield journey
    for one in begun:
        one.context.close()
        assert not one.other_hosts
        assert not one.said


def test_a_resident_asks_a_figure_and_sees_the_sentence_that_says_it(begin: Any) -> None:
    resident = begin(PHONE)
    resident.write("临平2028工业目标是多少?")
    assert resident.read(f"{_LAST} .short") == "3000亿元"
    assert resident.read(f"{_LAST} .scope").startswith("2028年")
    resident.press(f"{_LAST} .chip")
    resident.page.wait_for_selector(".pane mark.now")
    assert "3000亿元" in resident.read(".pane mark.now")
    assert resident.steps == 2


def test_a_resident_learns_that_the_articles_do_not_say_and_what_they_do(begin: Any) -> None:
    resident = begin(PHONE)
    resident.write("临平的房价是多少")
    assert "没有提到" in resident.read(f"{_LAST} .says")
    assert resident.page.locator(f"{_LAST} .lead").count() == 0  # nothing has to do with it, so nothing is shown
    resident.write("艺尚小镇的门票多少钱")
    assert resident.read(f"{_LAST} .lead-name") == wording.COVERED
    assert "艺尚小镇" in resident.read(f"{_LAST} .lead blockquote")
    assert resident.steps == 2


def test_a_resident_who_names_nothing_is_asked_which_and_gets_there(begin: Any) -> None:
    resident = begin(PHONE)
    resident.write("最新进展")
    assert resident.read(f"{_LAST} .more > p") == wording.CHOICES
    resident.press(f"{_LAST} .more button", "算力小镇")
    resident.page.wait_for_function("document.querySelectorAll('.turns .turn').length === 2")
    resident.settled()
    assert "算力小镇" in resident.read(f"{_LAST} .card")
    assert resident.page.locator(f"{_LAST} .chip").count() > 0
    assert resident.steps == 2


def test_a_resident_begins_with_what_is_offered_and_asks_on(begin: Any) -> None:
    resident = begin(PHONE)
    resident.press(".openers button", "算力小镇")
    resident.settled()
    assert resident.read(f"{_LAST} .timeline .what") == "2600余家"
    resident.write("艺尚小镇呢？")
    assert "5900余家" in resident.read(f"{_LAST} .card")
    assert resident.steps == 2


def test_staff_answer_a_mail_and_take_the_sources_along_in_word(begin: Any) -> None:
    staff = begin(WIDE)
    staff.page.fill(
        "#question textarea",
        "您好，想请教：\n1. 临平2028工业目标是多少？\n2. 临平明天会下雨吗？\n3. 临平的房价是多少？\n谢谢",
    )
    staff.page.press("#question textarea", "Enter")
    staff.steps += 1
    staff.page.wait_for_function("document.querySelectorAll('.turns .turn[aria-busy=false]').length === 3")
    assert staff.page.locator(".turns .short").all_inner_texts() == ["3000亿元"]
    staff.press(".sheet-bar [data-do=kept]")
    with staff.page.expect_download() as coming:
        staff.press(".kept-list [data-do=docx]")
    told = "\n".join(p.text for p in docx.Document(io.BytesIO(coming.value.path().read_bytes())).paragraphs)
    for part in ("3000亿元", "没有提到", "《临平：沪杭“双城记”好戏何以连台》"):
        assert part in told
    assert staff.steps == 3


@pytest.mark.parametrize("screen", [PHONE, WIDE_DARK], ids=lambda screen: screen.name)
def test_the_fact_comes_first_with_its_scope_and_what_is_of_another_is_small(begin: Any, screen: Screen) -> None:
    reader = begin(screen)
    reader.write("五个倍增是哪五个")
    assert reader.page.locator(f"{_LAST} .short-items li").count() == 5
    reader.write("服务业增加值和工业增加值哪个大？")  # complete: what was said before has no part in it
    assert reader.read(f"{_LAST} .short") == "服务业增加值更大，多52.41亿元"
    assert reader.page.locator(f"{_LAST} .context").count() == 0
    reader.write("经开区2023年GDP是多少")
    assert reader.page.locator(f"{_LAST} .short").count() == 0
    told = reader.read(f"{_LAST} .says")
    assert told.startswith("报道没有经开区2023年的数，只有临平全区的：1067.27亿元")
    assert reader.page.locator(f"{_LAST} .says").evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)") < 20
    assert told in reader.page.locator(f"{_LAST} [data-do=copy]").get_attribute("data-copy")
    reader.write("临平2023年GDP是多少")
    assert reader.read(f"{_LAST} .short") == "1067.27亿元"
    assert "临平" in reader.read(f"{_LAST} .scope")


def test_every_article_is_called_by_what_is_known_of_it_alone(begin: Any) -> None:
    reader = begin(WIDE)
    reader.press("nav [data-do=shelf]")
    told = reader.read(".view.shelf")
    assert "浙江日报" in told
    assert "不详" not in told
    reader.press(".shelf-list a")
    reader.page.wait_for_selector(".pane .clue")
    assert reader.read(".pane .clue").startswith(wording.INFERRED_BECAUSE.partition("{")[0])


def test_a_question_of_a_mail_that_leans_on_the_one_before_says_how_it_was_read(begin: Any) -> None:
    staff = begin(WIDE)
    staff.page.fill(
        "#question textarea", "1. 算力小镇有多少家企业？\n2. 规上工业产值是多少？\n3. 临平2028工业目标是多少？"
    )
    staff.page.press("#question textarea", "Enter")
    staff.page.wait_for_function("document.querySelectorAll('.turns .turn[aria-busy=false]').length === 3")
    read = staff.page.locator(".turns .context").all_inner_texts()
    assert read == [f"{wording.CONTEXT}：算力小镇的规上工业产值是多少？"]
    assert "只有临平全区的" in staff.read(".turns .turn:nth-child(2) .says")


def test_staff_look_at_one_year_and_then_at_all(begin: Any) -> None:
    staff = begin(WIDE)
    staff.press("[data-do=narrow]")
    staff.press("#narrow [data-do=year-only]", "2024")
    staff.write("算力小镇有多少家企业？")
    assert staff.read(f"{_LAST} .short") == "1400余家"
    staff.press("#within button")
    staff.write("算力小镇有多少家企业？")
    assert staff.page.locator(f"{_LAST} .timeline .what").all_inner_texts() == ["2600余家", "1400余家"]
    assert staff.steps == 5


def test_staff_copy_an_answer_with_period_scope_and_source(begin: Any) -> None:
    staff = begin(WIDE)
    staff.write("临平2028工业目标是多少?")
    staff.press(f"{_LAST} [data-do=copy]")
    staff.page.wait_for_function(f"document.querySelector('{_LAST} .said').textContent !== ''")
    copied = staff.page.evaluate("navigator.clipboard.readText()")
    for part in ("3000亿元（2028年", "《临平：沪杭“双城记”好戏何以连台》", "推定", "#article=", wording.DISCLAIMER):
        assert part in copied
    assert staff.steps == 2


def test_staff_take_the_figures_of_a_measure_into_a_spreadsheet(begin: Any) -> None:
    staff = begin(WIDE)
    staff.press("nav [data-do=figures]")
    staff.page.wait_for_selector(".sieve input")
    staff.page.fill(".sieve input", "规模以上工业产值")
    staff.steps += 1
    staff.page.wait_for_function("document.querySelectorAll('.figure-rows tbody tr').length < 10")
    with staff.page.expect_download() as coming:
        staff.press(".sieve .export")
    rows = list(csv.reader(io.StringIO(coming.value.path().read_text(encoding="utf-8-sig"))))
    assert tuple(rows[0]) == wording.FIGURE_COLUMNS
    assert {"1724.22亿元", "3000亿元"} <= {row[2] for row in rows[1:]}
    assert staff.steps == 3


def test_a_journalist_asks_one_article_only(begin: Any) -> None:
    journalist = begin(WIDE)
    journalist.press("nav [data-do=shelf]")
    journalist.page.fill(".shelf-search", "变形记")
    journalist.steps += 1
    journalist.press(".shelf-list li:not([hidden]) [data-do=only]")
    journalist.write("上半年规上工业总产值是多少？")
    assert "630亿元" in journalist.read(f"{_LAST} .short")
    journalist.page.wait_for_selector(".pane .source")
    assert set(journalist.page.locator(".pane .source h3 a").all_inner_texts()) == {"解码开发区“变形记”"}
    assert "浙江日报" in journalist.read(".pane .source .meta")
    assert journalist.steps == 4


def test_a_journalist_goes_from_a_year_to_the_sentence_and_passes_it_on(begin: Any) -> None:
    journalist = begin(WIDE)
    journalist.press("nav [data-do=years]")
    journalist.page.wait_for_selector(".jumps a")
    journalist.press(".jumps a", "2025")
    journalist.press('.year[data-year="2025"] .happened li.told a')
    journalist.page.wait_for_selector(".pane mark.now")
    address = journalist.page.url
    journalist.press(".pane .link")
    assert "#article=" in address
    assert journalist.page.evaluate("navigator.clipboard.readText()") == address
    assert journalist.steps == 4


def test_an_operator_sees_who_answers_and_asks_by_program(begin: Any, real_address: str) -> None:
    operator = begin(WIDE)
    operator.press(".disclaimer [data-do=about]")
    told = operator.read(".view.about")
    assert wording.ABOUT_HOW_TITLE in told
    assert wording.PRIVACY in told
    operator.press(".view.about a.out")
    operator.page.wait_for_selector("h1")
    assert "/api/ask" in operator.page.inner_text("body")
    sent = {"question": "算力小镇有多少家企业？", "since": "2024", "until": "2024-12"}
    with httpx.Client(base_url=real_address, trust_env=False, timeout=60) as program:
        assert program.get("readyz").json()["status"] == "ready"
        assert program.post("api/ask", json=sent).json()["short_answer"] == "1400余家"
    assert operator.steps == 2
