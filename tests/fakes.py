"""Small real classes that stand in for large ones."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from corpus.chinese.text import fold
from corpus.records import Article, Block, BlockKind, Passage, Published, Segment


class BigramEmbedder:
    """Embeds a text by hashing its characters and pairs of characters: no model file, no training, no surprise.

    `calls` counts the texts that were embedded.
    """

    def __init__(self, dim: int = 64, name: str = "bigram") -> None:
        self.name = name
        self.dim = dim
        self.fingerprint = hashlib.sha256(f"{name}-{dim}".encode()).hexdigest()
        self.calls = 0

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return rows of unit length, shape (len(texts), dim); zeros for an empty text."""
        self.calls += len(texts)
        vectors = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in enumerate(texts):
            folded = fold(text)
            for gram in [*folded, *(folded[at : at + 2] for at in range(len(folded) - 1))]:
                digest = hashlib.blake2b(gram.encode("utf-8", "replace"), digest_size=8).digest()
                sign = 1 if digest[0] & 1 else -1
                vectors[row, int.from_bytes(digest[1:], "big") % self.dim] += sign
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors /= np.where(lengths == 0, 1, lengths)
        return vectors

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Return what `encode` returns."""
        return self.encode(questions)


@dataclass(frozen=True, slots=True)
class MadeCorpus:
    """Articles made by hand; the digest follows their ids and texts, whatever their order."""

    articles: tuple[Article, ...]

    @property
    def digest(self) -> str:
        told = sorted(f"{article.id}\n{article.text}" for article in self.articles)
        return hashlib.sha256("\n\n".join(told).encode()).hexdigest()


def made_article(article_id: str, *paragraphs: str, headline: str = "") -> Article:
    """Return an article whose blocks are the paragraphs and whose source is its own text."""
    blocks: list[Block] = []
    at = 0
    for paragraph in paragraphs:
        blocks.append(Block(BlockKind.BODY, at, at + len(paragraph)))
        at += len(paragraph) + 1
    return Article(
        id=article_id,
        text="\n".join(paragraphs),
        blocks=tuple(blocks),
        segments=tuple(Segment(block.start, block.start, block.end - block.start) for block in blocks),
        gaps=(),
        headline=headline or f"{article_id}的消息",
        kicker="",
        authors=("某某",),
        publisher="某报",
        published=Published(date(2024, 5, 1), date(2024, 5, 31), inferred=True, clue="五月"),
        file_name=f"{article_id}.txt",
        source_sha256="0" * 64,
    )


def one_passage_a_block(article: Article) -> tuple[Passage, ...]:
    """Cut an article at its blocks, the simplest way there is."""
    return tuple(
        Passage(
            article.id, block.start, block.end, article.text[block.start : block.end], block.kind, (article.headline,)
        )
        for block in article.blocks
    )
