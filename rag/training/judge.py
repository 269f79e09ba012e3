"""Train the judge: questions that were written about news, asked of the news as anybody would ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.reading import SourceText
from corpus.records import Article
from corpus.repairing import repair
from rag.judging import SIGNS, JudgeWeights
from rag.training.cards import share
from rag.training.reading_sets import read_rows

QUESTIONS = Path(__file__).parent / "questions" / "news_train.jsonl"
_NEWS = "news_text"
_PENALTY = 30.0  # of L2 regularisation, signs scaled to unit variance


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """A question about one row of the news; `answers` are offsets into its text, none when it does not say."""

    id: str
    row: int
    question: str
    kind: str
    answers: tuple[tuple[int, int], ...]

    @property
    def article_id(self) -> str:
        return f"news-{self.row:05d}"


@dataclass(frozen=True, slots=True)
class News:
    """Rows of the news as a corpus."""

    articles: tuple[Article, ...]

    @property
    def digest(self) -> str:
        return sha256("\n".join(article.source_sha256 for article in self.articles).encode()).hexdigest()


def read_questions(path: Path) -> list[NewsQuestion]:
    """Return the questions of a file."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    return [
        NewsQuestion(
            row["id"], row["row"], row["question"], row["kind"],
            tuple((found["start"], found["end"]) for found in row["answers"]),
        )
        for row in rows
    ]  # fmt: skip


def read_news(data: Path, rows: Sequence[int]) -> News:
    """Return these rows of the news, each repaired as any article is."""
    wanted = set(rows)
    articles: list[Article] = []
    for number, row in enumerate(read_rows(data, _NEWS)):
        if number in wanted:
            text = row["text"]
            name = f"news-{number:05d}"
            source = SourceText(f"{name}.txt", text, "txt", "utf-8", sha256(text.encode()).hexdigest())
            articles.append(repair(source))
    return News(tuple(articles))


def sample_rows() -> list[int]:
    """Return the 300 rows that the questions were written over."""
    import random

    return random.Random(20261122).sample(range(66104), 300)


def fit(signs: NDArray[np.float64], right: NDArray[np.int8]) -> JudgeWeights:
    """Return the logistic weights. Source: ordinary L2-regularised logistic regression."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = signs.mean(axis=0), np.maximum(signs.std(axis=0), 1e-6)
    model = LogisticRegression(C=1 / _PENALTY, max_iter=2000).fit((signs - mean) / spread, right)
    weights = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (weights * mean).sum())
    return JudgeWeights(bias, tuple(float(weight) for weight in weights))


def cross_validated(signs: NDArray[np.float64], right: NDArray[np.int8], folds: int = 10) -> NDArray[np.float64]:
    """Return for each row the probability by a model that has not seen it."""
    scores = np.zeros(len(right))
    for fold in range(folds):
        held = np.arange(len(right)) % folds == fold
        weights = fit(signs[~held], right[~held])
        scores[held] = [weights.probability(row) for row in signs[held]]
    return scores


def score_table(scores: NDArray[np.float64], right: NDArray[np.int8], absent: NDArray[np.bool_]) -> str:
    """Return what thresholds refuse and lose."""
    rows = [
        f"| {threshold:.2f} | {share(float((scores[absent] < threshold).mean()), int(absent.sum()))} "
        f"| {share(float((scores[right == 1] < threshold).mean()), int((right == 1).sum()))} |"
        for threshold in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
    ]
    return "| threshold | absent refused | right lost |\n|--:|---|---|\n" + "\n".join(rows)


def train(data: Path, out: Path, models: Path, say: Callable[[str], None] = print) -> None:
    """Train on the written questions with the models in `models` and write the weights to `out`."""
    import tempfile

    from index.embedding import load_embedder
    from index.store import build_index, open_index
    from rag.answerer import ExtractiveAnswerer, Models

    questions = read_questions(QUESTIONS)
    embedder = load_embedder()
    signs: list[NDArray[np.float64]] = []
    right: list[int] = []
    absent: list[bool] = []
    with tempfile.TemporaryDirectory() as folder:
        build_index(read_news(data, sample_rows()), Path(folder) / "index", embedder)
        snapshot = open_index(Path(folder) / "index", embedder)
        answerer = ExtractiveAnswerer(snapshot, Models.load(models))
        for question in questions:
            found = answerer.find(question.question)
            if not found.ranked:
                continue
            signs.append(answerer.judge.signs(found.prepared, found.judged))
            right.append(int(_is_gold(question, found.ranked[0].candidate, snapshot.articles)))
            absent.append(not question.answers)
    seen, labels = np.array(signs), np.array(right, dtype=np.int8)
    weights = fit(seen, labels)
    weights.save(out)
    table = score_table(cross_validated(seen, labels), labels, np.array(absent))
    say(f"{len(labels)} questions, {int(labels.sum())} with the right sentence first; ten-fold cross-validation:\n\n{table}")
    for name, weight in zip(SIGNS, weights.weights, strict=True):
        say(f"{name:16} {weight:+.3f}")


def _is_gold(question: NewsQuestion, candidate: Any, articles: Any) -> bool:
    """Tell whether the sentence holds an answer: by source offsets, for repairing may move words."""
    if candidate.article_id != question.article_id:
        return False
    article = articles[candidate.article_id]
    span = article.source_span(candidate.start, candidate.end)
    return any(span.start <= start and end <= span.end for start, end in question.answers)
