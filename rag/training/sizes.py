"""Choose how long passages are: `python -m rag.training sizes` asks the same questions of indexes cut in many ways."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from corpus.chunking import PassageSizes, passages
from corpus.records import Article
from index.search.embedding import load_embedder
from index.storage.snapshot import Snapshot
from index.storage.store import ArticleSource, build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models
from rag.training.news_questions import QUESTIONS, read_news, read_questions, sample_rows
from rag.training.reading_sets import read_set

SIZES = tuple(PassageSizes(target, 2 * target) for target in (60, 100, 160, 240, 360, 540))
READ = 1000  # characters of passages that somebody would read


@dataclass(frozen=True, slots=True)
class Sought:
    """A question and the offsets into the source of one article where its answers begin."""

    question: str
    article_id: str
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CuttingRow:
    """What one way of cutting gives on one corpus; shares from 0 to 1."""

    name: str
    sizes: PassageSizes
    passages: int
    first: float  # the best passage holds an answer
    five: float  # one of the best five does
    read: float  # the answer stands in the first READ characters of the ranked passages
    sentence: float  # the sentence ranked first holds an answer


def corpora(data: Path, limit: int) -> list[tuple[str, ArticleSource, list[Sought]]]:
    """Return news with the questions written about it, and CMRC's trial set; at most `limit` questions of each."""
    news = read_news(data, sample_rows())
    asked = [
        Sought(one.question, one.article_id, tuple(start for start, _ in one.answers))
        for one in read_questions(QUESTIONS)
        if one.answers
    ]
    trial = read_set(data, "cmrc2018_trial")
    step = max(1, len(trial.questions) // limit)
    sought = [Sought(one.text, one.article_id, one.starts) for one in trial.questions[::step]]
    return [("news", news, asked[:limit]), ("cmrc2018_trial", trial, sought)]


def measure(name: str, corpus: ArticleSource, asked: Sequence[Sought], sizes: PassageSizes, folder: Path) -> CuttingRow:
    """Index `corpus` cut by `sizes` in `folder` and ask."""
    embedder = load_embedder()
    build_index(corpus, folder, embedder, split=partial(passages, sizes=sizes))
    snapshot = open_index(folder, embedder)
    answerer = ExtractiveAnswerer(snapshot, Models.built_in())
    ranks, read, sentence = [], [], []
    for one in asked:
        article = snapshot.articles[one.article_id]
        rank, before = _found(snapshot, article, one)
        ranks.append(rank)
        read.append(before < READ)
        ranked = answerer.find(one.question).ranked
        best = ranked[0].candidate if ranked else None
        sentence.append(
            best is not None and best.article_id == one.article_id and _holds(article, best.start, best.end, one.starts)
        )
    return CuttingRow(
        name,
        sizes,
        len(snapshot.passages),
        float(np.mean([rank == 1 for rank in ranks])),
        float(np.mean([rank <= 5 for rank in ranks])),
        float(np.mean(read)),
        float(np.mean(sentence)),
    )


def _found(snapshot: Snapshot, article: Article, sought: Sought) -> tuple[int, int]:
    """Return the rank of the first passage with an answer, and how many characters of passages end with it."""
    before = 0
    for hit in snapshot.search_passages(sought.question, 30):
        passage = hit.passage
        before += len(passage.text)
        if passage.article_id == article.id and _holds(article, passage.start, passage.end, sought.starts):
            return hit.rank, before
    return 31, 1 << 30


def _holds(article: Article, start: int, end: int, starts: Sequence[int]) -> bool:
    span = article.source_span(start, end)
    return any(span.start <= at < span.end for at in starts)


def table(rows: Sequence[CuttingRow]) -> str:
    """Return the rows as Markdown."""
    lines = [
        f"| {row.name} | {row.sizes.target} / {row.sizes.maximum} | {row.passages} | {row.first:.3f} | {row.five:.3f} "
        f"| {row.read:.3f} | {row.sentence:.3f} |"
        for row in rows
    ]
    head = f"| corpus | target / maximum | passages | Recall@1 | Recall@5 | in {READ} characters | sentence first |"
    return "\n".join([head, "|---|---|--:|--:|--:|--:|--:|", *lines])


def run(data: Path, limit: int, say: Callable[[str], None] = print) -> None:
    """Print the table."""
    rows = []
    for name, corpus, asked in corpora(data, limit):
        for sizes in SIZES:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(measure(name, corpus, asked, sizes, Path(folder) / "index"))
    say(table(rows))
