"""Train the confidence: when does the best sentence answer, and when should we refuse?"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article, Segment
from corpus.text import clean, split_sentences
from index.embedding import BUILTIN, StaticEmbedder, load_embedder
from index.snapshot import Snapshot
from rag.asking import understand
from rag.candidates import find_candidates
from rag.confidence import SIGNALS, signals
from rag.ranking import SentenceRanker, Trees
from rag.training.ranker import SEED, flatten, index_of, is_gold
from rag.training.reading_sets import GREEN, YELLOW, ReadingQuestion, ReadingSet, read_set

_PARAMETERS = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 15, "min_data_in_leaf": 80, "feature_fraction": 0.4,
    "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "num_threads": 1, "seed": SEED,
    "deterministic": True, "force_row_wise": True,
}  # fmt: skip
_ROUNDS = 300


@dataclass(frozen=True, slots=True)
class Judged:
    """Signals of many questions and whether the first sentence was right. Shapes (n, signals) and (n,)."""

    signals: NDArray[np.float32]
    right: NDArray[np.int8]
    answerable: NDArray[np.int8]


def with_answers_taken_out(reading: ReadingSet, chance: random.Random) -> ReadingSet:
    """Return the set with, in every other article, the sentences that answer one of its questions cut out.

    The question keeps its neighbours and loses its answer: the hardest kind of absent question.
    """
    by_article: dict[str, list[ReadingQuestion]] = {}
    for question in reading.questions:
        by_article.setdefault(question.article_id, []).append(question)
    articles: list[Article] = []
    questions: list[ReadingQuestion] = []
    for article in reading.articles:
        asked = by_article.get(article.id, [])
        answered = [question for question in asked if question.starts]
        if not answered or chance.random() < 0.4:
            articles.append(article)
            questions += asked
            continue
        victim = chance.choice(answered)
        cut, moved = _without_answers(article, victim, asked)
        articles.append(cut)
        questions += moved
    return ReadingSet(reading.name + "-cut", tuple(articles), tuple(questions))


def _without_answers(
    article: Article, victim: ReadingQuestion, asked: Sequence[ReadingQuestion]
) -> tuple[Article, list[ReadingQuestion]]:
    """Blank the sentences in which an answer of `victim` stands, so that no other offset moves."""
    text = list(article.text)
    gone = [
        span
        for span in split_sentences(article.text)
        if any(span.start <= start < span.end for start in victim.starts)
        or any(answer in article.text[span.start : span.end] for answer in victim.answers)
    ]
    for span in gone:
        text[span.start : span.end] = " " * len(span)
    blanked = "".join(text)
    kept = [block for block in article.blocks if blanked[block.start : block.end].strip()]
    cut = replace(
        article,
        text=blanked,
        blocks=tuple(kept),
        segments=tuple(Segment(block.start, block.start, block.end - block.start) for block in kept),
    )
    moved = [
        replace(question, starts=tuple(s for s in question.starts if not any(g.start <= s < g.end for g in gone)))
        for question in asked
    ]
    return cut, moved


def judge(
    reading: ReadingSet, snapshot: Snapshot, ranker: SentenceRanker, on_question: Callable[[], None] = lambda: None
) -> Judged:
    """Return what the confidence sees of every question of `reading`, and the truth."""
    rows: list[NDArray[np.float32]] = []
    right: list[int] = []
    answerable: list[int] = []
    for question in reading.questions:
        asked = understand(clean(question.text))
        ranked = ranker.rank(asked, find_candidates(snapshot, [asked.text]), snapshot.by_sentence.lexical)
        on_question()
        if not ranked:
            continue
        rows.append(signals(ranked))
        right.append(int(is_gold(question, ranked[0].candidate)))
        answerable.append(int(bool(question.starts)))
    return Judged(np.array(rows), np.array(right, dtype=np.int8), np.array(answerable, dtype=np.int8))


def train(
    data: Path, out: Path, ranker_folder: Path, *, green_only: bool = False, limit: int | None = None,
    say: Callable[[str], None] = print,
) -> None:  # fmt: skip
    """Train on `data` with the ranker of `ranker_folder` and write the model to `out`."""
    import lightgbm
    from tqdm import tqdm

    embedder = load_embedder(BUILTIN)
    assert isinstance(embedder, StaticEmbedder)
    ranker = SentenceRanker.load(ranker_folder, embedder)
    chance = random.Random(SEED)
    parts: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in GREEN if green_only else (*GREEN, YELLOW[1]):
            reading = with_answers_taken_out(read_set(data, name), chance)
            if limit is not None:
                reading = replace(reading, questions=tuple(chance.sample(reading.questions, min(limit, len(reading.questions)))))
            snapshot = index_of(reading, embedder, Path(folder))
            with tqdm(total=len(reading.questions), desc=reading.name) as bar:
                parts.append(judge(reading, snapshot, ranker, bar.update))
    held = [np.arange(len(part.right)) % 5 == 4 for part in parts]
    features = np.vstack([part.signals[~out_] for part, out_ in zip(parts, held, strict=True)])
    labels = np.concatenate([part.right[~out_] for part, out_ in zip(parts, held, strict=True)])
    booster = lightgbm.train(
        _PARAMETERS, lightgbm.Dataset(features, label=labels, feature_name=list(SIGNALS)), num_boost_round=_ROUNDS
    )
    trees = flatten(booster)
    out.mkdir(parents=True, exist_ok=True)
    trees.save(out / "trees.safetensors")
    for part, out_ in zip(parts, held, strict=True):
        scores = 1 / (1 + np.exp(-trees.predict(part.signals[out_])))
        right, answerable = part.right[out_], part.answerable[out_]
        absent = np.sort(scores[answerable == 0])
        for refused in (0.8, 0.9, 0.95):
            threshold = float(absent[int(refused * (len(absent) - 1))]) if len(absent) else 0.5
            kept = scores[right == 1] > threshold
            say(f"refuse {refused:.0%} of absent: threshold {threshold:.3f}, {1 - kept.mean():.1%} of right answers lost")
