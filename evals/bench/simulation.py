"""What many people at once would need: `python -m evals.bench.simulation`. Writes the table of docs/scale.md.

Servers with some cores each take questions from one queue. People come in bursts (a two-state Poisson process), ask what
others asked (Zipf's law), and a cache of recent answers goes with each server. How long one question takes is drawn from
a log-normal through the median and the 95th percentile that were measured (`ANSWERED_MS`). Same seed, same table.
"""

from __future__ import annotations

import heapq
import random
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from pathlib import Path

import click

_TEXT = """# Past one machine

Written by `python -m evals.bench.simulation` (`make bench` runs it after the benchmark); not to be edited.

## {rate:,.0f} questions a second
The command simulates {questions:,} questions: servers of {cores} cores, each with one queue and a cache of its own, empty at
the beginning; bursts of three times the calm rate for two seconds in ten; which question is asked by Zipf's law over
200,000 («alike»: exponent 1; «each their own»: 0.8). A question that is not remembered takes {median:.0f} ms of a core in the
median and {p95:.0f} ms at the 95th percentile: what asking a warm process about the five articles took
on the clock, with two cores ([index.md](index.md#speed-and-size)); here it is the work of one. Servers are added until 99 of
100 questions are answered within a second. A core costs {hour} an hour, in whatever money.

{table}

What it leaves out: the network, the time that a proxy takes, a language model (which costs a hundred times as much as all of
this and is paid by the token), and that answering grows with the corpus: {median:.0f} ms was measured with five
articles, not with a million.

## One million articles
At the 5.5 passages an article of the news texts that is 5.5 million passages. One process would hold, at 256 dimensions: half-precision
vectors of 512 bytes and codes of 64 (3.2 GB), postings of 6 bytes each (about 200 a passage of 160 characters: 6.6 GB),
the counted words (1.1 KB a passage at 20,000 passages, less the more there are: 6.3 GB at most), and the articles themselves;
all but the codes are mapped, so memory is what questions touch, and disk is what must be there.
[benchmark.md](benchmark.md) has what was measured, and at which size.

## What breaks first, and what then
| what | why | then |
|---|---|---|
| the page's list of articles, of figures and of the years | it reads every article when it is first looked at; answering does not | to be kept in the generation, as the days and the words are |
| building in one process | memory no longer: what is made part by part lies on the disk ([index.md](index.md#a-corpus-larger-than-memory)); one core cuts and counts (817,313 passages in two minutes), and a build that is stopped does so anew; the vectors of the encoder, which take hours, are kept | Milvus, which is written shard by shard, one in memory at a time, and gone on from where a writer was stopped ([index.md](index.md#bulk-indexing-by-shards)) |
| bursts | a server's queue grows while three times as many ask | more servers: the table; a full queue answers 503 at once (docs/api.md) |
| one server | its process dies | nginx asks another (`deploy/nginx.conf`, `tests/ui/test_replicas.py`) |
| conversations | they live in the memory of one server | `ip_hash` keeps a visitor there; when it dies the visitor begins anew |
| one disk for all servers | every server maps the same files | a copy of the generation on each: folders never change once they have their name |
| the desk's database | it is one SQLite file, which servers on other machines cannot share | `desk_database = "postgresql://…"`: one lead is written by one server at a time, and a killed one loses none (`tests/ui/test_replicas.py`); then that server is what breaks: its own standby |
"""
ANSWERED_MS = (117.0, 264.0)
"""Median and 95th percentile of a question: the five articles, a warm process, two cores (docs/index.md#speed-and-size)."""
_Z95 = 1.6449  # of the normal distribution
_KINDS = 200_000  # questions that differ
_BURST, _CALM_S, _BURST_S = 3.0, 8.0, 2.0  # times the calm rate; mean lengths


@dataclass(frozen=True, slots=True)
class Load:
    """`rate` questions a second on average; `median` and `p95` in seconds of one core; `remembered` answers a server."""

    rate: float
    median: float
    p95: float
    remembered: int
    zipf: float = 1.0
    hit: float = 0.0005  # seconds for an answer that is remembered


@dataclass(frozen=True, slots=True)
class Outcome:
    """Seconds from question to answer at three percentiles, and shares from 0 to 1."""

    p50: float
    p95: float
    p99: float
    hits: float
    busy: float


def simulate(load: Load, servers: int, cores: int, questions: int, seed: int = 1) -> Outcome:
    """Return how `questions` fare with so many servers; each goes to the server whose turn it is."""
    chance, coming = random.Random(seed), random.Random(seed)  # who comes when does not hang on what was remembered
    spread = log(load.p95 / load.median) / _Z95
    free = [[0.0] * cores for _ in range(servers)]
    caches: list[OrderedDict[int, None]] = [OrderedDict() for _ in range(servers)]
    waits: list[float] = []
    hits = 0
    work = now = 0.0
    for number, now in enumerate(_arrivals(load.rate, questions, coming)):
        server = number % servers
        kind, cache = _kind(chance, load.zipf), caches[server]
        if kind in cache:
            cache.move_to_end(kind)
            hits += 1
            took = load.hit
        else:
            cache[kind] = None
            if len(cache) > load.remembered:
                cache.popitem(last=False)
            took = load.median * exp(spread * chance.gauss(0, 1))
        begin = max(now, heapq.heappop(free[server]))
        heapq.heappush(free[server], begin + took)
        waits.append(begin + took - now)
        work += took
    waits.sort()
    p50, p95, p99 = (waits[int(share * (len(waits) - 1))] for share in (0.5, 0.95, 0.99))
    return Outcome(p50, p95, p99, hits / questions, work / (now * servers * cores))


def _arrivals(rate: float, count: int, chance: random.Random) -> Iterator[float]:
    calm = rate * (_CALM_S + _BURST_S) / (_CALM_S + _BURST * _BURST_S)
    now, burst = 0.0, False
    ends = chance.expovariate(1 / _CALM_S)
    for _ in range(count):
        now += chance.expovariate(calm * (_BURST if burst else 1))
        while now > ends:
            burst = not burst
            ends += chance.expovariate(1 / (_BURST_S if burst else _CALM_S))
        yield now


def _kind(chance: random.Random, zipf: float) -> int:
    """Return which question it is, the commonest being 0: Zipf's law by its inverse, as if kinds were continuous."""
    drawn = chance.random()
    if zipf == 1:
        return int(_KINDS**drawn) - 1
    top = _KINDS ** (1 - zipf)
    return int((1 + drawn * (top - 1)) ** (1 / (1 - zipf))) - 1


def needed(load: Load, cores: int, questions: int, within: float = 1.0) -> int:
    """Return the fewest servers with which 99 of 100 questions are answered `within` seconds."""
    servers = max(1, int(load.rate * load.median / cores * 0.2))
    while simulate(load, servers, cores, questions).p99 > within:
        servers += max(1, servers // 12)
    return servers


@click.command(help=__doc__)
@click.option("--rate", default=1000.0, show_default=True, help="Questions a second.")
@click.option(
    "--median",
    "median_ms",
    default=ANSWERED_MS[0],
    show_default=True,
    help="Milliseconds of one core, warm (docs/index.md).",
)
@click.option("--p95", "p95_ms", default=ANSWERED_MS[1], show_default=True)
@click.option("--cores", default=8, show_default=True, help="Of one server.")
@click.option("--questions", default=30_000, show_default=True)
@click.option("--hour", default=0.04, show_default=True, help="What one core costs an hour, in any money.")
@click.option("--page/--no-page", default=True, help="Whether to write docs/scale.md.")
def main(rate: float, median_ms: float, p95_ms: float, cores: int, questions: int, hour: float, page: bool) -> None:
    lines = [
        "| servers remember | people ask | servers | busy | remembered | p50 | p95 | p99 | a thousand questions |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for remembered, zipf, told in (
        (1, 1.0, "alike"),
        (2048, 0.8, "each their own"),
        (2048, 1.0, "alike"),
        (20_000, 1.0, "alike"),
    ):
        load = Load(rate, median_ms / 1000, p95_ms / 1000, remembered, zipf)
        servers = needed(load, cores, questions)
        found = simulate(load, servers, cores, questions)
        cost = servers * cores * hour / (rate * 3.6)
        lines.append(
            f"| {remembered if remembered > 1 else 'nothing'} | {told} | {servers} | {found.busy:.0%} | {found.hits:.0%} "
            f"| {found.p50 * 1000:.0f} ms | {found.p95 * 1000:.0f} ms | {found.p99 * 1000:.0f} ms | {cost:.4f} |"
        )
    click.echo("\n".join(lines))
    if page:
        text = _TEXT.format(
            rate=rate, median=median_ms, p95=p95_ms, cores=cores, questions=questions, hour=hour, table="\n".join(lines)
        )
        Path("docs/scale.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
