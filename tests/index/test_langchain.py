from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from langchain_core.documents import Document
from pydantic import ValidationError

from index.langchain import ArticleRetriever, EmbedderEmbeddings, FaissVectorStore
from index.storage.snapshot import Snapshot
from tests.index.worlds import EMBEDDER, NEW, build, opened


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("index")
    build(NEW, folder)
    return opened(folder)


def store_of(*texts: str) -> FaissVectorStore:
    return FaissVectorStore.from_texts(list(texts), EmbedderEmbeddings(EMBEDDER), ids=[text[0] for text in texts])


def test_a_retriever_gives_the_hits_of_the_index_with_plain_metadata(snapshot: Snapshot) -> None:
    (document,) = ArticleRetriever(snapshot=snapshot, k=1).invoke("石桥建于哪一年")
    (hit,) = snapshot.search_passages("石桥建于哪一年", 1)
    assert (document.id, document.page_content) == (hit.passage.id, hit.passage.text)
    assert json.loads(json.dumps(document.metadata)) == document.metadata
    assert document.metadata["headline"] == "桥的消息" and document.metadata["published_first"] == "2024-05-01"
    assert document.metadata["score"] == hit.score


def test_a_retriever_of_anything_else_is_refused(snapshot: Snapshot) -> None:
    with pytest.raises(ValidationError, match="a Snapshot is needed"):
        ArticleRetriever(snapshot="index")
    with pytest.raises(ValidationError):
        ArticleRetriever(snapshot=snapshot, k=0)


def test_a_store_of_an_index_searches_the_vectors_that_the_index_holds(snapshot: Snapshot) -> None:
    EMBEDDER.calls = 0
    store = FaissVectorStore.from_snapshot(snapshot)
    assert EMBEDDER.calls == 0
    passage = snapshot.passages[3]
    (found,) = store.get_by_ids([passage.id])
    assert found.page_content == passage.text and found.metadata["article_id"] == passage.article_id
    rows, cosines = snapshot.by_passage.dense.search(snapshot.query("船票多少钱").vector, 2)
    hits = store.similarity_search_with_score("船票多少钱", 2)
    assert [document.id for document, _ in hits] == [snapshot.passages[row].id for row in rows]
    assert [cosine for _, cosine in hits] == pytest.approx(list(cosines), abs=1e-3)


def test_scores_are_cosines_and_relevance_lies_between_zero_and_one() -> None:
    store = store_of("石桥建于1782年", "茶园收成三百担")
    (best, cosine), *_ = store.similarity_search_with_score("石桥建于1782年", k=2)
    assert best.id == "石" and cosine == pytest.approx(1, abs=1e-3)
    assert all(0 <= score <= 1 for _, score in store.similarity_search_with_relevance_scores("茶园", k=2))


def test_a_filter_is_asked_before_the_best_are_counted() -> None:
    store = store_of("甲石桥", "乙石桥", "丙茶园")
    found = store.similarity_search("石桥", k=1, filter=lambda document: document.id == "丙")
    assert [document.id for document in found] == ["丙"]


def test_marginal_relevance_passes_over_what_says_the_same() -> None:
    store = store_of("甲石桥很老", "乙石桥很老", "丙茶园")
    found = store.max_marginal_relevance_search("石桥很老", k=2, fetch_k=3, lambda_mult=0.1)
    assert [document.id[0] for document in found if document.id][1] == "丙"


def test_deleting_everything_leaves_a_store_that_can_be_filled_again() -> None:
    store = store_of("甲", "乙")
    assert store.delete() and store.similarity_search("甲") == []
    store.add_texts(["丙"], ids=["丙"])
    assert [document.id for document in store.similarity_search("丙")] == ["丙"]


def test_what_a_caller_does_to_a_document_does_not_reach_the_store() -> None:
    store = FaissVectorStore(EmbedderEmbeddings(EMBEDDER))
    store.add_documents([Document(id="甲", page_content="石桥", metadata={"tags": ["a"]})])
    store.similarity_search("石桥")[0].metadata["tags"].append("b")
    assert store.get_by_ids(["甲"])[0].metadata == {"tags": ["a"]}


def test_lists_of_two_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="2 texts but 1 ids"):
        store_of("甲").add_texts(["乙", "丙"], ids=["乙"])


def test_searching_while_others_add_and_delete_is_safe() -> None:
    store = store_of("甲石桥")
    failures: list[Exception] = []

    def work(number: int) -> None:
        try:
            for turn in range(30):
                if number < 4:
                    store.add_texts([f"{number}号写第{turn}次"], ids=[f"{number}-{turn}"])
                else:
                    assert store.similarity_search("石桥", k=3)[0].page_content
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert len(store.similarity_search("石桥", k=1000)) == 1 + 4 * 30
