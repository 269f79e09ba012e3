"""`python -m ui.trials.screenshots OUT`: photographs of the page, wide and on a phone, in daylight and in the dark.

Asks the questions of a real server, opens the evidence, an article and every other view. `--few` takes only the three
that the README shows. Needs Chromium and the `test` extra; nobody who only asks questions needs either.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from rag.protocol import Answerer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from rag.answerer import ExtractiveAnswerer
    from ui.web.server import Site

QUESTIONS: Final = (
    "临平2028工业目标是多少?",
    "临平数智城面积多大？",
    "算力小镇有多少家企业？",
    "临平有哪些未来工厂？",
    "临平经开区有多少家规上企业？",
    "临平明天会下雨吗？",
    "你好",
)
_FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PATIENCE: Final = 120_000  # milliseconds


@dataclass(frozen=True, slots=True)
class Screen:
    """One way of looking at the page; width and height in CSS pixels."""

    name: str
    width: int
    height: int
    dark: bool


SCREENS: Final = tuple(
    Screen(f"{width}-{'dark' if dark else 'light'}", width, height, dark)
    for width, height in ((1280, 860), (375, 812))
    for dark in (False, True)
)


def chromium() -> str | None:
    """Return where Debian's Chromium is, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def browser() -> Iterator[Browser]:
    """Open a headless Chromium that asks nothing of the network by itself."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(_FLAGS))
        yield opened
        opened.close()


@contextmanager
def running(answerer: Answerer, site: Site | None = None) -> Iterator[str]:
    """Serve an answerer from a thread on a free port of this machine; give the address."""
    from ui.web.server import page_server

    with page_server(answerer, port=0, site=site) as server:
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        server.wait_until_open(120)
        yield server.address
        server.should_exit = True
        thread.join(timeout=20)


def opened(seen_by: Browser, address: str, screen: Screen) -> Page:
    """Return the page, drawn, as `screen` shows it."""
    page = seen_by.new_page(
        viewport={"width": screen.width, "height": screen.height},
        color_scheme="dark" if screen.dark else "light",
        device_scale_factor=2 if screen.width < 720 else 1,
        has_touch=screen.width < 720,
        locale="zh-CN",
        bypass_csp=True,  # what waits for a condition evaluates it as text
    )
    page.goto(address, timeout=_PATIENCE)
    page.wait_for_selector("#question textarea", state="attached", timeout=_PATIENCE)
    page.wait_for_selector("body[data-view]", timeout=_PATIENCE)
    return page


def ask(page: Page, question: str) -> None:
    """Ask as a visitor does, and wait for the whole answer."""
    turns = page.locator(".turns .turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.locator(".turns .turn").nth(turns).wait_for(timeout=_PATIENCE)
    page.wait_for_selector('.turns .turn:last-child[aria-busy="false"]', timeout=_PATIENCE)


VIEWS: Final = ("articles", "figures", "years", "about")


def take(address: str, out: Path, questions: Sequence[str], screens: Sequence[Screen] = SCREENS) -> list[Path]:
    """Photograph the start, one card per question, evidence, reading view and the other views on every screen."""
    out.mkdir(parents=True, exist_ok=True)
    taken: list[Path] = []

    def shot(page: Page, name: str) -> None:
        page.wait_for_timeout(450)  # let what moves come to rest
        taken.append(out / f"{name}.png")
        page.screenshot(path=taken[-1])

    with browser() as seen_by:
        for screen in screens:
            page = opened(seen_by, address, screen)
            shot(page, f"start-{screen.name}")
            for number, question in enumerate(questions, 1):
                page.close()
                page = opened(seen_by, address, screen)
                ask(page, question)
                shot(page, f"card-{number:02}-{screen.name}")
            page.close()
            page = opened(seen_by, address, screen)
            ask(page, questions[0])
            evidence = page.locator(".turns .turn:last-child [data-do=evidence]")
            if evidence.count():
                evidence.click()
                why = page.locator(".pane .why summary").first
                if why.is_visible():
                    why.click()
                    page.wait_for_selector(".pane .whys", timeout=_PATIENCE)
                shot(page, f"evidence-{screen.name}")
                page.locator(".pane .source h3 a").first.click()
                page.wait_for_selector(".pane mark.now", timeout=_PATIENCE)
                shot(page, f"reading-{screen.name}")
            page.close()
            for view in VIEWS:
                page = looked_at(seen_by, address, screen, view)
                shot(page, f"{view}-{screen.name}")
                page.close()
    return taken


def looked_at(seen_by: Browser, address: str, screen: Screen, view: str) -> Page:
    """Return the page with one of `VIEWS` open and filled."""
    page = opened(seen_by, f"{address}#{view}", screen)
    page.wait_for_function(
        "[...document.querySelectorAll('.stage .view:not([hidden])')]"
        ".every((view) => !view.dataset.from && !view.ariaBusy)",
        timeout=_PATIENCE,
    )
    return page


def take_few(address: str, out: Path) -> list[Path]:
    """Photograph what the README shows: an answer with its evidence, the figures, a difference over time on a phone."""
    out.mkdir(parents=True, exist_ok=True)
    wide, _, phone, _ = SCREENS
    with browser() as seen_by:
        answer = opened(seen_by, address, wide)
        ask(answer, QUESTIONS[0])
        answer.wait_for_selector(".pane .source", timeout=_PATIENCE)
        small = opened(seen_by, address, phone)
        ask(small, QUESTIONS[2])
        few = {"answer": answer, "figures": looked_at(seen_by, address, wide, "figures"), "phone": small}
        for name, page in few.items():
            page.wait_for_timeout(450)
            page.screenshot(path=out / f"{name}.png")
    return [out / f"{name}.png" for name in few]


def _answerer() -> ExtractiveAnswerer:
    from index.storage.store import open_with
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models
    from ui.settings import load_settings

    settings = load_settings()
    snapshot = open_with(settings.index, settings.embedder)
    return ExtractiveAnswerer(snapshot, Models.built_in(), threshold=settings.threshold)


def site_of(answerer: ExtractiveAnswerer, feedback: Path | None = None) -> Site:
    """Return a site as `linping serve` opens it."""
    from rag.answers.suggestions import Suggester
    from ui.service.openers import chosen, read_openers
    from ui.settings import load_settings
    from ui.web.server import Site

    suggester = Suggester(tuple(answerer.articles.values()), answerer.answer)
    openers, _ = chosen(read_openers(load_settings().openers), answerer.answer)
    return Site(openers or suggester.openers(), feedback, answerer.snapshot, answerer, suggester)


@click.command()
@click.argument("out", type=click.Path(path_type=Path, file_okay=False))
@click.option("--address", help="已在运行的页面地址；不给就自己启动一个")
@click.option("--question", "questions", multiple=True, help="要问的问题，可给多次")
@click.option("--few", is_flag=True, help="只拍 README 里的三张")
def main(out: Path, address: str | None, questions: tuple[str, ...], few: bool) -> None:
    """把页面拍成图片，存到 OUT。"""

    def photographed(here: str) -> list[Path]:
        return take_few(here, out) if few else take(here, out, questions or QUESTIONS)

    if address:
        taken = photographed(address)
    else:
        from tempfile import TemporaryDirectory

        answerer = _answerer()
        with (
            TemporaryDirectory() as folder,
            running(answerer, site_of(answerer, Path(folder) / "feedback.jsonl")) as here,
        ):
            taken = photographed(here)
    click.echo(f"已存 {len(taken)} 张图片到 {out}")


if __name__ == "__main__":
    main()
