"""The same passages and questions for every system: news articles, and among them the texts that CMRC asks about."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.chinese.text import split_sentences
from corpus.records import Article, Block, BlockKind, Passage, Span

MOST_LONG = 200_000  # passages: beyond, the news do not suffice, so passages are shorter and laws join them
LONG, SHORT = 160, 45  # characters from which a passage is closed at the end of a sentence
_WORD = re.compile(r"\w")  # a passage of marks alone has no vector


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, the answers that are right, and the ids of the passages of its text, any of which counts as found."""

    text: str
    answers: tuple[str, ...]
    passages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Task:
    """Articles already cut into passages, by the id of the article, and questions about some of them."""

    articles: tuple[Article, ...]
    cut: dict[str, tuple[Passage, ...]]
    questions: tuple[Question, ...]
    digest: str

    def passages(self) -> Iterator[Passage]:
        """Yield every passage, article by article."""
        for article in self.articles:
            yield from self.cut[article.id]

    def split(self, article: Article) -> tuple[Passage, ...]:
        return self.cut[article.id]


def read_task(data: Path, wanted: int, questions: int) -> Task:
    """Return `wanted` passages, CMRC's texts first, and at most so many `questions`, evenly drawn. Raises OSError."""
    asked: dict[str, list[dict[str, object]]] = {}
    for row in _rows(data / "cmrc2018_trial.jsonl.gz"):
        asked.setdefault(str(row["context"]).strip(), []).append(row)
    articles: list[Article] = []
    cut: dict[str, tuple[Passage, ...]] = {}
    listed: list[Question] = []
    for number, (text, rows) in enumerate(list(asked.items())[:wanted]):
        article = _article(f"q{number:06d}", text)
        articles.append(article)
        cut[article.id] = _whole(article)
        ids = frozenset(passage.id for passage in cut[article.id])
        listed += [Question(str(row["question"]), tuple(one["text"] for one in row["answers"]), ids) for row in rows]  # type: ignore[attr-defined]
    count = len(articles)
    target = LONG if wanted <= MOST_LONG else SHORT
    for number, text in enumerate(_texts(data)):
        if count >= wanted:
            break
        article = _article(f"n{number:06d}", text)
        passages = tuple(one for one in _packed(article, target) if _WORD.search(one.text))[: wanted - count]
        if passages:
            articles.append(article)
            cut[article.id] = passages
            count += len(passages)
    step = max(1, len(listed) // questions)
    chosen = tuple(listed[::step][:questions])
    digest = hashlib.sha256("\n".join(article.id + article.source_sha256 for article in articles).encode())
    return Task(tuple(articles), cut, chosen, digest.hexdigest())


def _texts(data: Path) -> Iterator[str]:
    seen: set[bytes] = set()
    for name in ("news_text", "law_articles"):
        for row in _rows(data / f"{name}.jsonl.gz"):
            text = str(row["text"]).strip()
            key = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
            if text and key not in seen:
                seen.add(key)
                yield text


def _rows(path: Path) -> Iterator[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _article(name: str, text: str) -> Article:
    return Article(
        id=name,
        text=text,
        blocks=(Block(BlockKind.BODY, 0, len(text)),),
        segments=(),
        gaps=(),
        headline="",
        kicker="",
        authors=(),
        publisher="",
        published=None,
        file_name=f"{name}.txt",
        source_sha256=hashlib.sha256(text.encode("utf-8", "replace")).hexdigest(),
    )


def _whole(article: Article) -> tuple[Passage, ...]:
    return (_passage(article, split_sentences(article.text)),)


def _packed(article: Article, target: int) -> tuple[Passage, ...]:
    made: list[Passage] = []
    held: list[Span] = []
    for span in split_sentences(article.text):
        held.append(span)
        if span.end - held[0].start >= target:
            made.append(_passage(article, held))
            held = []
    if held:
        made.append(_passage(article, held))
    return tuple(made)


def _passage(article: Article, sentences: list[Span]) -> Passage:
    start, end = sentences[0].start, sentences[-1].end
    return Passage(article.id, start, end, article.text[start:end], BlockKind.BODY, (), tuple(sentences), ())
