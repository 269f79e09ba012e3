"""How the page feels on a phone over a slow line: what is painted when, when the first answer comes, what is transferred.

The line is simulated by the browser (latency per request, bytes per second), the machine is the one it runs on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LATENCY: Final = 400  # milliseconds from a request to the first byte of its answer
BYTES: Final = 1_000_000 // 8  # per second
_PATIENCE: Final = 120_000  # milliseconds
_OURS: Final = re.compile(r"/$|/page/|/gradio_api/|/favicon")  # of Gradio's, only what its queue says of our answers
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


@dataclass(frozen=True, slots=True)
class Felt:
    """Seconds from opening the page, or from Enter; bytes as transferred, compressed; `shift` as browsers score it.

    `early` is from Enter pressed as soon as the page stands, to the first answer; `answer` of a second question. `bytes`
    are all that the page and the first answer took; `other_bytes` what of it comes from none of our files.
    """

    painted: float
    largest: float
    early: float
    answer: float
    bytes: int
    other_bytes: int
    shift: float


def felt(seen_by: Browser, address: str, questions: tuple[str, str], *, slow: bool = True) -> Felt:
    """Open the page anew, with nothing cached, ask the first question at once and the second when it is answered.

    What it takes without the `slow` line is the machine's own time.
    """
    context = seen_by.new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN", bypass_csp=True
    )
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    if slow:
        conditions = {"offline": False, "latency": LATENCY, "downloadThroughput": BYTES, "uploadThroughput": BYTES}
        line.send("Network.emulateNetworkConditions", conditions)
    places: dict[str, str] = {}
    sizes: dict[str, int] = {}
    line.on(
        "Network.requestWillBeSent",
        lambda sent: places.update({sent["requestId"]: urlsplit(sent["request"]["url"]).path}),
    )
    line.on("Network.loadingFinished", lambda done: sizes.update({done["requestId"]: int(done["encodedDataLength"])}))
    page.add_init_script(_WATCH)
    page.goto(address, timeout=_PATIENCE, wait_until="commit")
    page.wait_for_selector("body[data-view]", timeout=_PATIENCE)
    early = _answered(page, questions[0])
    page.wait_for_timeout(1500)
    total, other = sum(sizes.values()), sum(size for r, size in sizes.items() if not _OURS.match(places.get(r, "")))
    answer = _answered(page, questions[1])
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    seen: dict[str, Any] = page.evaluate("window.felt")
    context.close()
    return Felt(painted / 1000, seen["largest"] / 1000, early, answer, total, other, seen["shift"])


def _answered(page: Any, question: str) -> float:
    """Return the seconds from Enter to a whole answer."""
    count = page.locator(".turns .turn").count()
    page.fill("#question textarea", question)
    started = perf_counter()
    page.press("#question textarea", "Enter")
    page.locator(".turns .turn").nth(count).wait_for(timeout=_PATIENCE)
    page.wait_for_selector(_ANSWERED, timeout=_PATIENCE)
    return perf_counter() - started
