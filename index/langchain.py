"""The index as LangChain knows it: a retriever over passages, and a vector store over FAISS.

On langchain-core alone. Nothing else in `index` imports this module, so that asking a question need not load LangChain.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import uuid4

import numpy as np
from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables.config import run_in_executor
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance
from numpy.typing import NDArray
from pydantic import Field, field_validator

from corpus.records import Article, Passage
from index.search.dense import DenseIndex, Nearest
from index.search.embedding import Embedder
from index.storage.snapshot import Snapshot

Filter = Callable[[Document], bool]


def to_document(passage: Passage, article: Article, **extra: Any) -> Document:
    """Return a passage as a Document whose metadata are plain JSON values; `extra` is added to them."""
    published = article.published
    return Document(
        id=passage.id,
        page_content=passage.text,
        metadata={
            "article_id": passage.article_id,
            "headline": article.headline,
            "publisher": article.publisher,
            "published_first": published.first.isoformat() if published else None,
            "published_last": published.last.isoformat() if published else None,
            "published_inferred": published.inferred if published else None,
            "start": passage.start,
            "end": passage.end,
            "kind": passage.kind.value,
            "heading_path": list(passage.heading_path),
            **extra,
        },
    )


class ArticleRetriever(BaseRetriever):
    """Passages of the articles, both channels fused; `k` may be given anew with each call."""

    snapshot: Any  # a Snapshot; pydantic would take its type apart and find protocols that it cannot check
    k: int = Field(default=10, ge=1)

    @field_validator("snapshot")
    @classmethod
    def _is_snapshot(cls, given: object) -> Snapshot:
        if not isinstance(given, Snapshot):
            raise ValueError(f"a Snapshot is needed, not {type(given).__name__}")
        return given

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return self._found(query, k)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        return await run_in_executor(None, self._found, query, k)

    def _found(self, query: str, k: int | None) -> list[Document]:
        snapshot: Snapshot = self.snapshot
        return [
            to_document(
                hit.passage,
                snapshot.articles[hit.passage.article_id],
                generation=snapshot.generation,
                score=hit.score,
                lexical=hit.lexical,
                dense=hit.dense,
                matched=list(hit.matched),
            )
            for hit in snapshot.search_passages(query, k or self.k)
        ]


class EmbedderEmbeddings(Embeddings):
    """One of our embedders, as LangChain asks for them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self._embedder.encode(texts).tolist() if texts else []

    def embed_query(self, text: str) -> list[float]:
        return self._embedder.encode([text])[0].tolist()  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a store holds at one moment: documents and the vectors of the same rows."""

    documents: tuple[Document, ...]
    dense: Nearest

    def row_of(self) -> dict[str, int]:
        return {str(document.id): row for row, document in enumerate(self.documents)}


class FaissVectorStore(VectorStore):
    """Documents by cosine similarity, in memory.

    Readers see one immutable state, a writer puts another in its place: FAISS must not be added to while it is
    searched. Scores are cosines, from -1 to 1. To keep an index on disk, build one with `index.storage.store` and take
    `from_snapshot`.
    """

    def __init__(self, embedding: Embeddings) -> None:
        self._embedding = embedding
        self._contents: _Contents | None = None  # None while nobody knows the dimension
        self._writing = threading.Lock()

    @property
    def embeddings(self) -> Embeddings:
        return self._embedding

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> FaissVectorStore:
        store = cls(embedding)
        store.add_texts(texts, metadatas, ids=ids)
        return store

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> FaissVectorStore:
        """Return a store of the passages of an index, with the vectors that it holds: nothing is embedded anew."""
        store = cls(EmbedderEmbeddings(snapshot.embedder))
        documents = tuple(to_document(passage, snapshot.articles[passage.article_id]) for passage in snapshot.passages)
        store._contents = _Contents(documents, snapshot.by_passage.dense)
        return store

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: Sequence[str | None] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts and return their ids. A text under an id that is there replaces the one before, in its place."""
        held = list(texts)
        for what, given in (("metadatas", metadatas), ("ids", ids)):
            if given is not None and len(given) != len(held):
                raise ValueError(f"{len(held)} texts but {len(given)} {what}")
        if not held:
            return []
        named = [given or str(uuid4()) for given in (ids or [None] * len(held))]
        fresh = [
            Document(id=name, page_content=text, metadata=dict(metadata))
            for name, text, metadata in zip(named, held, metadatas or [{}] * len(held), strict=True)
        ]
        vectors = _halves(self._embedding.embed_documents(held))
        with self._writing:
            self._contents = _replaced(self._contents, fresh, vectors)
        return named

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool:
        """Remove documents by id, all of them for None; an id that is not there is no error."""
        with self._writing:
            contents = self._contents
            if contents is not None:
                doomed = set(contents.row_of() if ids is None else ids)
                rows = [row for row, document in enumerate(contents.documents) if document.id not in doomed]
                kept = contents.dense.vectors(np.array(rows, dtype=np.int64)).astype(np.float16)
                self._contents = _Contents(tuple(contents.documents[row] for row in rows), DenseIndex(kept))
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        contents = self._contents
        if contents is None:
            return []
        rows = contents.row_of()
        return [_copy(contents.documents[rows[name]]) for name in ids if name in rows]

    def similarity_search(self, query: str, k: int = 4, **kwargs: Any) -> list[Document]:
        return [document for document, _ in self.similarity_search_with_score(query, k, **kwargs)]

    def similarity_search_with_score(
        self, query: str, k: int = 4, *, filter: Filter | None = None, **kwargs: Any
    ) -> list[tuple[Document, float]]:
        """Return documents with their cosines, best first; only those that `filter` lets through."""
        return self._nearest(self._embedding.embed_query(query), k, filter)

    def similarity_search_by_vector(
        self, embedding: list[float], k: int = 4, *, filter: Filter | None = None, **kwargs: Any
    ) -> list[Document]:
        return [document for document, _ in self._nearest(embedding, k, filter)]

    def max_marginal_relevance_search(
        self, query: str, k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        return self.max_marginal_relevance_search_by_vector(
            self._embedding.embed_query(query), k, fetch_k, lambda_mult, **kwargs
        )

    def max_marginal_relevance_search_by_vector(
        self, embedding: list[float], k: int = 4, fetch_k: int = 20, lambda_mult: float = 0.5, **kwargs: Any
    ) -> list[Document]:
        """Return `k` of the `fetch_k` nearest, each near to the question and unlike those before it."""
        contents = self._contents
        if contents is None or k < 1:
            return []
        asked = _halves([embedding])[0].astype(np.float32)
        rows, _ = contents.dense.search(asked, max(k, fetch_k))
        chosen = maximal_marginal_relevance(asked, list(contents.dense.vectors(rows)), lambda_mult=lambda_mult, k=k)
        return [_copy(contents.documents[int(rows[at])]) for at in chosen]

    async def asimilarity_search_with_score(self, *args: Any, **kwargs: Any) -> list[tuple[Document, float]]:
        return await run_in_executor(None, partial(self.similarity_search_with_score, *args, **kwargs))

    def _select_relevance_score_fn(self) -> Callable[[float], float]:
        return lambda cosine: (1 + cosine) / 2

    def _nearest(self, embedding: Sequence[float], k: int, accept: Filter | None) -> list[tuple[Document, float]]:
        contents = self._contents
        if contents is None:
            return []
        wanted = k if accept is None else len(contents.documents)
        rows, scores = contents.dense.search(_halves([embedding])[0].astype(np.float32), wanted)
        found = ((contents.documents[row], score) for row, score in zip(rows.tolist(), scores.tolist(), strict=True))
        return [(_copy(document), score) for document, score in found if accept is None or accept(document)][:k]


def _replaced(before: _Contents | None, fresh: Sequence[Document], vectors: NDArray[np.float16]) -> _Contents:
    documents = list(before.documents) if before else []
    rows = list(before.dense.vectors().astype(np.float16)) if before else []
    place = before.row_of() if before else {}
    for document, vector in zip(fresh, vectors, strict=True):
        at = place.setdefault(str(document.id), len(documents))
        documents[at : at + 1] = [document]
        rows[at : at + 1] = [vector]
    return _Contents(tuple(documents), DenseIndex(np.stack(rows)))


def _halves(vectors: Sequence[Sequence[float]]) -> NDArray[np.float16]:
    """Return rows of unit length; a row of zeros stays one."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    halves: NDArray[np.float16] = (rows / np.where(lengths == 0, 1, lengths)).astype(np.float16)
    return halves


def _copy(document: Document) -> Document:
    """What a caller does to a document must not reach the store."""
    return document.model_copy(deep=True)
