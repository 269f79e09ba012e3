"""Exact match and F1 of CMRC 2018: the official script's values, each worked out on paper from its definition."""

from __future__ import annotations

import pytest

from evals.metrics.cmrc import cmrc_exact, cmrc_f1, segments

# gold, prediction, EM, F1 as a fraction: l = longest common contiguous run, P = l/|prediction|, R = l/|gold|.
PAIRS = [
    ("500年", "500年", 1, (1, 1)),
    ("500年", "至今已有500年", 0, (1, 2)),  # 2 of 6 and 2 of 2: 2·(1/3)·1 / (4/3)
    ("500年", "600年", 0, (1, 2)),  # 年 alone: 1 of 2 on either side
    ("七孔桥", "五孔桥", 0, (2, 3)),
    ("七孔桥", "桥孔七", 0, (1, 3)),  # a run must be contiguous and in order
    ("临平新城", "新城临平", 0, (1, 2)),  # a bag of characters would give 1
    ("3000亿元", "3,000亿元", 0, (2, 3)),  # ASCII commas are no marks: 3000 ≠ 3,000
    ("1067.27亿元", "1067.27亿元", 1, (1, 1)),
    ("1067.27亿元", "1067.28亿元", 0, (2, 3)),
    ("5.2%", "5.2", 0, (2, 3)),  # the Treebank tokenizer parts 5.2 and %
    ("陈国强", "“陈国强”", 1, (1, 1)),
    ("陈国强", "陈国强。", 1, (1, 1)),
    ("陈国强", "陈国强.", 0, (6, 7)),  # an ASCII full stop stays: 3 of 4
    ("《规划》", "规划", 1, (1, 1)),
    ("时尚、算力", "时尚算力", 1, (1, 1)),
    ("G60科创走廊", "g60科创走廊", 1, (1, 1)),  # case is folded
    ("G60科创走廊", "G60", 0, (1, 3)),  # 1 of 1 and 1 of 5
    ("AI大模型", "大模型", 0, (6, 7)),  # 3 of 3 and 3 of 4
    ("等……", "等", 0, (2, 3)),  # …… is in the list as two characters, so that neither is ever removed
    ("杭州", "上海", 0, (0, 1)),
    ("杭州", "", 0, (0, 1)),
    ("Hangzhou Linping", "hangzhou linping", 1, (1, 1)),
]


@pytest.mark.parametrize(("gold", "prediction", "exact", "f1"), PAIRS)
def test_values_are_those_of_the_official_definition(
    gold: str, prediction: str, exact: int, f1: tuple[int, int]
) -> None:
    assert cmrc_exact([gold], prediction) == exact
    assert cmrc_f1([gold], prediction) == pytest.approx(f1[0] / f1[1])


def test_the_best_of_several_golds_counts() -> None:
    assert cmrc_f1(["五百年", "500年"], "500年") == 1
    assert cmrc_exact(["五百年", "500年"], "500年") == 1


def test_chinese_is_cut_into_characters_and_the_rest_into_words() -> None:
    assert segments("增长5.2%，AI(人工智能)") == ["增", "长", "5.2", "%", "ai", "(", "人", "工", "智", "能", ")"]


def test_segments_of_two_marks_that_the_list_does_not_hold() -> None:
    assert segments("甲……") == ["甲", "……"]
