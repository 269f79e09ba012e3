"""Train the judge: questions that were written about news, asked of the news as anybody would ask."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.records import Article
from rag.reading.candidates import Candidate
from rag.reading.judge import SIGNS, JudgeWeights
from rag.training.cards import share
from rag.training.news_questions import (
    QUESTIONS,
    SHORT_QUESTIONS,
    News,
    NewsQuestion,
    is_gold,
    read_news,
    read_questions,
    sample_rows,
)
from rag.training.written import APART, LOCAL, Written, articles_of, is_evidence, read_written

_PENALTY = 30.0  # of L2 regularisation, signs scaled to unit variance


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
    from index.search.embedding import STATIC, load_embedder
    from index.storage.store import build_index, open_index
    from rag.answerer import ExtractiveAnswerer
    from rag.reading.finder import Models

    embedder = load_embedder(STATIC)  # as the news sets of `evals.unseen` are asked
    signs: list[NDArray[np.float64]] = []
    right: list[int] = []
    absent: list[bool] = []
    loaded = Models.load(models, JudgeWeights(0.0, (0.0,) * len(SIGNS)))
    for articles, questions in _corpora(data):
        with tempfile.TemporaryDirectory() as folder:
            build_index(articles, Path(folder) / "index", embedder)
            snapshot = open_index(Path(folder) / "index", embedder)
            answerer = ExtractiveAnswerer(snapshot, loaded)
            for question in questions:
                found = answerer.find(question.question)
                if not found.ranked:
                    continue
                signs.append(answerer.finder.judge.signs(found.judged))
                right.append(int(_is_right(question, found.ranked[0].candidate, snapshot.articles)))
                absent.append(not question.answerable)
    seen, labels = np.array(signs), np.array(right, dtype=np.int8)
    weights = fit(seen, labels)
    weights.save(out)
    table = score_table(cross_validated(seen, labels), labels, np.array(absent))
    told = f"{len(labels)} questions, {int(labels.sum())} with the right sentence first; ten-fold cross-validation:\n\n{table}"
    say(told)
    for name, weight in zip(SIGNS, weights.weights, strict=True):
        say(f"{name:16} {weight:+.3f}")
    (out / "README.md").write_text(_CARD.format(told=told), encoding="utf-8")


def _corpora(data: Path) -> Iterator[tuple[News, Sequence[NewsQuestion | Written]]]:
    """Yield what is asked: news, and the papers of each place that the reader has not learned from, with their questions."""
    yield read_news(data, sample_rows()), [*read_questions(QUESTIONS), *read_questions(SHORT_QUESTIONS)]
    for place in APART:
        questions = [one for one in read_written(LOCAL) if one.source == place]
        yield articles_of(data, questions), questions


def _is_right(question: NewsQuestion | Written, candidate: Candidate, articles: Mapping[str, Article]) -> bool:
    if isinstance(question, NewsQuestion):
        return is_gold(question, candidate, articles)
    return is_evidence(question, candidate, articles)


_CARD = """# Judge

One probability that the first sentence answers the question as asked: logistic regression on the reader's log-odds and the
ranker's score. `python -m rag.training judge` fits it on `questions/news_train.jsonl`, `questions/short_train.jsonl` and the
questions of `questions/local.jsonl` about two places, all of which the reader has never seen. No text is stored.

## Scores
{told}

## Weak at
- It knows what reader and ranker know: a near miss that both take for an answer gets a high probability.
"""
