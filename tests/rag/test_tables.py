"""Questions looked up in tables and lists: row meets column, the largest of a column, all items, the item of a number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.records import BlockKind
from index.storage.snapshot import Snapshot
from rag.answerer import ExtractiveAnswerer
from rag.answers.lists import items_of, nth_item
from rag.answers.tables import Looked, look_up
from rag.citing import faults
from rag.question.kinds import understand
from rag.reading.candidates import candidate_at
from rag.reading.finder import Models
from rag.reading.ranker import Ranked
from rag.records import Status
from tests.indexes import answerer_of, snapshot_of, write_articles

GUIDE = """# 2023年沙河县各乡镇经济指标

沙河县统计局公布各乡镇经济指标，见下表。

| 乡镇 | 户籍人口（万人） | 财政收入（亿元） | 同比增长 | 税收（亿元） | 同比增长 | 书记 |
|---|--:|--:|--:|--:|--:|---|
| 柳林镇 | 3.1 | 11.4 | 6.2% | 9.8 | 4.0% | 何一川 |
| 石渡镇 | 2.6 | - | -1.7% | 3.2 | 持平 | 蒋小舟 |
| 白沙乡 | 4.9 | 8.5 | 0.3% | 12.1 | 9.9% | 罗平 |
| 合计 | 10.6 | 19.9 | 3.9% | 25.1 | 5.2% | |

开户需要以下材料：

1. 营业执照；
2. 法人身份证；
3. 公章一枚；
4. 办公地址证明。

## 一、开户费用

不收取。

## 二、销户期限

五个工作日。
"""


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("tables")
    return snapshot_of(write_articles(folder / "articles", {"沙河.md": GUIDE}), folder / "index")


def looked(snapshot: Snapshot, question: str) -> Looked | None:
    rows = [at for at, one in enumerate(snapshot.sentences) if one.kind is BlockKind.ROW]
    ranked = [Ranked(candidate_at(snapshot, at), 0.0, np.zeros(1)) for at in rows]
    return look_up(understand(question), ranked, snapshot)


def values(snapshot: Snapshot, question: str) -> list[str]:
    found = looked(snapshot, question)
    assert found is not None
    return [snapshot.sentences[at].text[value.start : value.end] if value else "" for at, value in found.rows]


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("柳林镇财政收入是多少亿元？", "11.4亿元"),
        ("白沙乡有多少户籍人口？", "4.9万人"),
        ("2023年白沙乡的人口是多少", "4.9万人"),
        ("石渡镇财政收入同比增长多少？", "-1.7%"),
        ("石渡镇税收同比增长多少？", "持平"),
        ("柳林镇税收同比增长多少", "4.0%"),
        ("石渡镇的书记是谁？", "蒋小舟"),
        ("石渡镇财政收入有多少？", ""),  # the table leaves it empty
    ],
)
def test_the_value_stands_where_row_and_column_meet(snapshot: Snapshot, question: str, value: str) -> None:
    assert values(snapshot, question) == [value]


@pytest.mark.parametrize(
    "question",
    [
        "柳林镇外来人口有多少？",
        "柳林镇2019年财政收入是多少？",
        "青石镇财政收入是多少？",
        "财政收入是多少？",
        "柳林镇同比增长多少？",  # of which of the two figures?
        "柳林镇财政收入是多少人？",
        "柳林村财政收入是多少？",
        "柳林镇财政收入为什么增长？",
    ],
)
def test_what_the_table_does_not_say_in_so_many_words_is_not_looked_up(snapshot: Snapshot, question: str) -> None:
    assert looked(snapshot, question) is None


@pytest.mark.parametrize(
    ("question", "short", "formula"),
    [
        ("哪个乡镇财政收入最高？", "柳林镇", "11.4亿元{0} > 8.5亿元{1}"),
        ("税收最多的是哪个镇", "白沙乡", "12.1亿元{0} > 9.8亿元{1} > 3.2亿元{2}"),
        ("户籍人口最少的乡镇是哪个？", "石渡镇", "2.6万人{0} < 3.1万人{1} < 4.9万人{2}"),
    ],
)
def test_the_largest_of_a_column_is_found_by_value_and_sums_do_not_count(
    snapshot: Snapshot, question: str, short: str, formula: str
) -> None:
    found = looked(snapshot, question)
    assert found is not None
    assert (found.short, found.formula) == (short, formula)


@pytest.mark.parametrize("question", ["哪个村财政收入最高？", "哪个乡镇同比增长最快？", "哪个乡镇游客最多？"])
def test_what_cannot_be_compared_is_not(snapshot: Snapshot, question: str) -> None:
    assert looked(snapshot, question) is None


def test_items_of_a_list_are_told_without_numbers_and_lead_in() -> None:
    for text in (
        "需要材料：\n1．证书；\n2．照片。",
        "需要材料：\n证书\n照片",
        "（一）证书；\n（二）照片。",
        "- 证书\n- 照片",
    ):
        assert [text[span.start : span.end] for span in items_of(text)] == ["证书", "照片"]


def test_an_item_is_found_by_its_number() -> None:
    text = "流程：\n1．取号；\n2．交押金300元；\n3．取证。"
    found = nth_item(understand("流程的第二步是什么？"), text)
    assert found is not None and text[found.start : found.end] == "交押金300元"
    assert nth_item(understand("流程的第五步是什么？"), text) is None
    assert nth_item(understand("需要什么？"), text) is None


def test_answers_from_table_and_list_are_proved_and_whole(snapshot: Snapshot, models: Models) -> None:
    answerer = ExtractiveAnswerer(snapshot, models)
    most = answerer.answer("哪个乡镇财政收入最高？")
    assert (most.short_answer, most.calculation) == ("柳林镇", "11.4亿元[1] > 8.5亿元[2]")
    empty = answerer.answer("石渡镇财政收入有多少？")
    assert [claim.text for claim in empty.claims] == [
        "石渡镇，户籍人口2.6万人，财政收入：-，同比增长-1.7%，税收3.2亿元，同比增长：持平，书记：蒋小舟。"
    ]
    assert empty.short_answer is None
    needed = answerer.answer("开户需要哪些材料？")
    assert needed.status is Status.ANSWERED
    assert [claim.text.count("\n") for claim in needed.claims] == [4]
    assert any("4 项" in notice for notice in needed.notices)
    for answer in (most, empty, needed):
        assert faults(answer, answerer.articles) == []


def test_a_heading_that_repeats_the_question_is_no_answer_what_stands_under_it_may_be(
    tmp_path: Path, models: Models
) -> None:
    rules = "一、开放时间\n周二至周日9时至20时。\n二、办证费用\n每证五元。\n三、借阅期限\n一个月。\n"
    text = f"石渡镇图书馆读者须知\n\n2025年3月2日\n\n石渡镇图书馆设在文化站二楼，藏书三万册。\n\n{rules}"
    articles = write_articles(tmp_path / "articles", {"须知.txt": text})
    answerer = answerer_of(articles, tmp_path / "index", models)
    for question in ("办证费用是什么？", "借阅期限是什么？", "借阅期限是多久？"):
        answer = answerer.answer(question)
        quotes = {citation.quote for citation in answer.citations}
        assert answer.status is Status.REFUSED or quotes <= {"每证五元。", "一个月。"}, question
