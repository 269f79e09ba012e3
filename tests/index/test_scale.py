"""What changes when a corpus is large: files are mapped, vectors have codes, sentences are found within passages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from corpus.records import Article, Passage
from index.search.dense import CodedIndex
from index.search.embedding import STATIC, load_embedder
from index.storage import generations, serial
from index.storage.snapshot import Snapshot
from index.storage.store import inspect_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.answers.of_the_whole import whole_asked
from rag.question.kinds import understand
from rag.question.limits import Limit, limited
from rag.reading.finder import Models
from tests.fakes import MadeCorpus, made_article, one_passage_a_block
from tests.index.worlds import manifest
from tests.indexes import snapshot_of

_NAMES = ("石桥", "茶园", "渡口", "书院", "灯塔", "粮仓", "作坊", "水车")
_CORPUS = MadeCorpus(
    tuple(
        made_article(
            f"{name}{number}",
            f"{name}第{number}号建于{1700 + number}年。它长{number + 3}米，由{number + 2}名工匠修成。",
            f"每年有{number * 10 + 40}人来看{name}。门票{number + 1}元，老人免费。",
        )
        for name in _NAMES
        for number in range(20)
    )
)
_QUESTIONS = (
    "石桥第7号建于哪一年",
    "茶园第3号长多少米",
    "每年有多少人来看灯塔",
    "水车门票多少钱",
    "粮仓第19号由几名工匠修成",
)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return _opened(tmp_path_factory.mktemp("small"))


@pytest.fixture()
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Snapshot]:
    monkeypatch.setattr("index.storage.building.APART_AT_MOST", 50)
    monkeypatch.setattr("index.search.dense.FLAT_AT_MOST", 50)
    monkeypatch.setattr(generations, "MAPPED_FROM", 0)
    monkeypatch.setattr(generations, "CHECKED_AT_MOST", 0)
    return tmp_path, _opened(tmp_path)


def _opened(folder: Path) -> Snapshot:
    return snapshot_of(_CORPUS, folder, load_embedder(STATIC), one_passage_a_block)


def test_a_large_index_finds_what_a_small_one_finds(small: Snapshot, large: tuple[Path, Snapshot]) -> None:
    folder, snapshot = large
    assert isinstance(snapshot.by_passage.dense, CodedIndex) and small.sentences_within(small.by_passage) is None
    assert (manifest(folder).vectors, manifest(folder).sentences_by) == ("coded", "passages")
    assert list(snapshot.sentences) == list(small.sentences) and list(snapshot.passages) == list(small.passages)
    for question in _QUESTIONS:
        ours, theirs = (one.search_passages(question, 5) for one in (snapshot, small))
        assert [(hit.row, hit.score) for hit in ours] == [
            (hit.row, pytest.approx(hit.score, abs=1e-4)) for hit in theirs
        ]
        assert snapshot.search_sentences(question, 1)[0].sentence == small.search_sentences(question, 1)[0].sentence


def test_an_answerer_is_ready_without_reading_an_article(
    large: tuple[Path, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = large
    read: list[bytes] = []
    decoded = serial.from_line

    def counted(line: bytes) -> tuple[Article, tuple[Passage, ...]]:
        read.append(line)
        return decoded(line)

    monkeypatch.setattr(serial, "from_line", counted)
    snapshot = open_index(folder, load_embedder(STATIC))
    read.clear()
    answerer = ExtractiveAnswerer(snapshot, Models.built_in())
    for question in ("北山街道2021年的人口是多少", "北山街道的门票多少钱"):
        assert whole_asked(question, understand(question), answerer.articles.using) is None
    assert not read
    assert answerer.articles["石桥7"].text and len(read) == 1


def test_a_limit_holds_for_sentences_within_passages(large: tuple[Path, Snapshot]) -> None:
    _, snapshot = large
    some = limited(snapshot, Limit(frozenset({"茶园3", "茶园4"})))
    hits = some.search_sentences("石桥第7号建于哪一年", 5)
    assert hits and {hit.sentence.article_id for hit in hits} <= {"茶园3", "茶园4"}
    assert not limited(snapshot, Limit(since=date(2030, 1, 1))).search_sentences("石桥", 5)


def test_a_flipped_bit_of_a_large_index_is_found_by_whoever_looks_at_each(
    large: tuple[Path, Snapshot], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, snapshot = large
    path = folder / snapshot.generation / "articles.jsonl"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    open_index(folder, load_embedder(STATIC))  # too large to be read whole
    (report,) = inspect_index(folder)
    assert "articles.jsonl" in report.problem
    monkeypatch.setattr(generations, "CHECKED_AT_MOST", 1 << 28)
    with pytest.raises(Exception, match="校验和不符"):
        open_index(folder, load_embedder(STATIC))


def test_a_large_index_that_was_cut_short_is_refused_at_once(large: tuple[Path, Snapshot]) -> None:
    folder, snapshot = large
    path = folder / snapshot.generation / "vectors.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Exception, match="字节"):
        open_index(folder, load_embedder(STATIC))
