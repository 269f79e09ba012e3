from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.records import Span
from index.search.encoder import BEGIN, END, Floats, Graph, PieceTable
from rag.reading.reader import (
    LONGEST_BEFORE,
    LONGEST_EVIDENCE,
    LONGEST_TEXT,
    Reader,
    Window,
    assemble,
    bare,
    with_answer,
)

TEXT = "青禾市图书馆新馆2021年4月开放，总面积2.6万平方米。"
QUESTION = "青禾市图书馆新馆面积是多少？"


class ScriptedGraph(Graph):
    """Gives each window the odds of its length, and edges that prefer its first and last piece; counts the windows."""

    def __init__(self) -> None:
        self.read = 0

    def run(self, feeds: Sequence[Mapping[str, Floats]]) -> list[list[Floats]]:
        self.read += len(feeds)
        outputs: list[list[Floats]] = []
        for feed in feeds:
            sentence = feed["sentence"][0]
            edges = np.full((1, len(sentence), 2), -1e4, dtype=np.float32)
            places = np.flatnonzero(sentence)
            edges[0, places] = 0.0
            if len(places):
                edges[0, places[0], 0] = edges[0, places[-1], 1] = 5.0
            outputs.append([np.array([float(sentence.sum())], dtype=np.float32), edges])
        return outputs


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.load()


def test_question_sentence_and_what_stands_before_are_read_in_this_order() -> None:
    question, text, before = PieceTable.load().cut(["甲", "乙" * 200, "丙" * 200])
    ids, begin, end = assemble(question, text, before)
    assert ids[0] == BEGIN and ids[-1] == END
    assert (ids[begin:end] == text.ids[:LONGEST_TEXT]).all()
    assert (ids[end + 1 : -1] == before.ids[-LONGEST_BEFORE:]).all()  # the end of what stands before is the nearest


def test_a_lead_stands_before_the_end_of_what_precedes() -> None:
    assert Window.of("乙。", before="甲。").before == "甲。"
    assert Window.of("丙。", lead="甲。", before="乙。").before == "甲。…乙。"
    assert Window.of("丙。", lead="甲" * 99, before="乙" * 99).before == "甲" * 30 + "…" + "乙" * 80
    assert Window.of("丙。", setting="青禾县2025年3月：", lead="甲。").before == "青禾县2025年3月：甲。…"


def test_an_answer_is_put_to_a_question_without_the_marks_of_either() -> None:
    assert with_answer("产值多少？", "12亿元。") == "产值多少：12亿元"
    question, text = PieceTable.load().cut(["甲" * 90, "乙" * 300])
    ids, begin, end = assemble(question, text, text, claim=True)
    assert begin == len(question.ids) + 3 and end - begin == LONGEST_EVIDENCE, "more of both is read"
    assert len(ids) < 512


@pytest.mark.parametrize(
    ("question", "own", "others"),
    [
        ("青禾镇2024年工业产值多少", "12亿元", ("3亿元", "6%", "工业产值3亿元")),
        ("青禾镇2024年农业产值多少", "3亿元", ("12亿元", "6%")),
    ],
)
def test_a_sentence_bears_out_what_answers_rather_than_what_stands_beside(
    reader: Reader, question: str, own: str, others: tuple[str, ...]
) -> None:
    windows = [Window("青禾镇2024年工业产值12亿元，增长6%；农业产值3亿元，增长2%。")]
    (odds,) = reader.bears_out(question, own, windows)
    assert odds > max(reader.bears_out(question, other, windows)[0] for other in others)


def test_marks_behind_a_question_change_nothing() -> None:
    assert bare("路长多少？") == bare("路长多少?!") == bare("路长多少 ") == "路长多少"


def test_each_window_is_read_once_and_remembered() -> None:
    graph = ScriptedGraph()
    scripted = Reader(graph, PieceTable.load())
    windows = [Window(TEXT), Window("另一句。"), Window(TEXT)]
    first = scripted.read(QUESTION, windows)
    assert graph.read == 2 and first[0] == first[2]
    assert scripted.read(QUESTION, windows) == first and graph.read == 2
    scripted.read("另一个问题？", windows)
    assert graph.read == 4


def test_the_likeliest_edges_make_the_answer() -> None:
    (reading,) = Reader(ScriptedGraph(), PieceTable.load()).read(QUESTION, [Window("共有三层楼")])
    assert reading.best is not None and reading.best.text == "共有三层楼"


def test_answers_are_parts_of_the_sentence_and_do_not_overlap(reader: Reader) -> None:
    (reading,) = reader.read(QUESTION, [Window(TEXT)])
    assert reading.best is not None and reading.best.text == "2.6万平方米"
    assert all(TEXT[one.start : one.end] == one.text and 0 <= one.score <= 1 for one in reading.answers)
    places = sorted((one.start, one.end) for one in reading.answers)
    assert all(one[1] <= two[0] for one, two in pairwise(places))


def test_what_answers_is_likelier_than_a_near_miss(reader: Reader) -> None:
    right, near, far = reader.read(
        QUESTION, [Window(TEXT), Window("青禾市图书馆新馆设座位1200个。"), Window("今天多云转晴。")]
    )
    assert right.odds > near.odds and right.odds > far.odds


def test_a_window_reads_the_same_alone_and_beside_a_longer_one() -> None:
    alone = Reader.load().read(QUESTION, [Window(TEXT)])[0]
    beside = Reader.load().read(QUESTION, [Window(TEXT), Window(TEXT * 3)])[0]
    assert alone == beside


def test_an_answer_holds_or_lies_in_a_place_that_is_allowed(reader: Reader) -> None:
    start = TEXT.index("2021")
    place = Span(start, start + 7)
    (reading,) = reader.read(QUESTION, [Window(TEXT)], places=[[place]])
    assert reading.answers
    for one in reading.answers:
        holds, lies = (
            one.start <= place.start and place.end <= one.end,
            place.start <= one.start and one.end <= place.end,
        )
        assert holds or lies


def test_nothing_allowed_is_nothing_found(reader: Reader) -> None:
    assert reader.read(QUESTION, [Window(TEXT)], places=[[]])[0].answers == ()


def test_a_blank_sentence_answers_nothing(reader: Reader) -> None:
    blank, right = reader.read(QUESTION, [Window(" "), Window(TEXT)])
    assert blank.answers == () and blank.odds < right.odds


def test_a_missing_reader_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="重新安装"):
        Reader.load(tmp_path)
