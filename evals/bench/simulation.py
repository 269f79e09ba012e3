"""What many people at once would need: `python -m evals.bench.simulation`. Writes the table of docs/scale.md.

Servers with some cores each take questions from one queue. People come in bursts (a two-state Poisson process), ask what
others asked (Zipf's law), and a cache of recent answers goes with each server. How long one question takes is drawn from
a log-normal through the median and the 95th percentile that were measured: they are given, not guessed. Same seed, same
table.
"""

from __future__ import annotations

import heapq
import random
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log

import click

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
    chance = random.Random(seed)
    spread = log(load.p95 / load.median) / _Z95
    free = [[0.0] * cores for _ in range(servers)]
    caches: list[OrderedDict[int, None]] = [OrderedDict() for _ in range(servers)]
    waits: list[float] = []
    hits = 0
    work = now = 0.0
    for number, now in enumerate(_arrivals(load.rate, questions, chance)):
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
    at = (waits[int(share * (len(waits) - 1))] for share in (0.5, 0.95, 0.99))
    return Outcome(*at, hits / questions, work / (now * servers * cores))


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
@click.option("--median", "median_ms", default=66.0, show_default=True, help="Milliseconds of one core, warm (docs/index.md).")
@click.option("--p95", "p95_ms", default=92.0, show_default=True)
@click.option("--cores", default=8, show_default=True, help="Of one server.")
@click.option("--questions", default=30_000, show_default=True)
@click.option("--hour", default=0.04, show_default=True, help="What one core costs an hour, in any money.")
def main(rate: float, median_ms: float, p95_ms: float, cores: int, questions: int, hour: float) -> None:
    click.echo("| servers remember | people ask | servers | busy | remembered | p50 | p95 | p99 | a thousand questions |")
    click.echo("|---|---|--:|--:|--:|--:|--:|--:|--:|")
    for remembered, zipf, told in ((1, 1.0, "alike"), (2048, 0.8, "each their own"), (2048, 1.0, "alike"), (20_000, 1.0, "alike")):
        load = Load(rate, median_ms / 1000, p95_ms / 1000, remembered, zipf)
        servers = needed(load, cores, questions)
        found = simulate(load, servers, cores, questions)
        cost = servers * cores * hour / (rate * 3.6)
        click.echo(
            f"| {remembered if remembered > 1 else 'nothing'} | {told} | {servers} | {found.busy:.0%} | {found.hits:.0%} "
            f"| {found.p50 * 1000:.0f} ms | {found.p95 * 1000:.0f} ms | {found.p99 * 1000:.0f} ms | {cost:.4f} |"
        )


if __name__ == "__main__":
    main()
