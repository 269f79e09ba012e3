"""Simulated visitors: each has a page's session, asks as Gradio's own script does, reads for a while, asks again."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from random import Random
from time import perf_counter
from typing import Any

import httpx

_TURN = re.compile(
    r'<article class="turn"[^>]*?data-shape="(\w+)"[^>]*?>\s*<h2 class="asked">(.*?)</h2>(.*)</article>', re.DOTALL
)
_FAULTS = ("broken", "pending")  # a refusal is an answer


@dataclass(slots=True)
class Crowd:
    """What many visitors met: seconds of each answer, and everything that went wrong, in words."""

    seconds: list[float] = field(default_factory=list)
    first_words: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Return the seconds within which that share of the answers was whole; 0 when there was none."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


async def visit(
    client: httpx.AsyncClient,
    name: str,
    questions: Sequence[str],
    crowd: Crowd,
    until: float,
    reading: tuple[float, float],
) -> list[str]:
    """Ask until the clock says `until`; return the text of every whole answer. `reading` bounds the pauses."""
    random = Random(name)
    await asyncio.sleep(random.uniform(0, reading[1]))
    seen: list[str] = []
    for turn in range(10_000):
        if perf_counter() >= until:
            break
        question = questions[turn % len(questions)]
        try:
            seen.append(await ask(client, name, question, crowd))
        except (httpx.HTTPError, ValueError, KeyError) as error:
            crowd.wrong.append(f"{name}: {error!r}")
        await asyncio.sleep(random.uniform(*reading))
    return seen


async def ask(client: httpx.AsyncClient, name: str, question: str, crowd: Crowd) -> str:
    """Ask one question and return the answered turn as text; note in `crowd` when it is wrong or somebody else's."""
    started = perf_counter()
    sent = {"data": [question, None, None, None], "fn_index": 0, "trigger_id": 1, "session_hash": name}
    joined = await client.post("gradio_api/queue/join", json=sent)
    joined.raise_for_status()
    shown: list[str] = []
    async with client.stream("GET", "gradio_api/queue/data", params={"session_hash": name}) as lines:
        lines.raise_for_status()
        async for line in lines.aiter_lines():
            if not line.startswith("data:"):
                continue
            message = json.loads(line[5:])
            turn = _TURN.search(_drawn(message))
            if turn is not None:
                if turn[1] != "pending" and not (shown and shown[0] != "pending"):
                    crowd.first_words.append(perf_counter() - started)
                shown = [turn[1], unescape(turn[2]), turn[3]]
            if message["msg"] in ("process_completed", "unexpected_error"):
                break
    if not shown:
        raise ValueError("no answer came")
    shape, asked, text = shown
    if shape in _FAULTS or asked.strip() != question.strip():
        crowd.wrong.append(f"{name} asked {question!r}, saw {shape} to {asked!r}")
    crowd.seconds.append(perf_counter() - started)
    return re.sub("<[^>]+>", "", text)


def _drawn(message: dict[str, Any]) -> str:
    """Return the turn that a message of Gradio's draws, or nothing; changes come as [[op, path, value]]."""
    first = ((message.get("output") or {}).get("data") or [None])[0]
    if isinstance(first, list) and first and first[0][0] == "replace":
        first = first[0][2]
    return first if isinstance(first, str) else ""


async def gather(
    address: str, users: int, seconds: float, questions: Sequence[str], reading: tuple[float, float] = (2.0, 8.0)
) -> tuple[Crowd, dict[str, list[str]]]:
    """Return what `users` met in `seconds`, and by name what each of them read."""
    crowd = Crowd()
    limits = httpx.Limits(max_connections=2 * users + 10)
    async with httpx.AsyncClient(base_url=address, timeout=120, trust_env=False, limits=limits) as client:
        until = perf_counter() + seconds
        names = [f"visitor-{number:04}" for number in range(users)]
        read = await asyncio.gather(
            *(
                visit(
                    client,
                    name,
                    [*questions[at % len(questions) :], *questions[: at % len(questions)]],
                    crowd,
                    until,
                    reading,
                )
                for at, name in enumerate(names)
            )
        )
    return crowd, dict(zip(names, read, strict=True))
