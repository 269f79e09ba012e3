"""The articles that a question is asked of: all of them, those of an earlier day, or with one smuggled in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from corpus.decoding import SourceText
from corpus.loading import load_corpus
from corpus.records import Article
from corpus.repair.repairing import repair
from evals.cases import SETS, BadCase, EvalCase, Planted

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpus" / "articles"
PINNED = SETS / "articles.json"


@dataclass(frozen=True, slots=True)
class World:
    """What is known when a question is asked. `articles` is the order of ids; `digest` tells worlds apart."""

    name: str
    articles: tuple[Article, ...]

    @property
    def digest(self) -> str:
        return corpus_hash(self.articles)

    @property
    def by_id(self) -> Mapping[str, Article]:
        return {article.id: article for article in self.articles}


def pinned_articles(folder: Path = CORPUS, pins: Path = PINNED) -> tuple[Article, ...]:
    """Return the articles that the sets are about, in the order of their ids. Raises BadCase when one is not as it was.

    The corpus grows every week, the sets do not: what is «not in the articles» is only true of the articles that the
    questions were written from.
    """
    wanted: dict[str, str] = json.loads(pins.read_text(encoding="utf-8"))
    known = {article.id: article for article in load_corpus(folder).articles}
    for article_id, sha in wanted.items():
        if article_id not in known:
            raise BadCase(f"评测要用的文章 {article_id} 不在 {folder} 里，请放回去。")
        if known[article_id].source_sha256 != sha:
            raise BadCase(f"评测要用的文章 {article_id} 的文件被改动过，请恢复原样，或改题后运行 linping eval locate。")
    return tuple(known[article_id] for article_id in sorted(wanted))


def pin(folder: Path = CORPUS, pins: Path = PINNED) -> None:
    """Write down anew what the files of the pinned articles hold; which articles are pinned does not change."""
    wanted = json.loads(pins.read_text(encoding="utf-8"))
    known = {article.id: article.source_sha256 for article in load_corpus(folder).articles}
    fresh = {article_id: known.get(article_id, sha) for article_id, sha in wanted.items()}
    pins.write_text(json.dumps(fresh, indent=1) + "\n", encoding="utf-8")


def corpus_hash(articles: Sequence[Article]) -> str:
    """Return the SHA-256 of what the articles say and when, whatever their order."""
    told = sorted(f"{a.id}\0{a.headline}\0{a.publisher}\0{a.published}\0{a.gaps}\0{a.text}" for a in articles)
    return sha256("\0\0".join(told).encode("utf-8", "surrogatepass")).hexdigest()


def world_of(case: EvalCase, articles: Sequence[Article]) -> World:
    """Return the world of a case. Raises BadCase when no article had appeared by its day."""
    kept, name = tuple(articles), "all"
    if case.as_of is not None:
        kept, name = tuple(a for a in articles if _had_appeared(a, case.as_of)), f"as-of-{case.as_of}"
        if not kept:
            raise BadCase(f"{case.id} 的提问日期 {case.as_of} 早于所有文章。")
    if case.planted is not None:
        return World(f"planted-{case.planted.name}", (*kept, planted_article(case.planted)))
    return World(name, kept)


def planted_article(planted: Planted) -> Article:
    """Return the article that an attacker got into the collection: undated, as anything dropped into a folder."""
    data = planted.text.encode()
    name = f"planted-{planted.name}.txt"
    return repair(SourceText(name, planted.text, "txt", "utf-8", sha256(data).hexdigest()))


def _had_appeared(article: Article, day: date) -> bool:
    return article.published is not None and article.published.last <= day
