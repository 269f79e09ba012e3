"""Questions written about news, for training alone: over 300 articles, answerable and not."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.decoding import SourceText
from corpus.records import Article
from corpus.repair.repairing import repair
from rag.reading.candidates import Candidate
from rag.training.reading_sets import read_rows

# Whole questions, and what people type in a hurry: a name, a name and an attribute.
QUESTIONS = Path(__file__).parent / "questions" / "news_train.jsonl"
SHORT_QUESTIONS = Path(__file__).parent / "questions" / "short_train.jsonl"
_NEWS = "news_text"


@dataclass(frozen=True, slots=True)
class NewsQuestion:
    """A question about one row of the news; `answers` are offsets into its text, none when it does not say."""

    id: str
    row: int
    question: str
    kind: str
    answers: tuple[tuple[int, int], ...]

    @property
    def answerable(self) -> bool:
        return bool(self.answers)

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
            row["id"],
            row["row"],
            row["question"],
            row["kind"],
            tuple((found["start"], found["end"]) for found in row["answers"]),
        )
        for row in rows
    ]


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
    return random.Random(20261122).sample(range(66104), 300)


def is_gold(question: NewsQuestion, candidate: Candidate, articles: Mapping[str, Article]) -> bool:
    """Tell whether the sentence holds an answer: by source offsets, for repairing may move words."""
    if candidate.article_id != question.article_id:
        return False
    article = articles[candidate.article_id]
    span = article.source_span(candidate.start, candidate.end)
    return any(span.start <= start and end <= span.end for start, end in question.answers)
