"""Ours, the peers and the bare libraries, each the way its own documentation puts it together, over the same passages.

All take their vectors from the same embedder and cut words where they ask for words: by jieba. Each is imported when it
is measured, so that no one pays for another.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from evals.bench.passages import Task
from index.search.embedding import BUILTIN, STATIC, Embedder, load_embedder

_MODELS = Path(__file__).parents[2] / "index" / "models"
_CANDIDATES = 50
_READ_AT_ONCE = 150  # characters
_RANK = 60  # of reciprocal-rank fusion


class System(Protocol):
    """A way to find passages."""

    packages: ClassVar[tuple[str, ...]]
    opens: ClassVar[bool]

    def index(self, task: Task, home: Path) -> None:
        """Make everything that `ask` needs, in `home` if it lives on a disk."""

    def open(self, home: Path) -> None:
        """Get ready from what lies in `home`, where `opens`."""

    def ask(self, question: str, k: int) -> Sequence[str]:
        """Return the ids of `k` passages, best first."""


class Ours:
    packages: ClassVar[tuple[str, ...]] = ("linping-qa",)
    opens: ClassVar[bool] = True

    def index(self, task: Task, home: Path) -> None:
        from index.storage.store import build_index

        build_index(task, home, self.embedder, split=task.split)

    def open(self, home: Path) -> None:
        from index.storage.store import open_index

        self.snapshot = open_index(home, self.embedder)

    def __init__(self, name: str = STATIC) -> None:
        self.embedder = load_embedder(name)

    def ask(self, question: str, k: int) -> Sequence[str]:
        return [hit.passage.id for hit in self.snapshot.search_passages(question, k)]


class OursEncoder(Ours):
    """With vectors of the pretrained encoder, as the product has them of some thousand passages."""

    def __init__(self) -> None:
        super().__init__(BUILTIN)


class _InMemory:
    """What all of those have in common that keep their index in the process."""

    packages: ClassVar[tuple[str, ...]] = ()
    opens: ClassVar[bool] = False

    def open(self, home: Path) -> None:
        raise NotImplementedError

    def index(self, task: Task, home: Path) -> None:
        self.ids, texts = [], []
        for passage in task.passages():
            self.ids.append(passage.id)
            texts.append(passage.text)
        self.make(texts)

    def make(self, texts: list[str]) -> None:
        raise NotImplementedError

    def ask(self, question: str, k: int) -> Sequence[str]:
        raise NotImplementedError


class Faiss(_InMemory):
    """Every vector in full precision."""

    packages: ClassVar[tuple[str, ...]] = ("faiss-cpu",)

    def make(self, texts: list[str]) -> None:
        import faiss

        self.embedder = load_embedder(STATIC)
        self.flat = faiss.IndexFlatIP(self.embedder.dim)
        for first in range(0, len(texts), 1024):
            self.flat.add(self.embedder.encode(texts[first : first + 1024]))

    def rows(self, question: str, k: int) -> list[int]:
        _, rows = self.flat.search(self.embedder.encode_questions([question]), k)
        return [int(row) for row in rows[0] if row >= 0]

    def ask(self, question: str, k: int) -> Sequence[str]:
        return [self.ids[row] for row in self.rows(question, k)]


class Bm25s(_InMemory):
    """Characters and pairs, as ours."""

    packages: ClassVar[tuple[str, ...]] = ("bm25s",)

    def make(self, texts: list[str]) -> None:
        import bm25s

        from index.search.lexical import terms

        self.bm25 = bm25s.BM25(k1=1.2, b=0.75)
        self.bm25.index([terms(text) for text in texts], show_progress=False)

    def rows(self, question: str, k: int) -> list[int]:
        from index.search.lexical import terms

        found, _ = self.bm25.retrieve([terms(question)], k=min(k, len(self.ids)), show_progress=False)
        return [int(row) for row in found[0]]

    def ask(self, question: str, k: int) -> Sequence[str]:
        return [self.ids[row] for row in self.rows(question, k)]


class FaissAndBm25s(_InMemory):
    """The two, fused by rank: as little as a hybrid search can be."""

    packages: ClassVar[tuple[str, ...]] = ("faiss-cpu", "bm25s")

    def make(self, texts: list[str]) -> None:
        self.dense, self.lexical = Faiss(), Bm25s()
        self.dense.ids = self.lexical.ids = self.ids
        self.dense.make(texts)
        self.lexical.make(texts)

    def ask(self, question: str, k: int) -> Sequence[str]:
        scores: dict[int, float] = {}
        for rows in (self.dense.rows(question, _CANDIDATES), self.lexical.rows(question, _CANDIDATES)):
            for rank, row in enumerate(rows, 1):
                scores[row] = scores.get(row, 0.0) + 1 / (_RANK + rank)
        return [self.ids[row] for row in sorted(scores, key=lambda row: -scores[row])[:k]]


class Tantivy(_InMemory):
    """Lucene's ways in Rust; characters and pairs, as ours."""

    packages: ClassVar[tuple[str, ...]] = ("tantivy",)

    def make(self, texts: list[str]) -> None:
        import tantivy

        from index.search.lexical import terms

        builder = tantivy.SchemaBuilder()
        builder.add_text_field("body", stored=False, tokenizer_name="whitespace")
        builder.add_unsigned_field("row", stored=True, indexed=False)
        self.schema = builder.build()
        self.held = tantivy.Index(self.schema)
        writer = self.held.writer(128_000_000, 1)
        for row, text in enumerate(texts):
            writer.add_document(tantivy.Document(body=" ".join(terms(text)), row=row))
        writer.commit()
        writer.wait_merging_threads()
        self.held.reload()
        self.searcher = self.held.searcher()

    def ask(self, question: str, k: int) -> Sequence[str]:
        import tantivy

        from index.search.lexical import terms

        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(self.schema, "body", term)) for term in set(terms(question))
        ]
        hits = self.searcher.search(tantivy.Query.boolean_query(parts), k).hits
        return [self.ids[self.searcher.doc(address)["row"][0]] for _, address in hits]


class LangChain(_InMemory):
    """FAISS, BM25Retriever over jieba's words, EnsembleRetriever."""

    packages: ClassVar[tuple[str, ...]] = ("langchain-classic", "langchain-community", "langchain-huggingface")
    candidates = _CANDIDATES

    def make(self, texts: list[str]) -> None:
        import jieba
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_community.vectorstores.utils import DistanceStrategy

        jieba.initialize()
        about = [{"id": name} for name in self.ids]
        self.bm25 = BM25Retriever.from_texts(texts, about, preprocess_func=jieba.lcut, k=self.candidates)
        # By its own L2 a passage without any known word, whose vector is zero, would be near to every question.
        inner = DistanceStrategy.MAX_INNER_PRODUCT
        store = FAISS.from_texts(texts, self.embeddings(), about, distance_strategy=inner)
        dense = store.as_retriever(search_kwargs={"k": self.candidates})
        self.found: Any = EnsembleRetriever(
            retrievers=[self.bm25, dense],
            weights=[0.5, 0.5],
            id_key="id",  # else passages printed twice count twice
        )

    def embeddings(self) -> Any:
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(
            model_name=str(_MODELS / "embedder"),
            model_kwargs={"device": "cpu"},
            encode_kwargs={"normalize_embeddings": True},
        )

    def ask(self, question: str, k: int) -> Sequence[str]:
        return [str(document.metadata["id"]) for document in self.found.invoke(question)[:k]]


class LangChainEncoder(LangChain):
    """The same with HuggingFaceEmbeddings on our pretrained encoder, its prompts for questions and passages."""

    def embeddings(self) -> Any:
        from langchain_huggingface import HuggingFaceEmbeddings

        return HuggingFaceEmbeddings(
            model_name=str(_MODELS / "encoder"),
            model_kwargs={"device": "cpu", "trust_remote_code": True},  # the class is ours: index.sentence_module
            encode_kwargs={"prompt_name": "document"},
            query_encode_kwargs={"prompt_name": "query"},
        )


class LangChainReranked(LangChain):
    """The same, and the first twenty at most put in order by CrossEncoderReranker; the cross-encoder is our reader."""

    candidates = 10  # of each retriever

    def make(self, texts: list[str]) -> None:
        from langchain_classic.retrievers import ContextualCompressionRetriever
        from langchain_classic.retrievers.document_compressors import CrossEncoderReranker
        from langchain_classic.retrievers.document_compressors.cross_encoder import BaseCrossEncoder

        from rag.reading.reader import Reader, Window

        def windows(text: str) -> list[Window]:
            """Return the passage in parts that the reader sees whole."""
            return [Window(text[at : at + _READ_AT_ONCE]) for at in range(0, len(text), _READ_AT_ONCE)]

        class OurReader(BaseCrossEncoder):  # type: ignore[misc]
            def __init__(self) -> None:
                self.reader = Reader.load()

            def score(self, pairs: list[tuple[str, str]]) -> list[float]:
                return [max(one.odds for one in self.reader.read(asked, windows(text))) for asked, text in pairs]

        super().make(texts)
        reranker = CrossEncoderReranker(model=OurReader(), top_n=self.candidates)
        self.found = ContextualCompressionRetriever(base_compressor=reranker, base_retriever=self.found)


class Haystack(_InMemory):
    """InMemoryDocumentStore, both of its retrievers, DocumentJoiner by reciprocal rank; words parted by jieba."""

    packages: ClassVar[tuple[str, ...]] = ("haystack-ai",)

    def make(self, texts: list[str]) -> None:
        import jieba
        from haystack import Document
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        self.embedder = load_embedder(STATIC)
        store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
        for first in range(0, len(texts), 1024):
            some = texts[first : first + 1024]
            store.write_documents(
                [
                    Document(id=name, content=" ".join(jieba.lcut(text)), embedding=vector)
                    for name, text, vector in zip(
                        self.ids[first : first + 1024], some, self.embedder.encode(some).tolist(), strict=True
                    )
                ]
            )
        self.bm25 = InMemoryBM25Retriever(store, top_k=_CANDIDATES)
        self.dense = InMemoryEmbeddingRetriever(store, top_k=_CANDIDATES)
        self.joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def ask(self, question: str, k: int) -> Sequence[str]:
        import jieba

        vector = self.embedder.encode_questions([question])[0].tolist()
        found = [
            self.bm25.run(query=" ".join(jieba.lcut(question)))["documents"],
            self.dense.run(query_embedding=vector)["documents"],
        ]
        return [document.id for document in self.joiner.run(documents=found)["documents"][:k]]


class LlamaIndex(_InMemory):
    """VectorStoreIndex and BM25Retriever, joined by QueryFusionRetriever; words parted by jieba."""

    packages: ClassVar[tuple[str, ...]] = ("llama-index-core", "llama-index-retrievers-bm25")

    def make(self, texts: list[str]) -> None:
        import jieba
        from llama_index.core import MockEmbedding, Settings, VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.core.schema import TextNode
        from llama_index.retrievers.bm25 import BM25Retriever

        Settings.llm = MockLLM()
        self.embedder = load_embedder(STATIC)
        nodes = []
        for first in range(0, len(texts), 1024):
            some = texts[first : first + 1024]
            for name, text, vector in zip(
                self.ids[first : first + 1024], some, self.embedder.encode(some).tolist(), strict=True
            ):
                nodes.append(TextNode(id_=name, text=" ".join(jieba.lcut(text)), embedding=vector))
        held = VectorStoreIndex(nodes, embed_model=_LlamaEmbedding.of(self.embedder, MockEmbedding))
        bm25 = BM25Retriever.from_defaults(
            nodes=nodes, similarity_top_k=_CANDIDATES, skip_stemming=True, token_pattern=r"(?u)\b\w+\b"
        )
        dense = held.as_retriever(similarity_top_k=_CANDIDATES)
        self.both = QueryFusionRetriever(
            [bm25, dense], similarity_top_k=_CANDIDATES, num_queries=1, mode="reciprocal_rerank", use_async=False
        )

    def ask(self, question: str, k: int) -> Sequence[str]:
        import jieba

        return [found.node.node_id for found in self.both.retrieve(" ".join(jieba.lcut(question)))[:k]]


class _LlamaEmbedding:
    @staticmethod
    def of(embedder: Embedder, base: Any) -> Any:
        class Static(base):  # type: ignore[misc]
            def _get_query_embedding(self, query: str) -> list[float]:
                vector: list[float] = embedder.encode_questions([query.replace(" ", "")])[0].tolist()
                return vector

        return Static(embed_dim=embedder.dim)


class Txtai(_InMemory):
    """Embeddings(hybrid=True) over vectors from outside; words parted by jieba."""

    packages: ClassVar[tuple[str, ...]] = ("txtai",)

    def make(self, texts: list[str]) -> None:
        import jieba
        from txtai import Embeddings

        self.embedder = load_embedder(STATIC)

        def vectors(parted: list[str]) -> NDArray[np.float32]:
            return self.embedder.encode([text.replace(" ", "") for text in parted])

        self.held = Embeddings(method="external", transform=vectors, hybrid=True, content=False)
        self.held.index((name, " ".join(jieba.lcut(text)), None) for name, text in zip(self.ids, texts, strict=True))

    def ask(self, question: str, k: int) -> Sequence[str]:
        import jieba

        return [str(name) for name, _ in self.held.search(" ".join(jieba.lcut(question)), k)]


SYSTEMS: dict[str, type[System]] = {
    "ours": Ours,
    "langchain": LangChain,
    "langchain/reranked": LangChainReranked,
    "haystack": Haystack,
    "llamaindex": LlamaIndex,
    "txtai": Txtai,
    "faiss+bm25s": FaissAndBm25s,
    "faiss": Faiss,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
    "ours/encoder": OursEncoder,
    "langchain/encoder": LangChainEncoder,
}
