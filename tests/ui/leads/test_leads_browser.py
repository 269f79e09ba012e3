"""The desk as two people work through a lead at once, by keyboard, from the file that came to the files that go out."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import pytest
from openpyxl import load_workbook

from tests.fakes_ui import TARGET, ScriptedAnswerer, site
from tests.ui.leads import files
from ui.leads.store import QuestionStatus, Store
from ui.leads.users import Users
from ui.service.hosting import Hosting
from ui.trials import screenshots

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
SECRET = "correct horse battery"
FALSE = "产值会达到5000亿元。"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "leads.sqlite")
    for name in ("小周", "小陈"):
        Users(store).add(name, SECRET, "staff", who="root")
    return store


@pytest.fixture
def pages(store: Store) -> Iterator[list[Page]]:
    """The desk as two people have it open."""
    if screenshots.chromium() is None:
        pytest.skip("chromium is not installed")
    with (
        screenshots.running(ScriptedAnswerer(), site(hosting=Hosting(leads=store.address))) as address,
        screenshots.browser() as browser,
    ):
        opened = []
        for name in ("小周", "小陈"):
            page = browser.new_context(viewport={"width": 1400, "height": 900}, locale="zh-CN").new_page()
            page.set_default_timeout(90_000)
            page.goto(f"{address}desk")
            page.fill("input[name=name]", name)
            page.fill("input[name=password]", SECRET)
            page.keyboard.press("Enter")
            page.wait_for_selector("text=新线索")
            opened.append(page)
        yield opened


def photographed(page: Page, name: str) -> None:
    """Take the photographs of docs/desk.md, when DESK_SCREENSHOTS names a folder for them."""
    if folder := os.environ.get("DESK_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as waiting:
        page.click(button)
    return Path(waiting.value.path()).read_bytes()


def test_two_people_take_a_lead_the_whole_way(pages: list[Page], store: Store) -> None:
    one, two = pages
    said: list[str] = []
    for page in pages:
        page.on("pageerror", lambda error: said.append(str(error)))
    # a file is dropped on the page and taken in
    one.evaluate(
        """([name, bytes]) => {
            const carried = new DataTransfer();
            carried.items.add(new File([Uint8Array.from(bytes)], name));
            document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        ["问卷.xlsx", list(files.sheet())],
    )
    one.fill("input[name=client]", files.COMPANY)
    photographed(one, "desk-new")
    one.click("text=收入")
    one.wait_for_selector(".pane h2")
    # a click on a header takes its column for the answers, another puts it right again
    one.click("text=问题和答复在哪一列")
    one.locator("input[name=as][value=answer]").first.check()
    one.locator(".columns th button", has_text="备注").first.click()
    one.wait_for_selector(".columns th:has-text('备注'):has-text('答复列')", state="attached")
    assert store.item(1, 2).asked.place.answer == "E6"
    one.click("text=问题和答复在哪一列")
    one.locator("input[name=as][value=answer]").first.check()
    photographed(one, "desk-columns")
    one.locator(".columns th button", has_text="答复").first.click()
    one.wait_for_selector(".columns th:has-text('答复'):has-text('答复列')", state="attached")
    # answered in the background while both look on
    one.click("text=全部作答")
    two.goto(one.url)
    for page in pages:
        page.wait_for_selector("#q60:not(:has-text('待答'))")
    two.wait_for_selector(".state:has-text('小周')")
    # by keyboard
    one.keyboard.press("j")
    one.wait_for_selector(".pane h2:has-text('2. ')")
    one.keyboard.press("k")
    one.wait_for_selector(".pane h2:has-text('1. ')")
    one.keyboard.press("a")  # accepted, and on to the next
    one.wait_for_selector("#q1:has-text('已完成')")
    one.wait_for_selector(".pane h2:has-text('2. ')")
    assert store.item(1, 1).status is QuestionStatus.DONE
    two.wait_for_selector("#q1:has-text('已完成')")
    one.keyboard.press("o")
    one.keyboard.press("Control+A")
    one.keyboard.insert_text("小陈")
    one.locator(".pane input[name=due]").fill("2026-02-03")
    one.keyboard.press("Enter")
    one.wait_for_selector(".pane .about:has-text('小陈 · 期限 2026-02-03')")
    one.keyboard.press("Escape")
    one.keyboard.press("c")
    one.keyboard.insert_text("请核实")
    one.keyboard.press("Enter")
    one.wait_for_selector(".comments:has-text('请核实')")
    # what is typed is proved and kept while it is typed, over a connection that breaks
    two.click("#q3 a")
    two.wait_for_selector(".pane h2:has-text('3. ')")
    two.keyboard.press("e")
    two.keyboard.press("Control+A")
    two.keyboard.insert_text(f"{TARGET}\n")
    two.wait_for_selector(".proof .proven")
    two.context.set_offline(True)
    two.keyboard.type(FALSE)
    two.context.set_offline(False)
    two.keyboard.type("。")
    two.keyboard.press("Backspace")
    two.wait_for_selector(".proof mark:has-text('5000亿元')")
    assert two.locator(".proof .proven").count() == 1
    photographed(two, "desk")
    for _ in range(300):
        if store.typing(store.item(1, 3), "小陈") == f"{TARGET}\n{FALSE}":
            break
        two.wait_for_timeout(100)
    two.reload()
    two.click("#q3 a")
    two.wait_for_selector(".pane:has-text('还没有保存的改写')")
    assert two.locator(".pane textarea").input_value() == f"{TARGET}\n{FALSE}"
    # meanwhile somebody else takes the question: nothing is overwritten, nothing typed is lost
    two.keyboard.press("e")
    one.click("#q3 a")
    one.wait_for_selector(".pane h2:has-text('3. ')")
    one.keyboard.press("a")
    one.wait_for_selector("#q3:has-text('已完成')")
    two.click("text=保存改写")
    two.wait_for_selector(".state:has-text('第 3 题')")
    assert two.locator(".pane textarea").input_value() == f"{TARGET}\n{FALSE}"
    one.click("#q3 a")
    one.wait_for_selector(".pane h2:has-text('3. ')")
    one.keyboard.press("r")
    one.wait_for_selector("#q3:has-text('审阅中')")
    two.click("#q2 a")
    two.wait_for_selector(".pane h2:has-text('2. ')")
    two.click("#q3 a")
    two.wait_for_selector(".pane h2:has-text('3. ')")
    two.click("text=保存改写")
    two.wait_for_selector(".pane .fault")
    two.keyboard.press("a")
    two.wait_for_selector("#q3:has-text('已完成')")
    assert [one.proven for one in store.item(1, 3).reply.said] == [True, False]  # type: ignore[union-attr]
    # what goes out, in the file that came and as a letter
    one.click("text=导出前检查")
    one.wait_for_selector("main:has-text('会填 2 题')")
    assert FALSE.rstrip("。") in one.inner_text("main ul")
    photographed(one, "desk-out")
    sheet = load_workbook(io.BytesIO(downloaded(one, "button:has-text('填进原文件')")))["产业与空间"]
    assert (
        "3000亿元" in str(sheet["D5"].value)
        and TARGET in str(sheet["D7"].value)
        and "5000" not in str(sheet["D7"].value)
    )
    letter = "\n".join(
        one.text for one in docx.Document(io.BytesIO(downloaded(one, "button:has-text('答复函')"))).paragraphs
    )
    assert files.COMPANY in letter and TARGET in letter and "5000" not in letter
    assert {(change.number, change.who, change.what) for change in store.history(1)} >= {
        (1, "小周", "status"),
        (2, "小周", "owner"),
        (2, "小周", "due"),
        (3, "小陈", "edited"),
        (None, "小周", "exported"),
    }
    assert not said
