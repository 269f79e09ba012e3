from __future__ import annotations

import pytest

from rag.question.parts import alternatives, parts_of, side_by_side


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("甲镇和乙城各自的主导产业是什么？", ["甲镇的主导产业是什么", "乙城的主导产业是什么"]),
        ("甲镇吸引了多少人才，又获批了什么牌子", ["甲镇吸引了多少人才", "甲镇获批了什么牌子"]),
        ("竞赛有多少个团队参加，历时多久？", ["竞赛有多少个团队参加", "竞赛历时多久"]),
        ("甲镇有多大？人口多少？", ["甲镇有多大", "甲镇人口多少"]),
        ("乙湖公园占地多少。是谁建的？", ["乙湖公园占地多少", "乙湖公园是谁建的"]),
        ("乙城面积多大，有多少家企业", ["乙城面积多大", "乙城有多少家企业"]),
        ("我是做投资的，乙城面积多大？有哪些企业？", ["我是做投资的,乙城面积多大", "乙城有哪些企业"]),
        ("甲镇和乙城的面积各是多少", ["甲镇的面积是多少", "乙城的面积是多少"]),
        ("丙公司是干什么的，在哪里？", ["丙公司是干什么的", "丙公司在哪里"]),
        ("增长6.5%是真的吗", []),
        ("甲镇有多少家企业", []),
        ("甲镇很大，有多少家企业", []),
    ],
)
def test_single_questions_of_one(question: str, parts: list[str]) -> None:
    assert [part.question for part in parts_of(question)] == parts


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("“桥头堡”的定位各篇怎么写的？", '"桥头堡"的定位'),
        ("地铁四期的进展，两次报道各怎么说？", "地铁四期的进展"),
        ("产业园的产值，2024年初的报道和2025年的报道各怎么说？", "产业园的产值"),
        ("3000亿的工业目标，两篇文章的表述有没有出入", "3000亿的工业目标"),
        ("地铁四期什么时候通车", ""),
    ],
)
def test_on_what_the_articles_are_laid_side_by_side(question: str, topic: str) -> None:
    assert side_by_side(question) == topic


@pytest.mark.parametrize(
    ("question", "two"),
    [
        ("增速有的说3.5%有的说6.4%，怎么回事", ("3.5%", "6.4%")),
        ("这条铁路叫沪杭铁路还是沪乍杭铁路？", ("沪杭铁路", "沪乍杭铁路")),
        ("这条铁路叫什么", None),
    ],
)
def test_between_what_a_question_chooses(question: str, two: tuple[str, str] | None) -> None:
    assert alternatives(question) == two
