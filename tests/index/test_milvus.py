"""An index in Milvus: what it finds, how it is published, what is said when it cannot be had. On Milvus Lite."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.chunking import passages
from corpus.errors import BadIndex, SettingsError, StorageError
from corpus.loading import Corpus
from index.search.embedding import BUILTIN, load_embedder
from index.search.lexical import terms
from index.storage.building import known_vectors
from index.storage.snapshot import Snapshot
from tests.fakes import BigramEmbedder, MadeCorpus, made_article
from tests.fakes_ui import ScriptedAnswerer
from ui.service.editions import Edition, IndexSource

pytest.importorskip("pymilvus", reason="the extra `milvus` is not installed")
pytest.importorskip("milvus_lite", reason="the extra `milvus` is not installed")

from evals.bench import stores
from evals.run.suite import load_suite
from evals.run.worlds import World, pinned_articles
from index.milvus.database import MilvusDatabase, bytes_of, bytes_pieces, text_pieces
from index.milvus.searching import MilvusTexts, spelled
from index.milvus.shards import plan
from index.milvus.store import MilvusLines, MilvusStore
from rag.question.limits import Limit, limited

ROOT = Path(__file__).resolve().parent.parent.parent
ONE = MadeCorpus((made_article("a", "临平区的算力中心有三座机房。"), made_article("b", "塘栖镇的枇杷五月成熟。")))
TWO = MadeCorpus((*ONE.articles, made_article("c", "超山的梅花二月开放，G60走廊经过这里。")))


class Remembering:
    """The built-in embedder, which is not asked again for the texts that an index holds."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._known = known_vectors(snapshot)
        self._whole = snapshot.embedder
        self.name, self.dim, self.fingerprint = self._whole.name, self._whole.dim, self._whole.fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._known[text] for text in texts])

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        return self._whole.encode_questions(questions)


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("milvus") / "临平.db")


@pytest.fixture(scope="module")
def served(corpus: Corpus, snapshot: Snapshot, uri: str) -> Snapshot:
    """The five articles in Milvus."""
    store = MilvusStore(uri)
    store.build(corpus, Remembering(snapshot))
    return store.open(BUILTIN)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MilvusStore:
    """An empty store whose embedder is made of pairs of characters."""
    monkeypatch.setattr("index.milvus.store.load_embedder", lambda name: BigramEmbedder(name=name))
    return MilvusStore(str(tmp_path / "made.db"))


def test_terms_are_spelled_so_that_any_analyzer_cuts_them_as_we_do() -> None:
    text = "临平G60科创走廊，3.5亿元、1,000家"
    written = spelled(text)
    assert re.findall(r"\w+", written.lower()) == written.split()
    read = ["".join(chr(int(one, 16)) for one in word.split("x")) for word in written.split()]
    assert read == terms(text)


def test_a_text_of_too_many_terms_is_cut_between_two() -> None:
    written = spelled("临平" * 5000)
    assert 65_000 < len(written) <= 65_535
    assert set(written.split()) == set(spelled("临平临").split())


def test_whatever_an_article_holds_comes_back_from_its_pieces() -> None:
    line = ('{"text": "' + "临𠮷\ud800" * 9000 + '"}\n').encode("utf-8", "surrogatepass")
    pieces = text_pieces(line)
    assert len(pieces) > 1 and all(len(piece.encode()) <= 65_535 for piece in pieces)
    assert "".join(pieces).replace("\\ud800", "\ud800").encode("utf-8", "surrogatepass") == line
    data = bytes(range(256)) * 1000
    assert bytes_of(bytes_pieces(data)) == data


class Lined:
    """A database whose articles are lines of two pieces; `asked` are the ranges that were read."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def call(self, method: str, name: str, filter: str, output_fields: Sequence[str]) -> list[dict[str, Any]]:
        first, last = (int(one) // 1024 for one in re.findall(r"\d+", filter))
        self.asked.append((first, last))
        return [
            {"at": row * 1024 + part, "piece": f"{row}{'ab'[part]}"} for part in (1, 0) for row in range(first, last)
        ]


def test_articles_are_read_one_by_one_or_many_at_once_when_in_order() -> None:
    database = Lined()
    lines = MilvusLines(database, "c")  # type: ignore[arg-type]
    assert [lines(row) for row in (7, 900, 3)] == [b"7a7b", b"900a900b", b"3a3b"]
    assert database.asked == [(7, 8), (900, 901), (3, 4)]
    database.asked.clear()
    assert [lines(row) for row in range(4, 1000)] == [f"{row}a{row}b".encode() for row in range(4, 1000)]
    assert len(database.asked) == 10


def test_it_holds_the_same_articles_passages_and_sentences(served: Snapshot, snapshot: Snapshot) -> None:
    assert dict(served.articles) == dict(snapshot.articles)
    assert list(served.passages) == list(snapshot.passages)
    assert list(served.sentences) == list(snapshot.sentences)
    assert [served.article_sentence_rows(name) for name in served.articles] == [
        snapshot.article_sentence_rows(name) for name in snapshot.articles
    ]
    np.testing.assert_array_equal(served.by_sentence.dense.vectors(), snapshot.by_sentence.dense.vectors())


def test_milvus_scores_words_and_vectors_as_we_do(served: Snapshot, snapshot: Snapshot) -> None:
    for question in ("临平2028工业目标是多少？", "地铁9号线", "G60", "没有这样的词㍿"):
        asked, query = terms(question), snapshot.query(question)
        for theirs, ours in ((served.by_passage, snapshot.by_passage), (served.by_sentence, snapshot.by_sentence)):
            np.testing.assert_allclose(theirs.lexical.scores(asked), ours.lexical.scores(asked), atol=1e-4)
            rows = np.array([7, 3, 50, 3])
            np.testing.assert_allclose(
                theirs.lexical.scores_of(asked, rows), ours.lexical.scores_of(asked, rows), atol=1e-4
            )
            np.testing.assert_allclose(
                theirs.dense.scores_of(query.vector, rows), ours.dense.scores_of(query.vector, rows), atol=1e-5
            )
            assert [theirs.lexical.idf(term) for term in asked] == [ours.lexical.idf(term) for term in asked]


def test_some_questions_get_the_same_answers(served: Snapshot, snapshot: Snapshot) -> None:
    # `python -m evals.bench.stores` asks all 154
    some = load_suite("plain", pinned_articles())[::10]
    assert len(some) == 16 and not stores.differing(some, (snapshot, served))


@pytest.mark.slow
def test_questions_find_the_same_passages(served: Snapshot, snapshot: Snapshot) -> None:
    world = World("five articles", pinned_articles())
    told = stores.on_the_articles(world, (snapshot, served))
    assert told.questions > 300 and told.fifth[0] > 0.8
    assert abs(told.fifth[0] - told.fifth[1]) <= 0.01


def test_articles_are_found_by_a_word_of_theirs(served: Snapshot, snapshot: Snapshot) -> None:
    words = ("临平区", "艺尚小镇", "枇杷", "g60", "3000", "产业", "平临区", "没有这样的词", "")
    found = [served.articles.rows_with(word).tolist() for word in words]
    assert found == [snapshot.articles.rows_with(word).tolist() for word in words]
    assert len(set(map(len, found))) > 2
    for asked in (terms("算力中心"), terms("G60科创走廊"), terms("产业㍿"), ["g6"], ["60"]):
        theirs, ours = served.by_sentence.lexical, snapshot.by_sentence.lexical
        assert theirs.rows_with(asked).tolist() == ours.rows_with(asked).tolist()
    left = limited(served, Limit(articles=frozenset(list(snapshot.articles)[:2]))).articles
    assert left.rows_with("产业").tolist() == [row for row in snapshot.articles.rows_with("产业").tolist() if row < 2]


def test_what_all_articles_tell_is_known_without_reading_them(served: Snapshot, snapshot: Snapshot) -> None:
    np.testing.assert_array_equal(served.articles.days, snapshot.articles.days)
    assert [article.id for article in served.articles.newest(3)] == [one.id for one in snapshot.articles.newest(3)]
    for theirs, ours in zip(served.words.arrays(), snapshot.words.arrays(), strict=True):
        np.testing.assert_array_equal(theirs, ours)
    assert served.words.introduced == snapshot.words.introduced


def test_a_question_may_be_held_to_some_articles(served: Snapshot, snapshot: Snapshot) -> None:
    for limit in (
        Limit(since=date(2025, 1, 1)),
        Limit(until=date(2024, 6, 1)),
        Limit(articles=frozenset(list(snapshot.articles)[1:3])),
    ):
        ours, theirs = limited(snapshot, limit), limited(served, limit)
        assert list(theirs.articles) == list(ours.articles)
        for question in ("临平的工业目标是多少", "产业"):
            assert [hit.row for hit in theirs.search_sentences(question)] == [
                hit.row for hit in ours.search_sentences(question)
            ]


def test_what_is_kept_whole_by_year_is_asked_for_by_year() -> None:
    rows = np.array([[0], [0], [1], [2], [3]], dtype=np.int32)
    texts = MilvusTexts(MilvusDatabase("x.db"), "c", rows, np.array([2024, 2024, 2025, 0]), 2)
    assert texts.within(rows[:, 0] <= 1).condition == "(year in [2024])"
    assert texts.within(rows[:, 0] == 1).condition == "(article in [1])"
    assert texts.within((rows[:, 0] == 1) | (rows[:, 0] == 3)).condition == "(year in [0] or article in [1])"
    assert texts.within(rows[:, 0] > 9).condition == "(article in [-1])"
    assert texts.within(rows[:, 0] <= 1).within(rows[:, 0] == 1).condition == "(year in [2024]) and (article in [1])"


def test_a_new_generation_is_published_at_once_and_an_old_reader_goes_on(store: MilvusStore) -> None:
    assert store.empty and store.published() == ""
    with pytest.raises(BadIndex, match="还没有索引"):
        store.open("bigram")
    first = store.build(ONE, BigramEmbedder())
    before, mark = store.open("bigram"), store.published()
    assert (first.changed, first.articles, first.embedded) == (True, 2, 4)
    assert not store.build(ONE, BigramEmbedder()).changed and store.published() == mark
    second = store.build(TWO, BigramEmbedder())
    assert (second.changed, second.embedded, second.reused) == (True, 2, 4)
    assert store.published() != mark
    assert before.search_passages("超山的梅花")[0].passage.article_id != "c"
    assert store.open("auto").search_passages("超山的梅花")[0].passage.article_id == "c"
    assert store.embedder() == "bigram"


def test_a_text_without_a_word_is_held_and_not_found(store: MilvusStore) -> None:
    store.build(MadeCorpus((*ONE.articles, made_article("p", "——", "！"))), BigramEmbedder())
    opened = store.open("auto")
    scores = opened.by_sentence.lexical.scores(terms("枇杷"))
    assert [opened.sentences[row].article_id for row in np.flatnonzero(scores)] == ["b"]
    assert "——" in [sentence.text for sentence in opened.sentences]


def test_an_earlier_generation_is_gone_back_to_and_old_ones_go(store: MilvusStore) -> None:
    names = [
        store.build(MadeCorpus((*ONE.articles, made_article("z", text))), BigramEmbedder()).generation
        for text in ("一月的消息。", "二月的消息。", "三月的消息。", "四月的消息。")
    ]
    found, now = store.kept()
    assert [one.generation for one in found] == names[:0:-1] and now == names[3]
    assert store.roll_back().generation == names[2] == store.open("auto").generation
    with pytest.raises(BadIndex, match="还留着的有"):
        store.roll_back(names[0])
    assert store.made(names[2]) is not None and store.made("gen-000009-abcdef") is None
    store.build(ONE, BigramEmbedder())
    assert len(store.kept()[0]) == 3


def test_a_few_articles_are_changed_without_the_others_being_read_again(store: MilvusStore) -> None:
    store.build(TWO, BigramEmbedder())
    changed = made_article("b", "塘栖镇的枇杷今年六月成熟。")
    done = store.update(BigramEmbedder(), [changed], {"a"})
    assert (done.articles, done.embedded) == (2, 2)
    opened = store.open("auto")
    assert list(opened.articles) == ["b", "c"] and opened.articles["b"] == changed
    with pytest.raises(BadIndex, match="没有文章"):
        store.update(BigramEmbedder(), [], {"b", "c"})


def test_a_server_follows_what_is_published(store: MilvusStore) -> None:
    first = store.build(ONE, BigramEmbedder())
    source = IndexSource(store, "auto", lambda snapshot: Edition(ScriptedAnswerer(), snapshot))
    assert source.first().generation == first.generation and source.news() is None
    second = store.build(TWO, BigramEmbedder())
    news = source.news()
    assert news is not None and news.generation == second.generation and source.news() is None
    store.roll_back()
    back = source.news()
    assert back is not None and back.generation == first.generation


def test_where_a_year_is_a_partition_it_finds_the_same(store: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MilvusDatabase, "lite", False)  # the form that a server gets, which Milvus Lite takes as well
    store.build(TWO, BigramEmbedder())
    opened = store.open("auto")
    hits = limited(opened, Limit(since=date(2024, 5, 1))).search_passages("超山的梅花")
    assert hits[0].passage.article_id == "c" and len(hits) == 3
    assert len(store._database.call("list_partitions", store.published().replace("_tables", "_passages"))) > 1


MANY = MadeCorpus(tuple(made_article(f"{at:02d}", f"第{at}座桥建于{1700 + at}年。") for at in range(12)))


class Stopping:
    """Milvus until `method` has been called `times` times."""

    def __init__(self, method: str, times: int) -> None:
        self._left = times
        self._method = method
        self._whole = MilvusDatabase.call

    def __get__(self, database: MilvusDatabase, owner: type) -> Callable[..., Any]:
        def call(name: str, *given: Any, **named: Any) -> Any:
            self._left -= name == self._method
            if name == self._method and self._left <= 0:
                raise StorageError("断了")
            return self._whole(database, name, *given, **named)

        return call


def _stopped(store: MilvusStore, corpus: MadeCorpus, method: str, times: int) -> int:
    """Return how many texts were embedded before a build was stopped."""
    embedder = BigramEmbedder()
    with pytest.MonkeyPatch.context() as during:
        during.setattr(MilvusDatabase, "call", Stopping(method, times))
        with pytest.raises(StorageError, match="断了"):
            store.build(corpus, embedder)
    return max(0, embedder.calls - 2)  # two vectors of the generation before are looked at


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.milvus.shards.SHARD", 40)


def test_a_corpus_is_the_same_in_one_shard_and_in_many(monkeypatch: pytest.MonkeyPatch) -> None:
    articles = (*MANY.articles, made_article("x", "——"), made_article("y", "G60走廊经过临平区（以下简称“临平”）。"))
    whole = plan(articles, passages, BigramEmbedder(), "d")
    monkeypatch.setattr("index.milvus.shards.SHARD", 40)
    parts = plan(articles, passages, BigramEmbedder(), "d")
    assert len(whole.shards) == 1 and len(parts.shards) > 4
    assert (parts.manifest, parts.tables) == (whole.manifest, whole.tables)
    for unit, count in (
        ("articles", 14),
        ("passages", whole.manifest.passages),
        ("sentences", whole.manifest.sentences),
    ):
        assert [row for shard in parts.shards for row in getattr(shard, unit)] == list(range(count))


@pytest.mark.parametrize(
    ("method", "times"),
    [
        ("create_collection", 1),
        ("create_collection", 3),
        ("insert", 3),
        ("insert", 11),
        ("flush", 2),
        ("alter_alias", 1),
    ],
)
@pytest.mark.usefixtures("small_shards")
def test_whatever_stops_a_writer_leaves_the_generation_before_and_is_gone_on_from(
    store: MilvusStore, method: str, times: int
) -> None:
    store.build(ONE, BigramEmbedder())
    mark = store.published()
    embedded = _stopped(store, MANY, method, times)
    assert store.published() == mark
    assert len(store.open("auto").articles) == 2 and len(store.kept()[0]) == 1
    built = store.build(MANY, BigramEmbedder())
    opened = store.open("auto")
    assert [(opened.search_passages(f"第{at}座桥", 1)[0].passage.article_id) for at in range(10, 12)] == ["10", "11"]
    assert len(store._database.call("list_collections")) == 8
    left = built.passages + built.sentences - embedded
    assert left <= built.embedded <= left + 4  # those that were on their way


@pytest.mark.usefixtures("small_shards")
def test_what_another_writer_is_at_is_left_alone(store: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("socket.gethostname", lambda: "another machine")
        _stopped(store, MANY, "insert", 9)
    theirs = set(store._database.call("list_collections"))
    built = store.build(MANY, BigramEmbedder())
    assert built.embedded == built.passages + built.sentences
    assert theirs < set(store._database.call("list_collections"))


@pytest.mark.usefixtures("small_shards")
def test_what_a_writer_of_something_else_left_is_swept_up(store: MilvusStore) -> None:
    _stopped(store, MANY, "insert", 9)
    store.build(ONE, BigramEmbedder())
    assert len(store._database.call("list_collections")) == 4


_KILLED = """
import os, signal, sys
from tests.index import test_milvus as milvus

class Killed(milvus.BigramEmbedder):
    def encode(self, texts):
        if self.calls > 9:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().encode(texts)

milvus.MilvusStore(sys.argv[1]).build(milvus.MANY, Killed())
"""


@pytest.mark.usefixtures("small_shards")
def test_a_writer_that_was_killed_is_gone_on_from(store: MilvusStore) -> None:
    code = f"import index.milvus.shards; index.milvus.shards.SHARD = 40{_KILLED}"
    killed = subprocess.run(
        [sys.executable, "-c", code, store.uri], cwd=ROOT, capture_output=True, timeout=120, check=False
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    built = store.build(MANY, BigramEmbedder())
    assert 0 < built.embedded < built.passages + built.sentences - 5
    opened = store.open("auto")
    assert list(opened.articles) == [article.id for article in MANY.articles]


def test_an_index_of_another_embedder_is_refused(store: MilvusStore) -> None:
    store.build(ONE, BigramEmbedder())
    with pytest.raises(BadIndex, match=r"「bigram」.*「other」.*不能混用.*linping index"):
        store.open("other")


def test_tables_that_were_altered_are_found(store: MilvusStore) -> None:
    store.build(ONE, BigramEmbedder())
    tables = store.published()
    (row,) = store._database.rows(tables, "at", range(3, 4), "name", "piece")
    altered = {**row, "piece": bytes_pieces(bytes_of([row["piece"]])[:-4] + b"\1\2\3\4")[0], "nothing": [0.0, 0.0]}
    store._database.call("upsert", tables, [altered])
    with pytest.raises(BadIndex, match=r"已损坏.*校验和"):
        store.open("auto")


def test_without_the_extra_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(SettingsError, match=r"pip install \"linping-qa\[milvus\]\""):
        MilvusStore(str(tmp_path / "x.db")).published()


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(StorageError, match=r"连不上 Milvus「http://127\.0\.0\.1:9」"):
        MilvusStore("http://127.0.0.1:9").published()


@pytest.fixture(scope="module")
def server(served: Snapshot, uri: str) -> Iterator[str]:
    """The address at which this process serves the file of the five articles."""
    yield served.by_passage.dense._texts.database._client._config.uri  # type: ignore[attr-defined]


def linping(*given: str, **settings: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; sys.argv[0] = 'linping'; from ui.terminal.cli import main; main()"
    named = {f"LINPING_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-c", code, *given],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "LINPING_STORE": "milvus", **named},
    )


def test_another_process_answers_from_the_address_alone(server: str) -> None:
    asked = linping("ask", "临平2028工业目标是多少?", milvus_uri=server)
    assert asked.returncode == 0, asked.stderr
    assert "3000亿元" in asked.stdout and not asked.stderr


def test_the_command_indexes_into_a_file_and_counts_its_versions(tmp_path: Path) -> None:
    folder, file = tmp_path / "文章", str(tmp_path / "新" / "linping.db")
    folder.mkdir()
    (folder / "2025-03-test.txt").write_text("临平新闻\n\n临平区三月开了三家书店。\n", encoding="utf-8")
    named = {"milvus_uri": file, "embedder": "static", "corpus": str(folder)}
    done = linping("index", **named)
    assert done.returncode == 0, done.stderr
    listed = linping("articles", "versions", **named)
    assert listed.returncode == 0 and "gen-000001" in listed.stdout


def test_a_second_process_is_told_that_the_file_is_taken(served: Snapshot, uri: str) -> None:
    asked = linping("ask", "临平2028工业目标是多少?", milvus_uri=uri)
    assert asked.returncode == StorageError.exit_code
    assert "另一个进程" in asked.stderr and "Traceback" not in asked.stderr


def test_the_embedder_of_the_index_is_taken_up(served: Snapshot) -> None:
    assert served.embedder.fingerprint == load_embedder().fingerprint
