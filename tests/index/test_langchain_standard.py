"""The standard suites of langchain-tests, whole: nothing skipped, nothing expected to fail."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests import RetrieversIntegrationTests, VectorStoreIntegrationTests

from index.langchain import ArticleRetriever, FaissVectorStore
from index.storage.snapshot import Snapshot
from tests.index.worlds import NEW, build, opened


class TestFaissVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture()
    def vectorstore(self) -> VectorStore:
        return FaissVectorStore(self.get_embeddings())


class TestArticleRetriever(RetrieversIntegrationTests):
    snapshot: Snapshot

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _index(cls, tmp_path_factory: pytest.TempPathFactory) -> None:
        folder = tmp_path_factory.mktemp("index")
        build(NEW, folder)
        cls.snapshot = opened(folder)

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return ArticleRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"snapshot": self.snapshot}

    @property
    def retriever_query_example(self) -> str:
        return "船票多少钱"
