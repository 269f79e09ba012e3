"""Train the sentence ranker: each question with its own candidates from all passages of its set, as when asking."""

from __future__ import annotations

import json
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import clean
from index.search.embedding import StaticEmbedder, read_static
from index.search.lexical import terms
from index.storage.snapshot import Snapshot
from index.storage.store import build_index, open_index
from rag.question.kinds import understand
from rag.reading.candidates import Candidate, find_candidates
from rag.reading.ranker import FEATURES, Featuriser, QuestionTerms
from rag.reading.trees import Trees
from rag.training.cards import card, share
from rag.training.reading_sets import GREEN, YELLOW, ReadingQuestion, ReadingSet, read_set, shared_out

SEED = 20240501
TEST = "cmrc2018_trial"
_KEPT_TERMS = 4000
_PARAMETERS = {
    "objective": "lambdarank",
    "learning_rate": 0.06,
    "num_leaves": 31,
    "min_data_in_leaf": 60,
    "feature_fraction": 0.5,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 2.0,
    "label_gain": [0, 1],
    "verbose": -1,
    "num_threads": 1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
}
_ROUNDS = 350


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of many questions, end to end. Shapes (n, features), (n,), (questions,)."""

    features: NDArray[np.float32]
    gold: NDArray[np.int8]
    sizes: NDArray[np.int32]

    def recall_at(self, k: int, scores: NDArray[np.float32] | None = None) -> float:
        """Return the share of questions with a gold sentence among the first `k`, by `scores` or as they are."""
        found = at = 0
        for size in self.sizes:
            gold = self.gold[at : at + size]
            order = np.argsort(-scores[at : at + size], kind="stable") if scores is not None else np.arange(size)
            found += bool(gold[order[:k]].any())
            at += size
        return found / len(self.sizes)


def question_terms(sets: Sequence[ReadingSet]) -> QuestionTerms:
    """Count in how many questions each term stands; only the most common are kept."""
    counts: Counter[str] = Counter()
    total = 0
    for reading in sets:
        for question in reading.questions:
            counts.update(set(terms(question.text)))
            total += 1
    return QuestionTerms(total, dict(sorted(counts.most_common(_KEPT_TERMS))))


def is_gold(question: ReadingQuestion, candidate: Candidate) -> bool:
    """Tell whether an answer begins in this sentence."""
    return candidate.article_id == question.article_id and any(
        candidate.start <= start < candidate.end for start in question.starts
    )


def examples(
    reading: ReadingSet,
    snapshot: Snapshot,
    featuriser: Featuriser,
    questions: Sequence[ReadingQuestion],
    on_question: Callable[[], None] = lambda: None,
) -> Examples:
    """Return what the ranker sees of `questions`, candidates drawn from all of `snapshot`."""
    features: list[NDArray[np.float32]] = []
    gold: list[int] = []
    sizes: list[int] = []
    for question in questions:
        asked = understand(clean(question.text))
        candidates = find_candidates(snapshot, [asked.text])
        features.append(featuriser.features(asked, candidates, snapshot.by_sentence.lexical))
        gold += [int(is_gold(question, candidate)) for candidate in candidates]
        sizes.append(len(candidates))
        on_question()
    return Examples(np.vstack(features), np.array(gold, dtype=np.int8), np.array(sizes, dtype=np.int32))


def index_of(reading: ReadingSet, embedder: StaticEmbedder, folder: Path) -> Snapshot:
    """Return an index of a set, built as any index is."""
    build_index(reading, folder / reading.name, embedder)
    return open_index(folder / reading.name, embedder)


def fit(parts: Sequence[Examples], rounds: int = _ROUNDS) -> Trees:
    """Return boosted trees that put gold sentences first."""
    import lightgbm

    data = lightgbm.Dataset(
        np.vstack([part.features for part in parts]),
        label=np.concatenate([part.gold for part in parts]),
        group=np.concatenate([part.sizes for part in parts]),
        feature_name=list(FEATURES),
        free_raw_data=False,
    )
    return flatten(lightgbm.train(_PARAMETERS, data, num_boost_round=rounds))


def flatten(booster: object) -> Trees:
    """Return the trees of a LightGBM booster as arrays."""
    trees = booster.dump_model()["tree_info"]  # type: ignore[attr-defined]
    rows: list[list[tuple[int, float, int, int, float]]] = []
    depth = 0
    for tree in trees:
        nodes: list[tuple[int, float, int, int, float]] = []
        depth = max(depth, _append(tree["tree_structure"], nodes))
        rows.append(nodes)
    width = max(len(nodes) for nodes in rows)
    leaf = (0, np.inf, 0, 0, 0.0)
    padded = [[*nodes, *[leaf] * (width - len(nodes))] for nodes in rows]
    columns = [np.array([[node[column] for node in nodes] for nodes in padded]) for column in range(5)]
    return Trees(
        columns[0].astype(np.int32),
        columns[1].astype(np.float32),
        columns[2].astype(np.int32),
        columns[3].astype(np.int32),
        columns[4].astype(np.float32),
        depth,
    )


def _append(node: dict[str, object], nodes: list[tuple[int, float, int, int, float]]) -> int:
    """Append `node` and all below it; return the depth below it."""
    here = len(nodes)
    if "leaf_value" in node:
        nodes.append((0, np.inf, here, here, float(node["leaf_value"])))  # type: ignore[arg-type]
        return 0
    nodes.append((0, 0.0, 0, 0, 0.0))
    left = len(nodes)
    left_depth = _append(node["left_child"], nodes)  # type: ignore[arg-type]
    right = len(nodes)
    right_depth = _append(node["right_child"], nodes)  # type: ignore[arg-type]
    # float32 rounding of a threshold must not move a value that equals it to the other side
    threshold = np.nextafter(np.float32(node["threshold"]), np.float32(np.inf))  # type: ignore[arg-type]
    nodes[here] = (int(node["split_feature"]), float(threshold), left, right, 0.0)  # type: ignore[call-overload]
    return 1 + max(left_depth, right_depth)


def train(
    data: Path,
    out: Path,
    embedder_folder: Path,
    *,
    green_only: bool = False,
    limit: int | None = None,
    say: Callable[[str], None] = print,
    cache: Path | None = None,
) -> None:
    """Train on `data` and write the model to `out`; `limit` bounds the questions of each set.

    The vectors of `embedder_folder` must not know the questions, or likeness looks better than it is when asking.
    """
    from tqdm import tqdm

    started = perf_counter()
    names = GREEN if green_only else (*GREEN, YELLOW[0])
    sets = [read_set(data, name) for name in names]
    known = question_terms(sets)
    embedder = read_static(embedder_folder, str(embedder_folder))
    featuriser = Featuriser(known, embedder)
    chance = random.Random(SEED)
    parts: list[Examples] = []
    with tempfile.TemporaryDirectory() as folder:
        for reading in [*sets, read_set(data, TEST)]:
            questions = [one for one in reading.questions if reading.name == TEST or not shared_out(one.text)]
            if limit is not None and reading.name != TEST and len(questions) > limit:
                questions = chance.sample(questions, limit)
            snapshot = index_of(reading, embedder, Path(folder))
            with tqdm(total=len(questions), desc=reading.name) as bar:
                parts.append(examples(reading, snapshot, featuriser, questions, bar.update))
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
        for name, part in zip([*names, TEST], parts, strict=True):
            np.savez(cache / f"{name}.npz", features=part.features, gold=part.gold, sizes=part.sizes)
    *training, test = parts
    trees = fit(training)
    out.mkdir(parents=True, exist_ok=True)
    trees.save(out / "trees.safetensors")
    (out / "question_terms.json").write_text(
        json.dumps({"total": known.total, "counts": known.counts}, ensure_ascii=False), encoding="utf-8"
    )
    scores = score_table(test, trees)
    say(scores)
    used = [(name, len(part.sizes)) for name, part in zip(names, training, strict=True)]
    (out / "README.md").write_text(_card(used, scores, (perf_counter() - started) / 60), encoding="utf-8")


def score_table(test: Examples, trees: Trees) -> str:
    """Return how often a sentence with an answer stands among the first k of all passages, before and after ranking."""
    scores = trees.predict(test.features)
    count = len(test.sizes)
    rows = "\n".join(
        f"| {k} | {share(test.recall_at(k), count)} | {share(test.recall_at(k, scores), count)} |"
        for k in (1, 3, 5, 30)
    )
    return (
        f"`{TEST}`, {count:,} questions over all its passages, never trained on. Share of questions with an answering "
        f"sentence among the first k (95 % interval):\n\n| k | BM25 | ranked |\n|--:|---|---|\n{rows}"
    )


def _card(used: Sequence[tuple[str, int]], scores: str, minutes: float) -> str:
    return card(
        title="Sentence ranker",
        what="Orders the sentences that may answer a question. Boosted trees over "
        f"{len(FEATURES)} features of question, sentence and neighbours, evaluated with numpy.",
        sources=used,
        command="python -m rag.training ranker",
        recipe="LambdaMART (LightGBM), each question with its own 30 candidates from all passages of its set, drawn by "
        f"the same code that answers. {_ROUNDS} trees of {_PARAMETERS['num_leaves']} leaves.",
        minutes=minutes,
        scores=scores,
        weak=(
            "Learned on encyclopedia questions: news differ in length and in how often a sentence leaves its subject out.",
            "Knows likeness of words, not inference: a sentence that implies the answer in other terms stays behind.",
            "A question that could be answered by several sentences has one that counts as right in the data.",
        ),
    )
