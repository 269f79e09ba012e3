"""`python -m ui.trials.soak`: a server for an hour at 80 % of what it can do, by every door, its articles changing.

A child process serves; every round begins with a burst that tells how much it can do now, goes on at a share of that,
and ends at rest, where memory, open files and threads are read. Every answer is held against what the same question
got at the beginning, when it was asked alone: an answer to somebody else's question is a crossed one.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from random import Random
from time import monotonic, perf_counter
from typing import Any, Final

import click
import httpx

from ui import wording
from ui.settings import load_settings
from ui.trials import crowd
from ui.trials.serving import ASKED, COMMAND, started

_BURST: Final = 20.0  # seconds
_AT_ONCE: Final = 8
_REST: Final = 25.0  # seconds, after which idle threads and connections have gone
_QUESTIONS: Final = 40
_FLAT: Final = 1.03  # the last third's memory, at most, to the middle third's
_MOST_WAITING: Final = 100  # visitors of ours at once; whoever comes then stays away, and is counted
_NOTICE: Final = "石泉镇游泳馆改建竣工\n\n石泉晚报2025年3月8日讯 石泉镇游泳馆改建竣工，总投资2600万元，设泳道10条。\n"
_RPC: Final = {"accept": "application/json, text/event-stream"}


class Full(Exception):
    """A door that has no number for it said in words that too many ask."""


@dataclass(slots=True)
class Met:
    """What the visitors met: seconds and count by door, refusals for want of room, and all that was wrong, in words."""

    seconds: list[float] = field(default_factory=list)
    doors: Counter[str] = field(default_factory=Counter)
    full: int = 0
    stayed_away: int = 0
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AtRest:
    """A process at rest: resident memory in MiB, open files, threads; and what it could do before, answers a second."""

    memory: float
    files: int
    threads: int
    capacity: float

    @classmethod
    def of(cls, process: int, capacity: float) -> AtRest:
        here = Path(f"/proc/{process}")
        told = dict(re.findall(r"(\w+):\s+(\d+)", (here / "status").read_text(encoding="utf-8")))
        return cls(int(told["VmRSS"]) / 1024, len(list((here / "fd").iterdir())), int(told["Threads"]), capacity)


class Visitors:
    """Ask by every door, and know what each question must be answered with."""

    def __init__(self, client: httpx.AsyncClient, met: Met, seed: int = 0) -> None:
        self.client = client
        self.met = met
        self.questions: list[str] = []
        self._right: dict[str, set[str]] = {}
        self._articles: list[str] = []
        self._random = Random(seed)
        self._count = 0
        self._doors: dict[str, tuple[int, Callable[[str], Awaitable[None]]]] = {
            "page": (40, self._page),
            "api": (15, self._api),
            "follow-up": (10, self._follow_up),
            "stream": (8, self._stream),
            "openai": (8, self._openai),
            "openai stream": (4, self._openai_stream),
            "mcp": (4, self._mcp),
            "embeddings": (2, self._embeddings),
            "search": (3, self._search),
            "views": (3, self._views),
            "leaves": (2, self._leaves),
            "garbage": (1, self._garbage),
        }

    async def learn(self) -> None:
        """Ask every question alone and remember the answer as one that is right."""
        if not self._articles:
            self._articles = [one["id"] for one in (await self.client.get("api/articles")).json()]
        if not self.questions:
            rows = (await self.client.get("api/figures", params={"limit": 2000})).json()
            about = dict.fromkeys(
                f"{row['subject']}{row['indicator']}是多少？" for row in rows if row["subject"] and row["indicator"]
            )
            self.questions = [*ASKED, *about][:_QUESTIONS]
        for question in self.questions:
            reply = (await self.client.post("api/ask", json={"question": question})).raise_for_status().json()
            self._right.setdefault(question, set()).add(_plain(_telling(reply)))

    async def one(self) -> None:
        """Come by some door and ask something; a fault becomes words."""
        names = list(self._doors)
        name = self._random.choices(names, [self._doors[one][0] for one in names])[0]
        question = self._random.choice(self.questions)
        started_at = perf_counter()
        try:
            await self._doors[name][1](question)
        except httpx.HTTPStatusError as error:
            if error.response.status_code == 429 and error.response.headers.get("retry-after", "").isdecimal():
                self.met.full += 1
            else:
                self.met.wrong.append(f"{name}: {question!r}: {error!r}")
            return
        except Full:
            self.met.full += 1
            return
        except Exception as error:  # whatever it is, it is written down
            self.met.wrong.append(f"{name}: {question!r}: {error!r}")
            click.echo(self.met.wrong[-1], err=True)
            return
        self.met.doors[name] += 1
        self.met.seconds.append(perf_counter() - started_at)

    def _held(self, question: str, text: str, whole: bool = True) -> None:
        """Raise ValueError for words that are not an answer to `question`, Full for those that there is no room."""
        seen = _plain(text)
        if wording.BUSY in seen:
            raise Full
        if not any(right == seen if whole else right in seen for right in self._right[question]):
            raise ValueError(f"crossed: {seen[:120]}")

    def _name(self) -> str:
        self._count += 1
        return f"soak-{os.getpid()}-{self._count:08}"

    async def _page(self, question: str) -> None:
        name, seen = self._name(), crowd.Crowd()
        self._held(question, await crowd.ask(self.client, name, question, seen), whole=False)
        if self._random.random() < 0.3:  # goes on in the same window
            await crowd.ask(self.client, name, self._random.choice(self.questions), seen)
        if seen.wrong:
            raise ValueError(seen.wrong[0])

    async def _api(self, question: str) -> None:
        reply = (await self.client.post("api/ask", json={"question": question})).raise_for_status().json()
        self._held(question, _telling(reply))

    async def _follow_up(self, question: str) -> None:
        reply = (await self.client.post("api/ask", json={"question": question})).raise_for_status().json()
        self._held(question, _telling(reply))
        for then in ("那2024年呢？", "那里还有什么？"):
            sent = {"question": then, "session": reply["session"]}
            again = (await self.client.post("api/ask", json=sent)).raise_for_status().json()
            if (again["question"], again["session"]) != (then, reply["session"]):
                raise ValueError(f"crossed: {again['question']!r}")

    async def _stream(self, question: str) -> None:
        sent = {"question": question, "stream": True}
        text = (await self.client.post("api/ask", json=sent)).raise_for_status().text
        last = next(line for line in reversed(text.splitlines()) if line.startswith("data:"))
        self._held(question, _telling(json.loads(last[5:])))

    async def _openai(self, question: str) -> None:
        sent = {"model": "linping", "messages": [{"role": "user", "content": question}]}
        reply = (await self.client.post("v1/chat/completions", json=sent)).raise_for_status().json()
        self._held(question, reply["choices"][0]["message"]["content"], whole=False)

    async def _openai_stream(self, question: str) -> None:
        sent = {"model": "linping", "messages": [{"role": "user", "content": question}], "stream": True}
        text = (await self.client.post("v1/chat/completions", json=sent)).raise_for_status().text
        pieces = [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: {")]
        self._held(
            question,
            "".join(one["choices"][0]["delta"].get("content") or "" for one in pieces if one["choices"]),
            whole=False,
        )

    async def _mcp(self, question: str) -> None:
        call = {
            "jsonrpc": "2.0",
            "id": 1,
            "method": "tools/call",
            "params": {"name": "ask", "arguments": {"question": question}},
        }
        result = (await self.client.post("mcp", json=call, headers=_RPC)).raise_for_status().json()["result"]
        told = result["content"][0]["text"] if result.get("isError") else _telling(result["structuredContent"])
        self._held(question, told)

    async def _embeddings(self, question: str) -> None:
        sent = {"model": "linping-embedding", "input": [question, "你好"]}
        reply = (await self.client.post("v1/embeddings", json=sent)).raise_for_status().json()
        if len(reply["data"]) != 2:
            raise ValueError("vectors are missing")

    async def _search(self, question: str) -> None:
        (await self.client.get("api/search", params={"q": question, "k": 5})).raise_for_status()

    async def _views(self, question: str) -> None:
        article = self._random.choice(self._articles)
        for path in (
            "",
            "page/figures",
            "page/years",
            f"page/articles/{article}?mark=1:0-9",
            "api/figures.csv",
            "metrics",
            "readyz",
        ):
            (await self.client.get(path)).raise_for_status()

    async def _leaves(self, question: str) -> None:
        name = self._name()
        sent = {"data": [question, None, None, None], "fn_index": 0, "trigger_id": 1, "session_hash": name}
        (await self.client.post("gradio_api/queue/join", json=sent)).raise_for_status()
        async with self.client.stream("GET", "gradio_api/queue/data", params={"session_hash": name}) as lines:
            await anext(lines.aiter_bytes())
        async with self.client.stream("POST", "api/ask", json={"question": question, "stream": True}) as lines:
            lines.raise_for_status()

    async def _garbage(self, question: str) -> None:
        for path, body in (
            ("api/ask", b"{"),
            ("v1/chat/completions", b"[]"),
            ("mcp", b"\xff"),
            ("gradio_api/queue/join", b"x" * 70_000),
        ):
            reply = await self.client.post(path, content=body, headers={"content-type": "application/json", **_RPC})
            if not 400 <= reply.status_code < 500:
                raise ValueError(f"{path} took garbage: {reply.status_code}")


async def burst(visitors: Visitors, seconds: float) -> float:
    """Return how many visits a second can be had when some visitors never rest."""
    until, done = monotonic() + seconds, 0

    async def busy() -> None:
        nonlocal done
        while monotonic() < until:
            await visitors.one()
            done += 1

    started_at = monotonic()
    await asyncio.gather(*(busy() for _ in range(_AT_ONCE)))
    return done / (monotonic() - started_at)


async def paced(visitors: Visitors, rate: float, seconds: float) -> None:
    """Let visitors come at random moments, `rate` a second, whether or not those before are done."""
    random, until = Random(1), monotonic() + seconds
    there: set[asyncio.Task[None]] = set()
    while monotonic() < until:
        await asyncio.sleep(random.expovariate(rate))
        if len(there) >= _MOST_WAITING:
            visitors.met.stayed_away += 1
            continue
        task = asyncio.create_task(visitors.one())
        there.add(task)
        task.add_done_callback(there.discard)
    if there:
        await asyncio.wait(there)


async def soaked(
    address: str, process: int, publish: Callable[[int], None], seconds: float, length: float, load: float
) -> tuple[Met, list[AtRest]]:
    """Return what was met in rounds of `length` seconds, and what the process held at the end of each."""
    met, readings = Met(), []
    limits = httpx.Limits(
        max_connections=4 * _MOST_WAITING, max_keepalive_connections=0
    )  # one kept may close as it is used

    def opened() -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=address, timeout=120, trust_env=False, limits=limits)

    async with opened() as client:
        visitors = Visitors(client, met)
        for edition in (0, 1):  # each question's answer with the notice and without
            publish(edition)
            await _follows(client, edition)
            await visitors.learn()
    rounds = max(3, round(seconds / length))
    for number in range(rounds):
        async with opened() as visitors.client:
            capacity = await burst(visitors, _BURST)
            rate, left = max(load * capacity, 0.1), max(length - _BURST - _REST, 1.0)
            await asyncio.gather(paced(visitors, rate, left), asyncio.to_thread(publish, number % 2))
        await asyncio.sleep(_REST)
        readings.append(AtRest.of(process, capacity))
        click.echo(
            f"round {number + 1} of {rounds}: {readings[-1]}, {sum(met.doors.values())} visits, {len(met.wrong)} wrong",
            err=True,
        )
        if len(met.wrong) > 100:
            break
    return met, readings


async def _follows(client: httpx.AsyncClient, edition: int) -> None:
    for _ in range(600):
        listed = {one["id"] for one in (await client.get("api/articles")).json()}
        if ("notice" in listed) == bool(edition):
            return
        await asyncio.sleep(0.2)
    raise RuntimeError("the server does not follow its index")


def _telling(reply: dict[str, Any]) -> str:
    """Return the words of an answer that all doors show alike: its first sentence, or the refusal."""
    return str(reply["claims"][0]["text"] if reply["claims"] else reply["answer"])


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unescape(text))


def verdict(met: Met, readings: Sequence[AtRest]) -> list[str]:
    """Return what was promised and is not so. What grows leaves all readings of the middle third behind with its median; idle
    threads come and go: an hour at rest held 13 to 19.
    """
    third = max(1, len(readings) // 3)
    middle, last = readings[third : -third or None] or readings, readings[-third:]
    faults = [f"{len(met.wrong)} visits went wrong"] if met.wrong else []
    if not met.seconds:
        faults.append("nobody was answered")
    if growth(readings) > _FLAT:
        faults.append(f"memory grew to {growth(readings):.3f}")
    for what in ("files", "threads"):
        before = max(getattr(one, what) for one in middle)
        after = statistics.median(getattr(one, what) for one in last)
        if after > before:
            faults.append(f"{what} grew from at most {before} to {after:g}")
    return faults


def growth(readings: Sequence[AtRest]) -> float:
    """Return the last third's memory as a ratio to the middle third's, medians."""
    third = max(1, len(readings) // 3)
    middle, last = readings[third:-third] or readings, readings[-third:]
    return statistics.median(one.memory for one in last) / statistics.median(one.memory for one in middle)


@click.command()
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(1, 24 * 60))
@click.option(
    "--round", "length", default=240.0, show_default=True, type=click.FloatRange(60, 3600), help="seconds of one round"
)
@click.option(
    "--load", default=0.8, show_default=True, type=click.FloatRange(0.05, 1.0), help="share of what the server can do"
)
def main(minutes: float, length: float, load: float) -> None:
    """Print a table; exit 1 when memory, files or threads grew, or any visit went wrong."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the server goes, too
    with tempfile.TemporaryDirectory(prefix="linping-soak-") as place:
        home = Path(place)
        articles, index = home / "articles", home / "index"
        shutil.copytree(load_settings().corpus, articles)

        def publish(edition: int) -> None:
            notice = articles / "notice.txt"
            if edition:
                notice.write_text(_NOTICE, encoding="utf-8")
            else:
                notice.unlink(missing_ok=True)
            done = [sys.executable, "-c", COMMAND, "index", "--corpus", str(articles), "--index", str(index)]
            subprocess.run(done, check=True, capture_output=True)

        publish(0)
        with started("serve", "--port", "0", "--index", str(index), nowhere=home) as (address, process):
            met, readings = asyncio.run(soaked(address, process, publish, minutes * 60, length, load))
    ordered = sorted(met.seconds)
    click.echo(f"| {len(readings)} rounds of {length:.0f} s at {load:.0%} of what could be done | figure |\n|---|--:|")
    click.echo(
        f"| visits answered | {len(ordered)} |\n| … by door | {', '.join(f'{name} {n}' for name, n in met.doors.most_common())} |"
    )
    click.echo(
        f"| refused for want of room (429 with Retry-After, by page and MCP in words); stayed away before a full house | {met.full}; {met.stayed_away} |"
    )
    click.echo(f"| wrong or crossed | {len(met.wrong)} |")
    click.echo(
        f"| visits a second that could be had, least and most | {min(r.capacity for r in readings):.1f}, {max(r.capacity for r in readings):.1f} |"
    )
    if ordered:
        click.echo(
            f"| median, 95th percentile | {ordered[len(ordered) // 2] * 1000:.0f} ms, {ordered[int(len(ordered) * 0.95)] * 1000:.0f} ms |"
        )
    click.echo(f"| memory at rest, MiB, round by round | {', '.join(f'{one.memory:.0f}' for one in readings)} |")
    click.echo(f"| … last third to middle third | {growth(readings):.3f} |")
    click.echo(f"| open files, round by round | {', '.join(str(one.files) for one in readings)} |")
    click.echo(f"| threads, round by round | {', '.join(str(one.threads) for one in readings)} |")
    faults = verdict(met, readings)
    for fault in [*faults, *met.wrong[:20]]:
        click.echo(fault, err=True)
    raise SystemExit(bool(faults))


if __name__ == "__main__":
    main()
