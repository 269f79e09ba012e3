from __future__ import annotations

from pathlib import Path

import pytest

from corpus.loading import load_corpus
from index.snapshot import Snapshot
from index.store import build_index, open_index
from rag.items import is_item, list_around
from tests.fakes import BigramEmbedder

GUIDE = """青禾县图书馆办证须知

青禾日报2025年3月1日讯 办理借书证需要以下材料：
1．身份证复印件。
2．近照两张。
3．押金一百元。
一、开放时间
馆内严禁烟火。全年开放三百天。
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("list")
    (folder / "articles").mkdir()
    (folder / "articles" / "guide.txt").write_text(GUIDE, encoding="utf-8")
    embedder = BigramEmbedder()
    build_index(load_corpus(folder / "articles"), folder / "index", embedder)
    return open_index(folder / "index", embedder)


def row_of(snapshot: Snapshot, part: str) -> int:
    return next(row for row in range(len(snapshot.sentences)) if part in snapshot.sentences[row].text)


@pytest.mark.parametrize("text", ["1．身份证", "（二）民政窗口", "③ 户口簿", "第二步，初审", "- 近照", "二、收费标准"])
def test_numbered_and_marked_lines_are_items(text: str) -> None:
    assert is_item(text)


@pytest.mark.parametrize("text", ["1.5万人参加", "2023年，全区", "一座桥", "第二产业增长"])
def test_numbers_and_ordinals_of_running_text_are_none(text: str) -> None:
    assert not is_item(text)


@pytest.mark.parametrize("part", ["以下材料", "近照"])
def test_lead_in_and_every_item_belong_to_one_list(snapshot: Snapshot, part: str) -> None:
    rows = list_around(row_of(snapshot, part), snapshot)
    assert [snapshot.sentences[row].text[:2] for row in rows][1:] == ["1．", "2．", "3．"]
    assert "以下材料" in snapshot.sentences[rows[0]].text


def test_running_text_is_no_list(snapshot: Snapshot) -> None:
    assert list_around(row_of(snapshot, "严禁烟火"), snapshot) == ()
