"""Tune the weights of `index.search.fusion` for one embedder: `python -m index.training.fusion`.

Only questions that the embedder was not trained on are used (its held-out fifth, and a development set): on its own
training questions a model looks better than it is, and the weights would trust it too much. Half of them tune, the
other half are for the table. Chosen are the weights with the best mean nDCG@10 among those that are, on every set, no
worse than the better of the two channels alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from index.search.embedding import Embedder, load_embedder
from index.search.fusion import FEATURES, FusionWeights, features
from index.search.lexical import terms
from index.search.retrieval import CANDIDATES, best_rows
from index.training.benchmarks import Benchmark, benchmarks, lexical_index

K = 10
_STEPS = (0.1, 0.025)  # of the grid over the weights, coarse and fine
_PROMISING = 10  # coarse points around which the fine grid is laid
_RRF = 60  # Cormack, Clarke & Büttcher, SIGIR 2009
_TEXTS = 30_000  # of one set; all of the law would take an hour and change no weight
_YELLOW = frozenset({"gov_inbox", "ncp_policy_qa"})


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of some questions: `features` (questions, candidates, 4), −1 where there is none.

    `relevant` marks the right ones, shape (questions, candidates); `wanted` is how many there are, found or not.
    `ranks` holds the reciprocal ranks that the two channels give, shape (questions, candidates, 2).
    """

    name: str
    texts: int
    features: NDArray[np.float32]
    relevant: NDArray[np.bool_]
    wanted: NDArray[np.int64]
    ranks: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class HeldOut:
    """nDCG@10 on the questions of one set that did not tune."""

    name: str
    questions: int
    texts: int
    lexical: float
    dense: float
    reciprocal_rank: float
    fused: float


def pools(benchmark: Benchmark, embedder: Embedder) -> tuple[Pool, Pool]:
    """Return the candidates of the questions that tune and of those that judge, as a search would propose them."""
    texts, relevant = _thinned(benchmark)
    lexical = lexical_index(texts)
    vectors = embedder.encode(texts)
    asked = embedder.encode(benchmark.questions)
    shape = (len(asked), 2 * CANDIDATES)
    calibrated = np.full((*shape, len(FEATURES)), -1, dtype=np.float32)
    right = np.zeros(shape, dtype=bool)
    ranks = np.zeros((*shape, 2), dtype=np.float32)
    for at, (question, vector) in enumerate(zip(benchmark.questions, asked, strict=True)):
        words = terms(question)
        bm25, cosine = lexical.scores(words), vectors @ vector
        proposed = best_rows(bm25, CANDIDATES), best_rows(cosine, CANDIDATES)
        rows = np.union1d(*proposed)
        calibrated[at, : len(rows)] = features(
            bm25[rows], cosine[rows], float(bm25.max()), lexical.best_possible(words), float(cosine.max())
        )
        right[at, : len(rows)] = [int(found) in relevant[at] for found in rows]
        for channel, order in enumerate(proposed):
            ranks[at, np.searchsorted(rows, order), channel] = 1 / (_RRF + np.arange(1, len(order) + 1))
    wanted = np.array([len(rows) for rows in relevant])
    tunes = np.array([_tunes(question) for question in benchmark.questions])
    first, second = (
        Pool(benchmark.name, len(texts), calibrated[part], right[part], wanted[part], ranks[part])
        for part in (tunes, ~tunes)
    )
    return first, second


def _thinned(benchmark: Benchmark) -> tuple[list[str], list[frozenset[int]]]:
    """Return at most `_TEXTS` texts, evenly taken, all right ones among them, and where the right ones now are."""
    needed = frozenset().union(*benchmark.relevant)
    every = -(-len(benchmark.texts) // _TEXTS)
    kept = [row for row in range(len(benchmark.texts)) if row in needed or row % every == 0]
    place = {row: at for at, row in enumerate(kept)}
    return [benchmark.texts[row] for row in kept], [frozenset(place[r] for r in rows) for rows in benchmark.relevant]


def _tunes(question: str) -> bool:
    return hashlib.sha256(f"fusion {question}".encode()).digest()[0] % 2 == 0


def ndcg(pool: Pool, scores: NDArray[np.float32]) -> float:
    """Return the mean nDCG@10 of candidates ordered by `scores`, shape (questions, candidates).

    Of equal scores the wrong text comes first.
    """
    gains = np.zeros(len(scores))
    for row, column in zip(*np.nonzero(pool.relevant), strict=True):
        others = scores[row] >= scores[row, column]
        rank = (
            int(np.count_nonzero(others & ~pool.relevant[row]))
            + int(np.count_nonzero(pool.relevant[row] & (scores[row] > scores[row, column])))
            + 1
        )
        if rank <= K:
            gains[row] += 1 / np.log2(rank + 1)
    best = np.array([sum(1 / np.log2(rank + 1) for rank in range(1, min(n, K) + 1)) for n in pool.wanted])
    return float(np.mean(gains / best))


def scored(pool: Pool, weights: Sequence[float]) -> float:
    """Return the nDCG@10 of candidates fused by `weights`."""
    return ndcg(pool, pool.features @ np.asarray(weights, dtype=np.float32))


def better_half(pool: Pool) -> float:
    """Return what the better of the two channels reaches alone."""
    return max(scored(pool, (1, 0, 0, 0)), scored(pool, (0, 0, 1, 0)))


def tune(pools: Sequence[Pool]) -> FusionWeights:
    """Return the best weights of a grid that is made finer around its best points.

    Best is the highest mean, after a penalty of ten times what any set falls below its better half.
    """
    floors = [better_half(pool) for pool in pools]

    def worth(weights: tuple[float, ...]) -> float:
        reached = [scored(pool, weights) for pool in pools]
        fallen = sum(max(0.0, floor - value) for floor, value in zip(floors, reached, strict=True))
        return float(np.mean(reached)) - 10 * fallen

    coarse, fine = _STEPS
    promising = sorted(_simplex(coarse), key=worth)[-_PROMISING:]
    best = max((near for centre in promising for near in _around(centre, coarse, fine)), key=worth)
    return FusionWeights(*(round(float(weight), 4) for weight in best))


def _simplex(step: float) -> Iterator[tuple[float, ...]]:
    """Weights that add up to one: only their proportions matter."""
    ticks = round(1 / step)
    for first, second, third in product(range(ticks + 1), repeat=3):
        if first + second + third <= ticks:
            yield tuple(part * step for part in (first, second, third, ticks - first - second - third))


def _around(centre: tuple[float, ...], reach: float, step: float) -> Iterator[tuple[float, ...]]:
    moves = np.arange(-reach + step, reach, step)
    for shift in product(moves, repeat=3):
        moved = [weight + by for weight, by in zip(centre, shift, strict=False)]
        last = 1 - sum(moved)
        if min(*moved, last) >= -1e-9:
            yield tuple(max(0.0, weight) for weight in (*moved, last))


def judge(pools: Sequence[Pool], weights: FusionWeights) -> list[HeldOut]:
    """Return how the channels alone, reciprocal-rank fusion and the weights do on each pool."""
    return [
        HeldOut(
            each.name,
            len(each.wanted),
            each.texts,
            scored(each, (1, 0, 0, 0)),
            scored(each, (0, 0, 1, 0)),
            ndcg(each, each.ranks.sum(axis=2)),
            scored(each, weights.as_array().tolist()),
        )
        for each in pools
    ]


def table(rows: Sequence[HeldOut]) -> str:
    """Return the rows as Markdown."""
    lines = ["| set | questions | texts | BM25 | dense | reciprocal rank | fused |", "|---|--:|--:|--:|--:|--:|--:|"]
    for row in rows:
        figures = " | ".join(f"{value:.3f}" for value in (row.lexical, row.dense, row.reciprocal_rank, row.fused))
        lines.append(f"| {row.name} | {row.questions} | {row.texts} | {figures} |")
    return "\n".join(lines)


def write(path: Path, embedder: str, weights: FusionWeights, rows: Sequence[HeldOut]) -> None:
    """Put the weights of one embedder into the file that the index reads; those of others stay."""
    held = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"embedders": {}}
    held["embedders"][embedder] = {
        **{name: getattr(weights, name) for name in FEATURES},
        "ndcg_at_10": [
            {key: round(v, 4) if isinstance(v, float) else v for key, v in asdict(row).items()} for row in rows
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(held, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


@click.command("fusion")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("../shared/data"),
    show_default=True,
    help="folder of the training data",
)
@click.option("--embedder", "name", default="builtin", show_default=True, help="any name that load_embedder takes")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("index/models/fusion/weights.json"), show_default=True
)
@click.option("--green-only", is_flag=True, help="tune only on data whose licence lets the weights be shipped")
def main(data: Path, name: str, out: Path, green_only: bool) -> None:
    """Tune how BM25 and the embedder are fused, write the weights, and print the table of the other half."""
    embedder = load_embedder(name)
    halves = [pools(each, embedder) for each in benchmarks(data)]
    weights = tune([tuning for tuning, _ in halves if not (green_only and tuning.name in _YELLOW)])
    rows = judge([judging for _, judging in halves], weights)
    write(out, name, weights, rows)
    click.echo(f"{weights}\n{table(rows)}")


if __name__ == "__main__":
    main()
