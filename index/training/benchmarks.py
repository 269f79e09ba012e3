"""Held-out questions over closed sets of texts: how well BM25, the embedder and both together find the right ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.search.embedding import Embedder
from index.search.fusion import FusionWeights, features, fuse, load_weights
from index.search.lexical import LexicalIndex, count_terms, terms
from index.training.pairs import is_held_out, read_rows

K_NDCG = 10
K_RECALL = 5


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Questions, the texts they choose from, and which of those are right: row numbers of `texts`."""

    name: str
    questions: tuple[str, ...]
    texts: tuple[str, ...]
    relevant: tuple[frozenset[int], ...]

    def __post_init__(self) -> None:
        if len(self.questions) != len(self.relevant) or not all(self.relevant):
            raise ValueError(f"{self.name}: every question needs a right text")


@dataclass(frozen=True, slots=True)
class BenchmarkScore:
    """What one way of searching reached on one benchmark: means over the questions, from 0 to 1."""

    ndcg: float
    recall: float


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table."""

    benchmark: str
    questions: int
    texts: int
    lexical: BenchmarkScore
    dense: BenchmarkScore
    fused: BenchmarkScore


def benchmarks(folder: Path) -> list[Benchmark]:
    """Return the sets that the embedder is judged on; none of their questions is trained on."""
    return [stard(folder), stard(folder, national=True), inbox(folder), policy(folder), cmrc(folder)]


def stard(folder: Path, *, held_out: bool = True, national: bool = False) -> Benchmark:
    """Lay legal questions over every article of law, or over those of the whole country alone.

    Provinces repeat national law in other words, and only one wording counts as right: the national set is the fairer.
    """
    rows = [row for row in read_rows(folder, "stard_train") if is_held_out(row["question"]) == held_out]
    laws = read_rows(folder, "law_articles")
    texts = [row["text"] for row in laws if not (national and row["category"].startswith("DLC"))]
    texts += [statute["text"] for row in read_rows(folder, "stard_train") for statute in row["statutes"]]
    gold = [[statute["text"] for statute in row["statutes"]] for row in rows]
    return _benchmark("stard, national" if national else "stard", [row["question"] for row in rows], texts, gold)


def inbox(folder: Path, *, held_out: bool = True) -> Benchmark:
    """Citizens' topics over all official replies."""
    rows = read_rows(folder, "gov_inbox_train")
    asked = [row for row in rows if is_held_out(row["topic"]) == held_out]
    texts = [row["answer"] for row in rows]
    return _benchmark("gov_inbox", [row["topic"] for row in asked], texts, [[row["answer"]] for row in asked])


def policy(folder: Path, *, held_out: bool = True) -> Benchmark:
    """Questions about notices over all answers, as passages."""
    rows = read_rows(folder, "ncp_policy_qa_nodoc")
    asked = [row for row in rows if is_held_out(row["docid"]) == held_out]
    texts = [row["answer"] for row in rows]
    return _benchmark("ncp_policy_qa", [row["question"] for row in asked], texts, [[row["answer"]] for row in asked])


def cmrc(folder: Path) -> Benchmark:
    """Questions that repeat the wording of an encyclopedia's passages."""
    rows = read_rows(folder, "cmrc2018_trial")
    return _benchmark(
        "cmrc2018_trial", [r["question"] for r in rows], [r["context"] for r in rows], [[r["context"]] for r in rows]
    )


def _benchmark(name: str, questions: list[str], texts: list[str], gold: list[list[str]]) -> Benchmark:
    plain = ["".join(text.split()) for text in texts]
    distinct = list(dict.fromkeys(plain))
    place = {text: row for row, text in enumerate(distinct)}
    relevant = tuple(frozenset(place["".join(text.split())] for text in right) for right in gold)
    return Benchmark(name, tuple(questions), tuple(distinct), relevant)


def lexical_index(texts: Sequence[str]) -> LexicalIndex:
    """Return BM25 over `texts` with the index's own terms and settings."""
    vocabulary, postings = count_terms(texts)
    return LexicalIndex(vocabulary, postings)


def ndcg_at_k(ranked: Sequence[int], relevant: frozenset[int], k: int = K_NDCG) -> float:
    """Return the discounted gain of the first `k`, over that of the best order. Source: Järvelin & Kekäläinen, 2002."""
    gain = sum(1 / np.log2(rank + 1) for rank, row in enumerate(ranked[:k], start=1) if row in relevant)
    best = sum(1 / np.log2(rank + 1) for rank in range(1, min(len(relevant), k) + 1))
    return float(gain / best)


def recall_at_k(ranked: Sequence[int], relevant: frozenset[int], k: int = K_RECALL) -> float:
    """Return the share of the relevant among the first `k`."""
    return len(relevant.intersection(ranked[:k])) / len(relevant)


def evaluate(benchmark: Benchmark, embedder: Embedder, weights: FusionWeights) -> Result:
    """Return how BM25 alone, cosine alone and both fused rank the texts."""
    lexical = lexical_index(benchmark.texts)
    vectors = embedder.encode(benchmark.texts)
    asked = embedder.encode(benchmark.questions)
    found: list[tuple[Sequence[int], Sequence[int], Sequence[int]]] = []
    for question, vector in zip(benchmark.questions, asked, strict=True):
        words = terms(question)
        bm25 = lexical.scores(words)
        cosine = vectors @ vector
        calibrated = features(bm25, cosine, float(bm25.max()), lexical.best_possible(words), float(cosine.max()))
        found.append((_first(bm25), _first(cosine), _first(fuse(calibrated, weights))))
    scored = [_score([ranks[way] for ranks in found], benchmark.relevant) for way in range(3)]
    return Result(benchmark.name, len(benchmark.questions), len(benchmark.texts), *scored)


def _first(scores: NDArray[np.float32], k: int = K_NDCG) -> list[int]:
    """Return the rows of the `k` best scores, best first, ties by row."""
    chosen = np.argpartition(-scores, min(k, len(scores) - 1))[: k + 1]
    order = np.lexsort((chosen, -scores[chosen]))
    return [int(row) for row in chosen[order][:k]]


def _score(ranked: Sequence[Sequence[int]], relevant: Sequence[frozenset[int]]) -> BenchmarkScore:
    pairs = list(zip(ranked, relevant, strict=True))
    return BenchmarkScore(
        float(np.mean([ndcg_at_k(rows, right) for rows, right in pairs])),
        float(np.mean([recall_at_k(rows, right) for rows, right in pairs])),
    )


def table(results: Sequence[Result]) -> str:
    """Return the results as a Markdown table."""
    lines = [
        "| set | questions | texts | BM25 nDCG@10 | dense | fused | BM25 Recall@5 | dense | fused |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for r in results:
        ways = (r.lexical, r.dense, r.fused)
        figures = [*(f"{way.ndcg:.3f}" for way in ways), *(f"{way.recall:.3f}" for way in ways)]
        lines.append(f"| {r.benchmark} | {r.questions} | {r.texts} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def judge(folder: Path, embedder: Embedder) -> list[Result]:
    """Return the results of `embedder` on all benchmarks, fused as the index would."""
    weights = load_weights(embedder.name)
    return [evaluate(benchmark, embedder, weights) for benchmark in benchmarks(folder)]
