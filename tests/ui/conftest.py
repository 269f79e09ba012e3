"""One scripted server and one browser for all tests of the page."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import httpx
import pytest

from rag.answerer import ExtractiveAnswerer
from tests.fakes_ui import ScriptedAnswerer, site
from ui.trials import screenshots

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

T = TypeVar("T")
WIDE, WIDE_DARK, PHONE, PHONE_DARK = screenshots.SCREENS


@pytest.fixture(scope="session")
def answerer() -> ScriptedAnswerer:
    return ScriptedAnswerer(pause=0.15)


@pytest.fixture(scope="session")
def feedback_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "feedback.jsonl"


@pytest.fixture(scope="session")
def address(answerer: ScriptedAnswerer, feedback_file: Path) -> Iterator[str]:
    with screenshots.running(answerer, site(feedback_file)) as here:
        yield here


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[httpx.Client]:
    """Ask the server without a browser; each request opens a connection, for one kept open may close while it is reused."""
    with httpx.Client(
        base_url=address, trust_env=False, timeout=60, limits=httpx.Limits(max_keepalive_connections=0)
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def real_address(real_answerer: ExtractiveAnswerer) -> Iterator[str]:
    """The page as `linping serve` opens it, over the five articles."""
    with screenshots.running(real_answerer, screenshots.site_of(real_answerer)) as here:
        yield here


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if screenshots.chromium() is None:
        pytest.skip("chromium is not installed")
    with screenshots.browser() as opened:
        yield opened


def awaited(work: Coroutine[Any, Any, T]) -> T:
    """Return what `work` returns. In a thread of its own: the browser's client keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


class Visit:
    """A page as a visitor has it open, and all that it said and asked for meanwhile.

    `under_policy` keeps the content policy, under which Playwright cannot wait for a function.
    """

    def __init__(
        self, chromium: Browser, address: str, screen: screenshots.Screen, path: str = "", *, under_policy: bool = False
    ) -> None:
        self.address = address
        self.asked_for: list[str] = []
        self.said: list[str] = []
        self.dialogs: list[str] = []
        self.context = chromium.new_context(
            viewport={"width": screen.width, "height": screen.height},
            color_scheme="dark" if screen.dark else "light",
            has_touch=screen.width < 720,
            locale="zh-CN",
            permissions=["clipboard-read", "clipboard-write"],
            bypass_csp=not under_policy,
        )
        self.context.set_default_timeout(60_000)  # a busy machine is slow, not wrong
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.asked_for.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", self._dismiss)
        self.open(path)

    def _heard(self, message: object) -> None:
        kind, text = getattr(message, "type", ""), getattr(message, "text", "")
        if kind in ("error", "warning"):
            self.said.append(f"{kind}: {text} ({getattr(message, 'location', {}).get('url', '')})")

    def _dismiss(self, dialog: object) -> None:
        self.dialogs.append(str(getattr(dialog, "message", "")))
        dialog.dismiss()  # type: ignore[attr-defined]

    def open(self, path: str = "") -> Page:
        self.page.goto(self.address + path)
        self.page.wait_for_selector("body[data-view]")
        return self.page

    def ask(self, question: str) -> None:
        screenshots.ask(self.page, question)

    @property
    def other_hosts(self) -> set[str]:
        here = urlsplit(self.address).netloc
        return {
            url
            for url in self.asked_for
            if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).netloc != here
        }


@pytest.fixture
def visits(chromium: Browser, address: str) -> Iterator[type[Visit]]:
    """Open visits with `visits(screen, path)`; each is closed, and must have been quiet and at home."""
    opened: list[Opening] = []

    class Opening(Visit):
        def __init__(
            self,
            screen: screenshots.Screen = WIDE,
            path: str = "",
            *,
            may_complain: bool = False,
            under_policy: bool = False,
        ) -> None:
            super().__init__(chromium, address, screen, path, under_policy=under_policy)
            self.may_complain = may_complain
            opened.append(self)

    yield Opening
    for visit in opened:
        visit.context.close()
        assert not visit.other_hosts
        assert not visit.dialogs
        if not visit.may_complain:
            assert not visit.said
