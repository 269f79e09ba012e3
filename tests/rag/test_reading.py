from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index.storage.snapshot import Snapshot
from rag.reading.candidates import candidate_at
from rag.reading.ranker import FEATURES, Ranked
from rag.reading.reader import Reader, Window
from rag.reading.rereading import READ, read_again, window_of
from rag.reading.spans import UNREAD, Reading
from tests.fakes import BigramEmbedder
from tests.indexes import snapshot_of, write_articles

NEWS = (
    "青禾县新桥通车\n\n青禾日报2025年3月1日讯 新桥昨日通车。"
    + "".join(f"第{n}段路长{n}里。" for n in range(1, 20))
    + "\n"
)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("bridge")
    articles = write_articles(folder / "articles", {"bridge.txt": NEWS})
    return snapshot_of(articles, folder / "index", BigramEmbedder())


class ScriptedReader(Reader):
    """Gives each sentence the odds that were written for it, 0 where none were."""

    def __init__(self, odds: dict[str, float]) -> None:
        self.odds = odds
        self.read_windows: list[Window] = []

    def read(self, question: str, windows: Sequence[Window], places: object = None, keep: int = 5) -> list[Reading]:
        self.read_windows += windows
        return [Reading((), self.odds.get(window.text, 0.0)) for window in windows]


def ranked(snapshot: Snapshot) -> list[Ranked]:
    return [
        Ranked(candidate_at(snapshot, row), -float(row), np.zeros(len(FEATURES), np.float32))
        for row in range(len(snapshot.sentences))
    ]


def test_the_readers_word_orders_the_first_few_and_the_rest_stay_unread(snapshot: Snapshot) -> None:
    before = ranked(snapshot)
    chosen = before[5].candidate.text
    reader = ScriptedReader({chosen: 9.0})
    after = read_again("路长多少？", before, reader, snapshot)
    assert after[0].candidate.text == chosen and after[0].odds == 9.0
    assert len(reader.read_windows) == READ // 2  # so sure an answer among the very first ends the reading
    assert after[READ // 2 :] == before[READ // 2 :] and all(one.odds == UNREAD for one in after[READ // 2 :])


def test_without_a_sure_answer_or_where_several_may_answer_more_is_read(snapshot: Snapshot) -> None:
    before = ranked(snapshot)
    for odds, several in ((1.0, False), (9.0, True)):
        after = read_again(
            "路长多少？", before, ScriptedReader({before[5].candidate.text: odds}), snapshot, several=several
        )
        assert max(one.odds for one in after) == odds
        assert sum(one.odds != UNREAD for one in after) == READ


def test_where_the_reader_sees_no_difference_the_ranker_decides(snapshot: Snapshot) -> None:
    before = ranked(snapshot)
    after = read_again("路长多少？", before, ScriptedReader({}), snapshot)
    assert [one.candidate.row for one in after] == [one.candidate.row for one in before]


def test_a_window_holds_the_headline_and_the_two_sentences_before(snapshot: Snapshot) -> None:
    row = next(row for row in range(len(snapshot.sentences)) if snapshot.sentences[row].text.startswith("第7段"))
    window = window_of(candidate_at(snapshot, row), snapshot)
    assert window.text == "第7段路长7里。"
    assert window.before == "青禾县2025年3月：青禾县新桥通车…第5段路长5里。第6段路长6里。"
