from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import CorpusError, IndexBusy, ModelError
from corpus.records import Article, BlockKind, Passage, Span
from index.storage.disk import OS_DISK
from index.storage.generations import writing
from index.storage.store import build_index
from tests.fakes import BigramEmbedder, MadeCorpus, made_article, one_passage_a_block
from tests.index.worlds import EMBEDDER, NEW, OLD, build, manifest, opened
from tests.indexes import snapshot_of


def test_an_index_holds_the_articles_passages_and_sentences(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    snapshot = opened(tmp_path)
    assert dict(snapshot.articles) == {article.id: article for article in OLD.articles}
    bridge, tea = OLD.articles
    assert list(snapshot.passages) == [*one_passage_a_block(bridge), *one_passage_a_block(tea)]
    assert [sentence.text for sentence in snapshot.sentences] == [
        "老城的石桥建于1782年。",
        "桥长四十二米，共有五孔。",
        "去年秋天，桥面重新铺了石板。",
        "山上的茶园今年收成三百担。",
        "采茶的人从清明忙到谷雨。",
    ]
    for sentence in snapshot.sentences:
        assert snapshot.articles[sentence.article_id].text[sentence.start : sentence.end] == sentence.text
    assert snapshot.corpus_digest == OLD.digest and snapshot.warnings == ()


def test_rows_lead_from_articles_to_passages_to_sentences(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    snapshot = opened(tmp_path)
    assert snapshot.passage_rows("桥") == range(2) and snapshot.passage_rows("茶") == range(2, 3)
    assert snapshot.sentence_rows(0) == range(2) and snapshot.sentence_rows(1) == range(2, 3)
    assert snapshot.article_sentence_rows("桥") == range(3) and snapshot.article_sentence_rows("茶") == range(3, 5)
    assert snapshot.passage_rows("无") == range(0) and snapshot.article_sentence_rows("无") == range(0)
    assert [sentence.passage for sentence in snapshot.sentences] == [0, 0, 1, 2, 2]


def test_hits_carry_their_scores_ranks_and_matched_words(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    snapshot = opened(tmp_path)
    first, *others = snapshot.search_sentences("石桥建于哪一年", 5)
    assert first.sentence.text == "老城的石桥建于1782年。"
    assert (first.rank, first.lexical_rank, first.matched) == (1, 1, ("石桥建于",))
    assert all(hit.score <= first.score for hit in others)
    assert snapshot.sentences[first.row] == first.sentence
    query = snapshot.query("石桥建于哪一年")
    assert snapshot.by_sentence.lexical_scores(query, [first.row])[0] == pytest.approx(first.lexical)
    assert snapshot.by_sentence.dense_scores(query, [first.row])[0] == pytest.approx(first.dense)
    assert snapshot.search_sentences(query, 5) == (first, *others)
    assert snapshot.search_passages("茶园收成", 1)[0].passage.article_id == "茶"


def test_headings_help_to_find_a_passage(tmp_path: Path) -> None:
    corpus = MadeCorpus(
        (
            made_article("甲", "全长九公里。", headline="环湖绿道建成"),
            made_article("乙", "全长三公里。", headline="隧道贯通"),
        )
    )
    build(corpus, tmp_path)
    assert opened(tmp_path).search_passages("绿道有多长", 1)[0].passage.article_id == "甲"


def test_what_an_article_says_of_its_sentences_is_kept(tmp_path: Path) -> None:
    article = made_article("甲", "一二三。四五六。")

    def whole(article: Article) -> tuple[Passage, ...]:
        return (Passage("甲", 0, 8, article.text, BlockKind.BODY, (), (Span(0, 8),)),)

    build_index(MadeCorpus((article,)), tmp_path, EMBEDDER, split=whole)
    assert [sentence.text for sentence in opened(tmp_path).sentences] == ["一二三。四五六。"]


def test_a_sentence_of_two_overlapping_passages_belongs_to_the_first(tmp_path: Path) -> None:
    def overlapping(article: Article) -> tuple[Passage, ...]:
        spans = ((0, 8), (4, 12))
        return tuple(Passage("甲", a, b, article.text[a:b], BlockKind.BODY) for a, b in spans)

    build_index(MadeCorpus((made_article("甲", "一二三。四五六。七八九。"),)), tmp_path, EMBEDDER, split=overlapping)
    assert [(s.text, s.passage) for s in opened(tmp_path).sentences] == [
        ("一二三。", 0),
        ("四五六。", 0),
        ("七八九。", 1),
    ]


def test_adding_an_article_embeds_only_its_texts_and_gives_the_bytes_of_a_full_build(tmp_path: Path) -> None:
    build(OLD, tmp_path / "grown")
    EMBEDDER.calls = 0
    built = build(NEW, tmp_path / "grown")
    # the new article has two blocks of one sentence each; a block differs from its sentence by the heading above it
    assert (built.embedded, EMBEDDER.calls) == (4, 4)
    assert built.reused == 8
    build(NEW, tmp_path / "full")
    assert manifest(tmp_path / "grown").files == manifest(tmp_path / "full").files


def test_removing_an_article_embeds_nothing_and_gives_the_bytes_of_a_full_build(tmp_path: Path) -> None:
    build(NEW, tmp_path / "shrunk")
    assert build(OLD, tmp_path / "shrunk").embedded == 0
    build(OLD, tmp_path / "full")
    assert manifest(tmp_path / "shrunk").files == manifest(tmp_path / "full").files


def test_the_order_of_the_articles_does_not_change_the_bytes(tmp_path: Path) -> None:
    build(NEW, tmp_path / "one")
    build(MadeCorpus(NEW.articles[::-1]), tmp_path / "other")
    assert manifest(tmp_path / "one").files == manifest(tmp_path / "other").files


def test_building_the_same_again_publishes_nothing(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    again = build(OLD, tmp_path)
    assert (again.changed, again.generation, again.embedded) == (False, "gen-000001", 0)


def test_changed_metadata_alone_publish_a_generation(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    renamed = MadeCorpus((replace(OLD.articles[0], publisher="另一家报"), OLD.articles[1]))
    assert build(renamed, tmp_path).changed
    assert opened(tmp_path).articles["桥"].publisher == "另一家报"


def test_progress_reaches_the_end_of_every_stage(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    build_index(OLD, tmp_path, EMBEDDER, split=one_passage_a_block, progress=lambda *step: told.append(step))
    ends = [stage for stage, done, total in told if done == total]
    assert ends == ["passages", "embedding", "terms", "writing"]
    assert all(0 <= done <= total for _, done, total in told)


@pytest.mark.parametrize(
    ("articles", "message"),
    [
        ((), "没有一篇文章"),
        ((made_article("甲", "一。"), made_article("甲", "二。")), "同一个编号「甲」"),
    ],
)
def test_a_corpus_that_cannot_be_indexed_is_refused(
    tmp_path: Path, articles: tuple[Article, ...], message: str
) -> None:
    with pytest.raises(CorpusError, match=message):
        build(MadeCorpus(articles), tmp_path)


def test_articles_without_a_passage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="没有可以检索的文字"):
        build_index(OLD, tmp_path, EMBEDDER, split=lambda article: ())


@pytest.mark.parametrize("fault", ["nan", "zeros", "long", "narrow"])
def test_f38_unusable_vectors_stop_the_build_and_keep_the_index(tmp_path: Path, fault: str) -> None:
    class Broken(BigramEmbedder):
        def encode(self, texts: Any) -> NDArray[np.float32]:
            vectors = super().encode(texts)
            changed = {"nan": vectors * np.nan, "zeros": vectors * 0, "long": vectors * 3, "narrow": vectors[:, 1:]}
            return changed[fault]

    build(OLD, tmp_path)
    with pytest.raises(ModelError, match="请检查模型"):
        build_index(NEW, tmp_path, Broken(16, "bigram"), split=one_passage_a_block)
    assert opened(tmp_path).corpus_digest == OLD.digest


def test_a_text_without_a_known_token_is_no_fault(tmp_path: Path) -> None:
    class Deaf(BigramEmbedder):
        def encode(self, texts: Any) -> NDArray[np.float32]:
            vectors = super().encode(texts)
            vectors[["茶" in text for text in texts]] = 0
            return vectors

    found = snapshot_of(OLD, tmp_path, Deaf(16, "deaf"), one_passage_a_block).search_sentences("茶园收成", 2)
    assert found[0].sentence.article_id == "茶" and found[0].dense == 0


def test_a_second_writer_of_the_same_process_is_refused(tmp_path: Path) -> None:
    with writing(tmp_path, OS_DISK), pytest.raises(IndexBusy, match=r"进程号 \d+"):
        build(OLD, tmp_path)
    assert build(OLD, tmp_path).changed


def test_threads_that_read_one_snapshot_see_the_same(tmp_path: Path) -> None:
    build(NEW, tmp_path)
    snapshot = opened(tmp_path)
    seen: list[object] = []

    def read() -> None:
        for _ in range(20):
            hits = snapshot.search_sentences("石桥建于哪一年", 3)
            seen.append((hits, tuple(id(snapshot.articles[hit.sentence.article_id]) for hit in hits)))

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 160 and all(one == seen[0] for one in seen)


def test_a_snapshot_outlives_the_generation_that_it_came_from(tmp_path: Path) -> None:
    build(OLD, tmp_path)
    snapshot = opened(tmp_path)
    build(NEW, tmp_path, keep=1)
    assert not (tmp_path / "gen-000001").exists()
    assert snapshot.search_sentences("石桥建于哪一年", 1)[0].sentence.text == "老城的石桥建于1782年。"


def test_opening_and_searching_import_no_langchain_torch_or_jieba() -> None:
    code = (
        "import sys, index.storage.store, index.search.hits, index.search.retrieval\n"
        "heavy = {'langchain_core', 'torch', 'sentence_transformers', 'jieba', 'lightgbm', 'pydantic'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
