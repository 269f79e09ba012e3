"""Reading-comprehension sets as articles and questions, so that training goes the road that asking goes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from corpus.records import Article, Block, BlockKind, Segment

GREEN = ("cmrc2018_train", "drcd_dev_simp")
YELLOW = ("squad_zh_v1_dev_noxquad", "squad_zh_v2_dev_noxquad")


@dataclass(frozen=True, slots=True)
class ReadingQuestion:
    """A question and where its answers begin: offsets into the text of the article, none when there is no answer."""

    id: str
    text: str
    article_id: str
    starts: tuple[int, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadingSet:
    """One data set as a corpus of its own. `articles` and `digest` make it an ArticleSource."""

    name: str
    articles: tuple[Article, ...]
    questions: tuple[ReadingQuestion, ...]

    @property
    def digest(self) -> str:
        return sha256("\n".join(article.source_sha256 for article in self.articles).encode()).hexdigest()


def read_rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of `folder/name.jsonl.gz`."""
    with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def read_set(folder: Path, name: str) -> ReadingSet:
    """Return a set of `../shared/data`: every distinct context an article, its title the headline."""
    articles: dict[str, Article] = {}
    questions: list[ReadingQuestion] = []
    for row in read_rows(folder, name):
        if not row["question"].strip():
            continue
        context = row["context"]
        article = articles.setdefault(context, _article(f"{name}-{len(articles):05d}", row.get("title", ""), context))
        starts = tuple(int(answer["answer_start"]) for answer in row["answers"])
        texts = tuple(str(answer["text"]) for answer in row["answers"])
        questions.append(ReadingQuestion(str(row["id"]), row["question"].strip(), article.id, starts, texts))
    return ReadingSet(name, tuple(articles.values()), tuple(questions))


def _article(article_id: str, title: str, context: str) -> Article:
    blocks = [Block(BlockKind.BODY, start, end) for start, end in _lines(context)]
    segments = [Segment(block.start, block.start, block.end - block.start) for block in blocks]
    return Article(
        id=article_id,
        text=context,
        blocks=tuple(blocks),
        segments=tuple(segments),
        gaps=(),
        headline=title,
        kicker="",
        authors=(),
        publisher="",
        published=None,
        file_name=article_id,
        source_sha256=sha256(context.encode()).hexdigest(),
    )


def _lines(text: str) -> Iterable[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line.strip():
            yield start, start + len(line)
        start += len(line) + 1


def shared_out(text: str) -> bool:
    """Tell whether a question is kept from the ranker (three in ten, by its hash) for what judges the ranker's scores."""
    return int(sha256(text.encode()).hexdigest(), 16) % 10 >= 7
