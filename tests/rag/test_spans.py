from __future__ import annotations

import pytest

from rag.reading.spans import Reading, amounts_of, answers_of, best_overlap, tidied


def cut(text: str, part: str) -> str:
    start = text.index(part)
    a, b = tidied(text, start, start + len(part), amounts_of(text))
    return text[a:b]


def test_the_span_between_two_rivals_is_preferred_when_it_overlaps_with_both() -> None:
    # 0–4 and 2–6 overlap by half with each other, 0–6 with each by 0.8: .35 + .35·.5 + .3·.8 < .3 + .7·.8
    ranked = best_overlap([(0, 4, 0.35), (2, 6, 0.35), (0, 6, 0.3)])
    assert ranked[0][:2] == (0, 6)
    assert ranked[0][2] == pytest.approx(0.86)


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("产值超3000亿元，居全省前列", "3000亿", "超3000亿元"),
        ("占比为12.5%以上", "12.5", "12.5%以上"),
        ("他说：“是的，很好。”", "“是的，很好", "“是的，很好。”"),
        ("由（一）公司承担，", "（一）公司承担，", "（一）公司承担"),
        ("发布《行动计划》后", "《行动计划", "《行动计划》"),
        ("发布《行动计划》后", "行动计划》", "《行动计划》"),
        ("，在杭州。", "，在杭州。", "在杭州"),
        ("温度为-5摄氏度", "-5摄氏度", "-5摄氏度"),
    ],
)
def test_edges_are_tidied(text: str, part: str, whole: str) -> None:
    assert cut(text, part) == whole


def test_marks_alone_stay_as_they_are() -> None:
    assert tidied("好。。", 1, 3, ()) == (1, 3)


def test_answers_do_not_overlap_and_keep_their_whole_amount() -> None:
    text = "产值超3000亿元，增长6%。"
    found = answers_of(text, [(3, 7, 0.6), (3, 9, 0.5), (12, 14, 0.3)], keep=5)
    assert [one.text for one in found] == ["超3000亿元", "6%"]


def test_even_odds_are_one_half_and_far_ones_do_not_overflow() -> None:
    assert Reading((), 0.0).probability == 0.5
    assert Reading((), 1000.0).probability == pytest.approx(1)
    assert Reading((), -1000.0).probability == pytest.approx(0)
