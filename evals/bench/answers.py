"""Whole answers, ours beside LangChain's, to the same questions: `python -m evals.bench.answers SYSTEM` prints one JSON object.

News, and questions in pairs that people wrote about it, one answered by its article and its near twin not
(`evals/sets/read_next.jsonl`: asked before, its wrong answers were read; what was never asked stays so). An answer is right
when what it cites holds the clause that answers.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import click

from corpus.chunking import passages
from corpus.records import Article, Span
from evals.bench.systems import LangChain
from evals.unseen import answerer, holds, news, read
from index.search.embedding import STATIC
from index.storage.store import ArticleSource
from rag.citing import cite
from rag.reading.reader import Reader, Window
from rag.records import Citation, Status

SET = "read_next.jsonl"
_READ = 5  # passages


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """What a system shows for a question and how sure it is; it answers where it is surer than its threshold."""

    citations: tuple[Citation, ...]
    sure: float


class Answering(Protocol):
    """A whole way from a question to an answer. `threshold` is its own; `packages` are told by version."""

    packages: Sequence[str]
    threshold: float

    def make(self, articles: ArticleSource, home: Path) -> None: ...

    def answer(self, question: str) -> ShownAnswer: ...


class OurAnswers:
    """The product, with the static embedder that the peers have as well."""

    packages: Sequence[str] = ("linping-qa",)
    threshold = 0.5  # either answered or not

    def make(self, articles: ArticleSource, home: Path) -> None:
        self._answerer = answerer(articles, home, STATIC)

    def answer(self, question: str) -> ShownAnswer:
        given = self._answerer.answer(question)
        return ShownAnswer(given.citations, float(given.status is Status.ANSWERED))


class LangChainAnswers:
    """LangChain's ensemble, then an extractive reader over the sentences of the first passages; the likeliest is the answer.

    The reader is ours without what we put around it (the judge, times, places, proof), as a Runnable: our weights are ONNX,
    which the question-answering pipeline of `transformers` cannot load.
    """

    packages: Sequence[str] = LangChain.packages
    threshold = 0.0  # log-odds: as likely as not

    def make(self, articles: ArticleSource, home: Path) -> None:
        from langchain_core.runnables import RunnableLambda

        self._reader = Reader.load()
        self._articles = {article.id: article for article in articles.articles}
        self._held = {passage.id: passage for article in articles.articles for passage in passages(article)}
        found = LangChain()
        found.ids = list(self._held)
        found.make([passage.text for passage in self._held.values()])
        self._chain: Any = RunnableLambda(lambda asked: (asked, found.ask(asked, _READ))) | RunnableLambda(self._read)

    def answer(self, question: str) -> ShownAnswer:
        said: ShownAnswer = self._chain.invoke(question)
        return said

    def _read(self, asked: tuple[str, Sequence[str]]) -> ShownAnswer:
        question, found = asked
        sentences = [(self._articles[self._held[one].article_id], span) for one in found for span in self._spans(one)]
        windows = [Window.of(article.text[s.start : s.end], before=_before(article, s)) for article, s in sentences]
        readings = self._reader.read(question, windows)
        if not readings:
            return ShownAnswer((), -9.0)
        best = max(range(len(readings)), key=lambda at: readings[at].odds)
        article, span = sentences[best]
        return ShownAnswer((cite(article, span.start, span.end, 1),), readings[best].odds)

    def _spans(self, name: str) -> Sequence[Span]:
        return self._held[name].sentences


def _before(article: Article, span: Span) -> str:
    return article.text[max(0, span.start - 80) : span.start]


ANSWERING: dict[str, Callable[[], Answering]] = {"ours": OurAnswers, "langchain": LangChainAnswers}


@click.command(help=__doc__)
@click.argument("system", type=click.Choice(sorted(ANSWERING)))
@click.option("--data", type=click.Path(path_type=Path), default=Path("../shared/data"), show_default=True)
@click.option("--questions", default=10_000, show_default=True, help="At most so many, pairs together.")
def main(system: str, data: Path, questions: int) -> None:
    made = ANSWERING[system]()
    cases = read(SET)[: questions - questions % 2]
    asked: list[dict[str, Any]] = []
    spent: list[float] = []
    with tempfile.TemporaryDirectory() as home:
        made.make(news(data), Path(home))
        for case in cases:
            begin = time.process_time()
            said = made.answer(case["question"])
            spent.append(time.process_time() - begin)
            right = case["answerable"] and any(holds(case, one) for one in said.citations)
            asked.append({"answerable": case["answerable"], "right": bool(right), "sure": said.sure})
    told = {"system": system, "threshold": made.threshold, "asked": asked, "load": os.getloadavg()[0]}
    click.echo(json.dumps(told | {"p50_cpu_ms": 1000 * statistics.median(spent)}))


@dataclass(frozen=True, slots=True)
class Ending:
    """How the questions of one system end at a threshold, as counts."""

    answerable: int
    right: int
    wrong: int
    absent: int
    refused: int

    @classmethod
    def of(cls, asked: Sequence[dict[str, Any]], threshold: float) -> Ending:
        there = [one for one in asked if one["answerable"]]
        absent = [one for one in asked if not one["answerable"]]
        answered = [one for one in asked if one["sure"] > threshold]
        right = sum(one["right"] for one in there if one["sure"] > threshold)
        refused = sum(one["sure"] <= threshold for one in absent)
        return cls(len(there), right, len(answered) - right, len(absent), refused)


def as_strict(asked: Sequence[dict[str, Any]], refused: int) -> float:
    """Return the lowest threshold at which so many of the absent questions are refused."""
    sure = sorted(one["sure"] for one in asked if not one["answerable"])
    return float(sure[refused - 1]) if refused else float("-inf")


if __name__ == "__main__":
    main()
