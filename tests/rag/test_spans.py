from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from corpus.records import Span
from rag.spans import (
    LONGEST_TEXT,
    Alphabet,
    SpanReader,
    amounts_of,
    best_overlap,
    bucket_matrix,
    length_buckets,
    likely_spans,
    match_features,
    tidied,
)

FAR = -1e4


def alphabet() -> Alphabet:
    return Alphabet({"杭": 2, "州": 3}, {"杭州": 2}, np.array([0, 1, 0.5, 0.25], dtype=np.float32))


def cut(text: str, part: str) -> str:
    start = text.index(part)
    a, b = tidied(text, start, start + len(part), amounts_of(text))
    return text[a:b]


def test_unknown_characters_and_pairs_share_id_one() -> None:
    singles, pairs = alphabet().ids("在杭州")
    assert singles.tolist() == [1, 2, 3]
    assert pairs.tolist() == [1, 2, 1]


def test_features_tell_shared_characters_their_rarity_and_the_run_they_stand_in() -> None:
    singles, _ = alphabet().ids("在杭州7")
    found = match_features("在杭州7", "杭州在哪", singles, alphabet().idf, 0)
    assert found[:, 0].tolist() == [1, 1, 1, 0]
    assert found[:, 1].tolist() == [1, 0.5, 0.25, 0]
    assert found[:, 2].tolist() == [0, 1, 1, 0]  # 杭州 runs on for two characters, 在 stands alone
    assert found[:, 3].tolist() == pytest.approx([1 / 6, 2 / 6, 2 / 6, 0])
    assert found[3, 6] == 1  # a digit


def test_every_length_up_to_twelve_has_its_own_prior_and_longer_ones_share() -> None:
    rows = length_buckets(200)
    assert rows[:12].tolist() == list(range(12))
    assert rows[12] == 12 and rows[14] == 13  # 13 < 12 × 1.25 = 15
    assert rows[199] == 23


def test_no_span_ends_before_it_begins() -> None:
    assert bucket_matrix(3).tolist() == [[0, 1, 2], [-1, 0, 1], [-1, -1, 0]]


def test_probabilities_of_spans_and_of_nothing_add_up_to_one() -> None:
    scores = np.full((2, 2), FAR, dtype=np.float32)
    scores[0, 0] = np.log(3)
    scores[0, 1] = np.log(4)
    spans, nothing = likely_spans(scores, np.log(1))
    assert [(s, e, round(p, 4)) for s, e, p in spans[:2]] == [(0, 2, 0.5), (0, 1, 0.375)]
    assert nothing == pytest.approx(0.125)


def test_a_forbidden_span_takes_its_share_of_belief_with_it() -> None:
    scores = np.zeros((1, 1), dtype=np.float32)
    spans, nothing = likely_spans(scores, 0.0, np.zeros((1, 1), dtype=np.bool_))
    assert spans == []
    assert nothing == pytest.approx(0.5)


def test_the_span_between_two_rivals_is_preferred_when_it_overlaps_with_both() -> None:
    # 0–4 and 2–6 overlap by half with each other, 0–6 with each by 0.8: .35 + .35·.5 + .3·.8 < .3 + .7·.8
    ranked = best_overlap([(0, 4, 0.35), (2, 6, 0.35), (0, 6, 0.3)])
    assert ranked[0][:2] == (0, 6)
    assert ranked[0][2] == pytest.approx(0.86)


@pytest.mark.parametrize(("text", "part", "whole"), [
    ("产值超3000亿元，居全省前列", "3000亿", "超3000亿元"),
    ("占比为12.5%以上", "12.5", "12.5%以上"),
    ("他说：“是的，很好。”", "“是的，很好", "“是的，很好。”"),
    ("由（一）公司承担，", "（一）公司承担，", "（一）公司承担"),
    ("发布《行动计划》后", "《行动计划", "《行动计划》"),
    ("发布《行动计划》后", "行动计划》", "《行动计划》"),
    ("，在杭州。", "，在杭州。", "在杭州"),
    ("温度为-5摄氏度", "-5摄氏度", "-5摄氏度"),
])
def test_edges_are_tidied(text: str, part: str, whole: str) -> None:
    assert cut(text, part) == whole


def test_marks_alone_stay_as_they_are() -> None:
    assert tidied("好。。", 1, 3, ()) == (1, 3)


def test_a_missing_model_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="重新训练"):
        SpanReader.load(tmp_path)


@pytest.fixture(scope="module")
def reader() -> SpanReader:
    return SpanReader.load()


TEXT = "临平区位于浙江省杭州市东北部，2021年4月设立，全区总面积286平方公里。"


def test_answers_are_parts_of_the_text_and_do_not_overlap(reader: SpanReader) -> None:
    reading = reader.read("临平区的面积是多少？", [TEXT])[0]
    assert reading.best is not None
    assert all(TEXT[a.start:a.end] == a.text for a in reading.answers)
    places = sorted((a.start, a.end) for a in reading.answers)
    assert all(one[1] <= two[0] for one, two in pairwise(places))
    assert all(0 <= a.score <= 1 for a in reading.answers) and 0 <= reading.nothing <= 1


def test_a_text_reads_the_same_alone_and_beside_a_longer_one(reader: SpanReader) -> None:
    question = "临平区什么时候设立？"
    alone = reader.read(question, [TEXT])[0]
    beside = reader.read(question, [TEXT, TEXT * 3])[0]
    assert alone.best is not None and beside.best is not None
    assert (alone.best.start, alone.best.end) == (beside.best.start, beside.best.end)
    assert alone.nothing == pytest.approx(beside.nothing, abs=0.05)  # bytes are scaled by batch


def test_an_answer_holds_or_lies_in_a_place_that_is_allowed(reader: SpanReader) -> None:
    start = TEXT.index("286")
    place = Span(start, start + 3)
    reading = reader.read("临平区什么时候设立？", [TEXT], places=[[place]])[0]
    assert reading.answers
    assert all((a.start <= place.start and place.end <= a.end) or (place.start <= a.start and a.end <= place.end)
               for a in reading.answers)


def test_nothing_allowed_is_nothing_found(reader: SpanReader) -> None:
    assert reader.read("面积多少？", [TEXT], places=[[]])[0].answers == ()


def test_empty_question_or_text_has_no_answer(reader: SpanReader) -> None:
    assert [r.nothing for r in reader.read(" ", [TEXT])] == [1.0]
    first, second = reader.read("面积多少？", ["", TEXT])
    assert first.answers == () and first.nothing == 1.0
    assert second.answers


def test_what_lies_beyond_the_longest_text_is_not_read(reader: SpanReader) -> None:
    reading = reader.read("面积多少？", ["无" * LONGEST_TEXT + TEXT])[0]
    assert all(answer.end <= LONGEST_TEXT + 1 for answer in reading.answers)
