"""The desk as it is worked through by keyboard, in a browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes_ui import TARGET, ScriptedAnswerer, site
from tests.ui.leads import files
from tests.ui.leads.scripted import answered, with_lead
from ui.leads.store import Status, Store
from ui.leads.users import Users
from ui.service.hosting import Hosting
from ui.trials import screenshots

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SECRET = "correct horse battery"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store, lead = with_lead(tmp_path, "问卷.xlsx", files.sheet())
    answered(store, lead)
    for name in ("小周", "小陈"):
        Users(store).add(name, SECRET, "staff", who="root")
    return store


@pytest.fixture
def pages(store: Store) -> Iterator[list[Page]]:
    """The lead as two people have it open."""
    if screenshots.chromium() is None:
        pytest.skip("chromium is not installed")
    with screenshots.running(ScriptedAnswerer(), site(hosting=Hosting(leads=store.path))) as address, screenshots.browser() as browser:
        opened = []
        for name in ("小周", "小陈"):
            page = browser.new_context(viewport={"width": 1400, "height": 900}, locale="zh-CN").new_page()
            page.set_default_timeout(90_000)
            page.goto(f"{address}desk")
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", SECRET)
            page.keyboard.press("Enter")
            page.click("text=问卷")
            page.wait_for_selector(".pane h2")
            opened.append(page)
        yield opened


def test_two_people_work_through_a_lead_by_keyboard(pages: list[Page], store: Store) -> None:
    one, two = pages
    said: list[str] = []
    for page in pages:
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda told: said.append(told.text) if told.type == "error" else None)
    one.keyboard.press("j")
    one.wait_for_selector(".pane h2:has-text('2. ')")
    one.keyboard.press("k")
    one.wait_for_selector(".pane h2:has-text('1. ')")
    one.keyboard.press("a")  # accepted, and on to the next
    one.wait_for_selector("#q1:has-text('已完成')")
    one.wait_for_selector(".pane h2:has-text('2. ')")
    assert store.item(1, 1).status is Status.DONE
    two.wait_for_selector("#q1:has-text('已完成')")
    two.wait_for_selector(".state:has-text('小周')")
    two.click("#q3 a")
    two.wait_for_selector(".pane h2:has-text('3. ')")
    two.keyboard.press("e")
    two.keyboard.press("Control+A")
    two.keyboard.insert_text(f"{TARGET}\n产值会达到5000亿元。")
    two.wait_for_selector(".proof mark:has-text('5000亿元')")
    assert two.locator(".proof .proven").count() == 1
    if folder := os.environ.get("DESK_SCREENSHOTS"):
        two.screenshot(path=f"{folder}/desk.png")
    two.click("text=保存改写")
    two.wait_for_selector("#q3:has-text('审阅中')")
    assert store.item(1, 3).reply is not None
    assert [one.proven for one in store.item(1, 3).reply.said] == [True, False]  # type: ignore[union-attr]
    assert not said
