"""What can be judged: our own answerer, one from a Python module, one that answers by file.

A system is opened once for each world (a set of articles) and then asked case by case. Cases reach only systems that are
part of the suite's own tests; an answerer sees the question and the history, never the gold.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from corpus.errors import LinpingError
from corpus.records import Article
from evals.cases import EvalCase
from evals.metrics.relevance import Retrieved
from evals.run.worlds import World
from index.search.fusion import FusionWeights
from index.search.hits import Retriever
from index.storage.snapshot import Snapshot
from rag.protocol import Answerer
from rag.records import Answer

if TYPE_CHECKING:
    from rag.answerer import ExtractiveAnswerer

DEPTH = 20


class BadSystem(LinpingError):
    """A system that cannot be opened: nothing was measured."""

    exit_code = 20


class Opened(Protocol):
    """A system over one world."""

    def answer(self, case: EvalCase) -> Answer:
        """Return the answer to the question of `case`. May raise anything: that is a row, not the end."""
        ...

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...] | None:
        """Return at most `DEPTH` hits, best first; None when the system does not tell. `answer` is what it said, if asked."""
        ...


class System(Protocol):
    """What is judged. `fingerprint` changes when its answers may."""

    @property
    def name(self) -> str: ...

    @property
    def fingerprint(self) -> str: ...

    def open(self, world: World) -> Opened: ...


@dataclass(frozen=True, slots=True)
class Extractive:
    """The built-in answerer over an index of its own, built for each world and thrown away."""

    weights: FusionWeights | None = None
    search_only: bool = False
    name: str = "extractive"

    @property
    def fingerprint(self) -> str:
        return f"{self.name} {self.weights} {self.search_only}"

    def open(self, world: World) -> Opened:
        snapshot = snapshot_of(world, self.weights)
        if self.search_only:
            return _Searching(snapshot)
        from rag.answerer import ExtractiveAnswerer
        from rag.reading.finder import Models

        return _Asking(ExtractiveAnswerer(snapshot, Models.built_in()), _Searching(snapshot))


def snapshot_of(world: World, weights: FusionWeights | None = None) -> Snapshot:
    """Build and open an index of the world's articles; nothing of it stays on disk."""
    from index.search.embedding import load_embedder
    from index.storage.store import build_index, open_index

    embedder = load_embedder()
    with TemporaryDirectory(prefix="linping-eval-") as folder:
        build_index(world, Path(folder) / "index", embedder)
        return open_index(Path(folder) / "index", embedder, weights=weights)


@dataclass(frozen=True, slots=True)
class _Asking:
    answerer: Answerer
    searching: Opened | None

    def answer(self, case: EvalCase) -> Answer:
        return self.answerer.answer(case.question, case.history)

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...] | None:
        return self.searching.search(case, answer) if self.searching is not None else None


class _Searching:
    """Search as the answerer does it: the question made ready after the history, then both channels."""

    def __init__(self, snapshot: Snapshot) -> None:
        from rag.question.vocabulary import CorpusWords

        self._snapshot = snapshot
        self._words = CorpusWords(snapshot.words)

    def answer(self, case: EvalCase) -> Answer:
        raise NotImplementedError("this system only searches")

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...]:
        if answer is not None and answer.standalone:
            return found_by(self._snapshot, answer.standalone)
        from corpus.chinese.text import clean
        from rag.question.preparation import prepare

        prepared = prepare(clean(case.question), case.history, self._words)
        return found_by(self._snapshot, prepared.standalone or case.question)


def found_by(retriever: Retriever, question: str) -> tuple[Retrieved, ...]:
    """Return the passages that a retriever finds."""
    return tuple(
        Retrieved(hit.passage.article_id, hit.passage.start, hit.passage.end, hit.score, hit.lexical, hit.dense)
        for hit in retriever.search_passages(question, DEPTH)
    )


@dataclass(frozen=True, slots=True)
class Factory:
    """A function `module:name` that takes the articles by id and returns an Answerer; it may be a Retriever as well."""

    path: str

    @property
    def name(self) -> str:
        return self.path

    @property
    def fingerprint(self) -> str:
        return self.path

    def open(self, world: World) -> Opened:
        answerer = self._made()(world.by_id)
        if not callable(getattr(answerer, "answer", None)):
            raise BadSystem(f"{self.path} 返回的对象没有 answer 方法，不能评测。")
        found: object = answerer
        searching = _Retrieving(found) if isinstance(found, _Finds) else None
        return _Asking(answerer, searching)

    def _made(self) -> Callable[[Mapping[str, Article]], Answerer]:
        module, _, attribute = self.path.partition(":")
        try:
            made: Callable[[Mapping[str, Article]], Answerer] = getattr(importlib.import_module(module), attribute)
        except (ImportError, AttributeError, ValueError) as error:
            raise BadSystem(f"找不到 {self.path}：{error}；写法是 模块:函数，函数接收文章、返回回答者。") from error
        if not callable(made):
            raise BadSystem(f"{self.path} 不是函数，不能评测。")
        return made


@runtime_checkable
class _Finds(Retriever, Protocol):
    """A Retriever that can be told by looking at it."""


@dataclass(frozen=True, slots=True)
class _Retrieving:
    retriever: Retriever

    def answer(self, case: EvalCase) -> Answer:
        raise NotImplementedError("this system only searches")

    def search(self, case: EvalCase, answer: Answer | None) -> tuple[Retrieved, ...]:
        return found_by(self.retriever, case.question)


Wrap = Callable[["ExtractiveAnswerer"], Answerer]
LanguageModel = Callable[[], tuple[str, Wrap]]  # which model the settings name, and what puts it around an answerer


@dataclass(frozen=True, slots=True)
class Generative:
    """The built-in answerer with the language model of the settings around it; whoever reads settings gives `wrap`."""

    wrap: Wrap
    fingerprint: str
    name: str = "llm"

    def open(self, world: World) -> Opened:
        from rag.answerer import ExtractiveAnswerer
        from rag.reading.finder import Models

        snapshot = snapshot_of(world)
        return _Asking(self.wrap(ExtractiveAnswerer(snapshot, Models.built_in())), _Searching(snapshot))


def load_system(
    name: str, weights: FusionWeights | None = None, *, search_only: bool = False, model: LanguageModel | None = None
) -> System:
    """Return the system called `extractive`, `llm` (needs `model`) or `module:factory`. Raises BadSystem."""
    if name == "extractive":
        return Extractive(weights, search_only)
    if name == "llm":
        if model is None:
            raise BadSystem("这里没有语言模型的设置，请用 linping eval --answerer llm。")
        named, wrap = model()
        return Generative(wrap, f"llm {named}")
    if ":" in name:
        return Factory(name)
    raise BadSystem(f"没有名为「{name}」的回答者；可用 extractive、llm 或 模块:函数。")


def units_of(articles: Sequence[Article]) -> tuple[Retrieved, ...]:
    """Return the passages that could be found: what an ideal ranking is made of."""
    from corpus.chunking import passages

    return tuple(
        Retrieved(passage.article_id, passage.start, passage.end)
        for article in articles
        for passage in passages(article)
    )
