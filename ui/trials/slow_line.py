"""How the page feels on a phone over a slow line: what is painted when, when the first answer comes, what is transferred.

The line is simulated by the browser (latency per request, bytes per second), the machine is the one it runs on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LATENCY: Final = 400  # milliseconds from a request to the first byte of its answer
BYTES: Final = 1_000_000 // 8  # per second
_PATIENCE: Final = 120_000  # milliseconds
_WATCH: Final = """
window.felt = { shift: 0, largest: 0 };
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) window.felt.shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.felt.largest = one.startTime;
}).observe({ type: "largest-contentful-paint", buffered: true });
"""
_ANSWERED: Final = '.turns .turn:last-child[aria-busy="false"]'
_THERE: Final = "document.documentElement.hasAttribute('data-listening')"


@dataclass(frozen=True, slots=True)
class Felt:
    """Seconds from opening the page, or from Enter; bytes as transferred, compressed; `shift` as browsers score it.

    `early` is from Enter pressed as soon as the page stands, `answer` from Enter once everything has come.
    """

    painted: float
    largest: float
    all_there: float
    early: float
    answer: float
    own_bytes: int
    other_bytes: int
    shift: float

    @property
    def bytes(self) -> int:
        return self.own_bytes + self.other_bytes


def felt(seen_by: Browser, address: str, questions: tuple[str, str], *, slow: bool = True) -> Felt:
    """Open the page anew, ask the first question at once and the second when all has come; nothing is cached before.

    What it takes without the `slow` line is the machine's own time.
    """
    context = seen_by.new_context(viewport={"width": 375, "height": 812}, has_touch=True, locale="zh-CN")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if slow:
        conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES}
        line.send("Network.emulateNetworkConditions", conditions)
    places: dict[str, str] = {}
    sizes: dict[str, int] = {}
    line.on("Network.requestWillBeSent", lambda sent: places.update({sent["requestId"]: urlsplit(sent["request"]["url"]).path}))
    line.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: int(done["encodedDataLength"])}))
    page.add_init_script(_WATCH)
    started = perf_counter()
    page.goto(address, timeout=_PATIENCE, wait_until="commit")
    page.wait_for_selector("body[data-view]", timeout=_PATIENCE)
    early = _answered(page, questions[0])
    page.wait_for_function(_THERE, timeout=_PATIENCE)
    all_there = perf_counter() - started
    page.wait_for_timeout(1500)
    own, other = _by_owner(places, sizes)
    answer = _answered(page, questions[1])
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    seen: dict[str, Any] = page.evaluate("window.felt")
    context.close()
    return Felt(painted / 1000, seen["largest"] / 1000, all_there, early, answer, own, other, seen["shift"])


def _answered(page: Any, question: str) -> float:
    """Return the seconds from Enter to a whole answer."""
    count = page.locator(".turns .turn").count()
    page.fill("#question textarea", question)
    started = perf_counter()
    page.press("#question textarea", "Enter")
    page.wait_for_function(f"document.querySelectorAll('.turns .turn').length > {count}", timeout=_PATIENCE)
    page.wait_for_selector(_ANSWERED, timeout=_PATIENCE)
    return perf_counter() - started


def _by_owner(places: Mapping[str, str], sizes: Mapping[str, int]) -> tuple[int, int]:
    """Return the bytes of what we wrote and of what Gradio ships; the page itself is ours."""
    ours = {request for request, path in places.items() if path == "/" or path.startswith("/page/")}
    return sum(size for r, size in sizes.items() if r in ours), sum(size for r, size in sizes.items() if r not in ours)
