"""The page when things cross: stopped, left, reloaded, cut off, asked twice, in two tabs; nothing hangs, nothing is lost."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.ui.conftest import PHONE, WIDE, Visit
from ui import wording
from ui.trials.screenshots import Screen

pytestmark = pytest.mark.browser

ENDLESS = "慢得没有尽头"
GROWING = '.turns .turn[aria-busy="true"] .claim'
LAST = ".turns .turn:last-child"


def send(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")


def asked(page: Any) -> list[str]:
    return list(page.locator(".turns .asked").all_inner_texts())


def kept(page: Any) -> list[list[str]]:
    """Return the questions of each conversation that this browser keeps, the latest first."""
    return list(
        page.evaluate(
            """() => keeping.all().map((one) => one.turns.map(({ html }) =>
                new DOMParser().parseFromString(html, "text/html").querySelector(".asked").textContent))"""
        )
    )


def held(page: Any) -> Callable[[str], None]:
    """Hold back what is sent to the queue; return what lets it go («continue_») or cuts it off («abort»)."""
    waiting: list[Any] = []
    page.route("**/queue/join*", lambda route: waiting.append(route))

    def release(deed: str) -> None:
        for one in waiting:
            getattr(one, deed)()
        page.unroute("**/queue/join*")

    return release


def answered(page: Any, count: int) -> None:
    page.wait_for_function(f"document.querySelectorAll('.turns .turn[aria-busy=false]').length === {count}")
    page.wait_for_selector("#ask", state="visible")


@pytest.mark.parametrize("screen", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_question_stopped_before_the_server_took_it_up_stays_and_the_next_is_answered(
    visits: Any, screen: Screen
) -> None:
    page = (visit := visits(screen)).page
    release = held(page)
    send(page, "有几家书店？")
    page.click("#stop")
    assert wording.STOPPED in page.locator(LAST).inner_text()
    release("continue_")
    visit.ask("你好")
    assert asked(page) == ["有几家书店？", "你好"]
    page.reload()
    page.wait_for_selector(".turns .turn")
    assert asked(page) == ["有几家书店？", "你好"]
    page.locator(".turns .turn:first-child [data-do=again]").click()
    assert page.input_value("#question textarea") == "有几家书店？"


def test_a_new_conversation_begun_in_the_midst_of_an_answer_stays_clean(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    page.click(".sheet-bar [data-do=fresh]")
    visit.ask("记得吗")
    assert asked(page) == ["记得吗"]
    assert page.locator(f"{LAST} .says").inner_text() == "0 轮：还没有问过"
    assert kept(page) == [["记得吗"], [ENDLESS]]


def test_an_earlier_conversation_opened_in_the_midst_of_an_answer_is_gone_on_with(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("你好")
    page.click(".sheet-bar [data-do=fresh]")
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    page.click(".sheet-bar [data-do=kept]")
    page.locator(".kept-list li", has_text="你好").locator("[data-do=reopen]").click()
    visit.ask("记得吗")
    assert asked(page) == ["你好", "记得吗"]
    assert page.locator(f"{LAST} .says").inner_text().startswith("1 轮：你好→")
    assert kept(page) == [["你好", "记得吗"], [ENDLESS]]


def test_all_is_deleted_also_in_the_midst_of_an_answer(visits: Any) -> None:
    page = visits(WIDE).page
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    page.click(".sheet-bar [data-do=kept]")
    page.evaluate("keeping.keep({ id: 'x', at: 0, turns: [{ html: '<p class=asked>旧</p>', record: null }] })")
    page.click("nav [data-do=chat]")
    page.click(".sheet-bar [data-do=kept]")
    for _ in range(2):
        page.click("[data-do=forget-all]")
    assert kept(page) == []
    page.reload()
    page.wait_for_selector("body[data-view]")
    assert (kept(page), asked(page), page.input_value("#question textarea")) == ([], [], "")


def test_what_is_deleted_in_one_tab_does_not_come_back_from_another(visits: Any) -> None:
    visit = visits(WIDE)
    visit.ask("你好")
    send(visit.page, ENDLESS)
    visit.page.wait_for_selector(GROWING)
    other = visit.context.new_page()
    other.goto(f"{visit.address}#kept")
    other.wait_for_selector(".kept-list li")
    for _ in range(2):
        other.click("[data-do=forget-all]")
    visit.page.wait_for_selector(".turns .turn", state="detached")
    visit.ask("记得吗")
    assert visit.page.locator(f"{LAST} .says").inner_text() == "0 轮：还没有问过"
    assert kept(other) == [["记得吗"]]


def test_a_reload_in_the_midst_of_an_answer_brings_the_question_back(visits: Any) -> None:
    page = (visit := visits(WIDE)).page
    visit.ask("你好")
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    page.reload()
    page.wait_for_selector(".turns .turn")
    assert asked(page) == ["你好"]
    assert page.input_value("#question textarea") == ENDLESS
    page.fill("#question textarea", "记得")
    page.reload()  # nor is what was being written
    page.wait_for_selector(".turns .turn")
    page.press("#question textarea", "Enter")
    answered(page, 2)
    page.reload()
    page.wait_for_selector(".turns .turn")
    assert page.input_value("#question textarea") == ""


class Line:
    """What lies between a browser and a server: bytes go to and fro until it is cut."""

    def __init__(self, address: str) -> None:
        self._to = (urlsplit(address).hostname, urlsplit(address).port)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self.whole = True
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}/"
        threading.Thread(target=self._admit, daemon=True).start()

    def cut(self) -> None:
        self.whole = False
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._ends.clear()

    def close(self) -> None:
        self.cut()
        self._door.close()

    def _admit(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(self._to)
                self._ends += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    @staticmethod
    def _carry(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while sent := one.recv(65536):
                other.sendall(sent)
            other.shutdown(socket.SHUT_WR)


@pytest.fixture
def line(address: str) -> Iterator[Line]:
    opened = Line(address)
    yield opened
    opened.close()


def test_a_line_that_breaks_says_so_and_goes_on_when_it_is_back(chromium: Any, line: Line) -> None:
    visit = Visit(chromium, line.address, WIDE)
    page = visit.page
    visit.ask("你好")
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    line.cut()
    assert "刷新" not in wording.LOST  # nobody is told to reload his work away
    page.wait_for_function("said => document.querySelector('#said-here').textContent === said", arg=wording.LOST)
    assert wording.LOST in page.locator(LAST).inner_text()
    assert page.input_value("#question textarea") == ENDLESS
    send(page, "有几家书店？")  # still cut: it goes back to the box
    page.wait_for_function("said => document.querySelector('#said-here').textContent === said", arg=wording.LOST)
    assert page.input_value("#question textarea") == "有几家书店？"
    line.whole = True
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f'{LAST}[aria-busy="false"] .short')
    assert asked(page) == ["你好", ENDLESS, "有几家书店？"]
    visit.context.close()


def test_a_question_that_did_not_arrive_while_another_was_written_stays_on_the_page(visits: Any) -> None:
    page = visits(WIDE, may_complain=True).page
    release = held(page)
    send(page, "有几家书店？")
    page.keyboard.type("下一个")
    release("abort")
    page.wait_for_selector(f'{LAST}[aria-busy="false"]')
    assert asked(page) == ["有几家书店？"]
    assert page.input_value("#question textarea") == "下一个"
    page.press("#question textarea", "Enter")
    answered(page, 2)
    assert asked(page) == ["有几家书店？", "下一个"]


def test_a_second_question_in_the_midst_of_an_answer_is_told_to_wait_and_is_not_lost(visits: Any) -> None:
    page = visits(WIDE).page
    send(page, ENDLESS)
    page.wait_for_selector(GROWING)
    send(page, "你好")
    grown = page.locator(f"{LAST} .claim").count()
    page.wait_for_function(f"document.querySelectorAll('{LAST} .claim').length !== {grown}")
    assert page.locator("#said-here").inner_text() == wording.ONE_AT_A_TIME
    assert page.input_value("#question textarea") == "你好"
    page.click("#stop")
    assert page.locator("#said-here").is_hidden()
    page.press("#question textarea", "Enter")
    answered(page, 2)
    assert asked(page) == [ENDLESS, "你好"]
    page.locator(".turns .turn:first-child [data-do=again]").click()
    page.press("#question textarea", "Enter")  # asked again as it was
    page.wait_for_selector(GROWING)
    page.click("#stop")
    assert asked(page) == [ENDLESS, "你好", ENDLESS]


def test_stopping_limiting_and_beginning_anew_need_no_mouse(visits: Any) -> None:
    page = visits(WIDE).page

    def focused() -> str:
        return str(page.evaluate("document.activeElement.id || document.activeElement.dataset.do || ''"))

    def tab_to(name: str) -> None:
        for _ in range(40):
            if focused() == name:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"{name} cannot be reached")

    page.focus("#question textarea")
    page.keyboard.type(ENDLESS)
    page.keyboard.press("Enter")
    page.wait_for_selector(GROWING)
    tab_to("stop")
    page.keyboard.press("Enter")
    answered(page, 1)
    tab_to("narrow")
    page.keyboard.press("Enter")
    assert page.locator("#narrow").is_visible()
    page.keyboard.press("Escape")
    assert page.locator("#narrow").is_hidden()
    assert focused() == "narrow"
    page.keyboard.press("Enter")
    page.focus("nav a >> nth=0")
    tab_to("year-only")
    page.keyboard.press("Enter")
    tab_to("widen")
    page.keyboard.press("Enter")
    assert page.locator("#within").is_hidden()
    tab_to("fresh")
    page.keyboard.press("Enter")
    assert asked(page) == []
    assert page.evaluate("document.activeElement.matches('#question textarea')")


def test_what_is_read_while_an_answer_grows_stays_open(visits: Any) -> None:
    page = visits(WIDE).page
    send(page, "慢慢说")
    page.wait_for_selector(f"{GROWING} .chip")
    page.locator(f"{GROWING} .chip").first.click()
    page.wait_for_selector(".pane mark.now")
    answered(page, 1)
    assert page.locator(".pane mark.now .mark-n").inner_text() == "1"
    assert page.locator(f"{LAST} .chip.open").inner_text() == "1"
    page.click(".pane .back")
    assert page.locator(".pane .source").count() == 2  # of the whole answer


def test_an_answer_that_comes_while_something_else_is_looked_at_opens_nothing_there(visits: Any) -> None:
    page = visits(WIDE).page
    send(page, "慢慢说")
    page.wait_for_selector(GROWING)
    page.click("nav a[data-do=figures]")
    page.wait_for_selector(".figures tbody tr")
    page.wait_for_selector(f'{LAST}[aria-busy="false"]', state="attached")
    assert page.locator(".pane").is_hidden()
    page.go_back()
    assert page.locator(f"{LAST} .claim").count() == 2


_BETWEEN = """() => { window.between = []; new MutationObserver(() => {
  const turns = [...document.querySelectorAll(".turns .turn")];
  if (turns.length === 1 && turns[0].getAttribute("aria-busy") === "false")
    window.between.push(document.body.hasAttribute("data-busy"));
}).observe(document.querySelector(".turns"), { childList: true, subtree: true, attributes: true }); }"""


def test_between_two_answers_to_one_message_nothing_else_is_asked(visits: Any) -> None:
    page = visits(WIDE).page
    page.evaluate(_BETWEEN)
    send(page, "1. 你好\n2. 记得吗\n3. 有几家书店？")
    answered(page, 3)
    assert page.evaluate("window.between.length > 0 && window.between.every(Boolean)")
    assert not page.evaluate("document.body.hasAttribute('data-busy')")


def test_two_tabs_that_go_on_with_one_conversation_lose_nothing(visits: Any) -> None:
    visit = visits(WIDE)
    visit.ask("你好")
    current = visit.page.evaluate("keeping.current()")
    other = visit.context.new_page()
    other.add_init_script(f"sessionStorage.setItem('linping.current', '{current}')")  # as a tab that is duplicated
    other.goto(visit.address)
    other.wait_for_selector(".turns .turn")
    send(other, "有几家书店？")
    answered(other, 2)
    visit.ask("记得吗")
    assert sorted(kept(visit.page)) == [["你好", "有几家书店？"], ["你好", "记得吗"]]
