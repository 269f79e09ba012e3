"""Train the confidence: when does the best sentence answer, and when should we refuse?"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article, Segment
from corpus.text import clean, split_sentences
from index.embedding import read_static
from index.snapshot import Snapshot
from rag.asking import understand
from rag.candidates import find_candidates
from rag.confidence import SIGNALS, signals
from rag.ranking import SentenceRanker, Trees
from rag.training.cards import card, share
from rag.training.ranker import SEED, flatten, index_of, is_gold
from rag.training.reading_sets import GREEN, YELLOW, ReadingQuestion, ReadingSet, read_set, shared_out

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
        rows.append(signals(ranked, ranker.featuriser.around(asked.text, ranked[0].candidate)))
        right.append(int(is_gold(question, ranked[0].candidate)))
        answerable.append(int(bool(question.starts)))
    return Judged(np.array(rows), np.array(right, dtype=np.int8), np.array(answerable, dtype=np.int8))


def train(
    data: Path, out: Path, ranker_folder: Path, embedder_folder: Path, *, green_only: bool = False, limit: int | None = None,
    say: Callable[[str], None] = print,
) -> None:  # fmt: skip
    """Train on `data` with the ranker of `ranker_folder` and write the model to `out`.

    Only questions that the ranker did not learn from are used, and vectors that know none of them.
    """
    import lightgbm
    from tqdm import tqdm

    started = perf_counter()
    names = GREEN if green_only else (*GREEN, YELLOW[1])
    embedder = read_static(embedder_folder, str(embedder_folder))
    ranker = SentenceRanker.load(ranker_folder, embedder)
    chance = random.Random(SEED)
    parts: list[Judged] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            reading = with_answers_taken_out(read_set(data, name), chance)
            kept = [one for one in reading.questions if shared_out(one.text) or not one.starts]
            if limit is not None and len(kept) > limit:
                kept = chance.sample(kept, limit)
            reading = replace(reading, questions=tuple(kept))
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
    scores = score_table(parts, held, trees)
    say(scores)
    used = [(name, len(part.right)) for name, part in zip(names, parts, strict=True)]
    (out / "README.md").write_text(_card(used, scores, (perf_counter() - started) / 60), encoding="utf-8")


def score_table(parts: Sequence[Judged], held: Sequence[NDArray[np.bool_]], trees: Trees) -> str:
    """Return, for shares of absent questions that are refused, the right answers that are lost with them."""
    features = np.vstack([part.signals[out] for part, out in zip(parts, held, strict=True)])
    right = np.concatenate([part.right[out] for part, out in zip(parts, held, strict=True)])
    answerable = np.concatenate([part.answerable[out] for part, out in zip(parts, held, strict=True)])
    scores = 1 / (1 + np.exp(-trees.predict(features)))
    absent, kept = scores[answerable == 0], scores[right == 1]
    rows = []
    for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        shown = scores >= threshold
        wrong = 1 - float(right[shown].mean()) if shown.any() else 0.0
        rows.append(
            f"| {threshold:.1f} | {share(float((absent < threshold).mean()), len(absent))} "
            f"| {share(float((kept < threshold).mean()), len(kept))} | {shown.mean():.3f} | {wrong:.3f} |"
        )
    table = "\n".join(rows)
    return (
        f"A held-out fifth: {len(absent):,} questions without an answer in the corpus, {len(kept):,} whose best sentence is "
        "right. Risk is the share of wrong ones among what is shown, coverage the share of all questions shown.\n\n"
        f"| threshold | absent refused | right lost | coverage | risk |\n|--:|---|---|--:|--:|\n{table}"
    )


def _card(used: Sequence[tuple[str, int]], scores: str, minutes: float) -> str:
    return card(
        title="Confidence",
        what="The probability that the best sentence holds the answer: boosted trees over the ranker's features of that "
        "sentence and over how the ranker's scores lie.",
        sources=used,
        command="python -m rag.training confidence",
        recipe="Binary log loss (LightGBM) on questions that the ranker did not learn from. Absent ones are the set's "
        "impossible questions, and questions whose answering sentences were blanked out of their article.",
        minutes=minutes,
        scores=scores,
        weak=(
            "A sentence that holds the right words and another relation (who bought whom) looks like an answer.",
            "Impossible questions of the data were written for machine-translated encyclopedia text.",
        ),
    )
