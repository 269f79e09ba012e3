from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from rag.question.kinds import AnswerKind, understand
from rag.question.tidy import simplify, tidy, without_fillers

DATA = Path(__file__).parents[3] / "shared" / "data"
LABELS = Path(__file__).parent / "kind_labels.tsv"


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("云栈小镇有多少企业？", AnswerKind.QUANTITY),
        ("望潮桥有多长", AnswerKind.QUANTITY),
        ("云栈小镇是哪年开园的？", AnswerKind.DATE),
        ("飞梭动力的董事长是谁？", AnswerKind.PERSON),
        ("顾砚秋是谁？", AnswerKind.DEFINITION),
        ("哪家公司发布了大模型？", AnswerKind.ORGANISATION),
        ("望潮桥在哪里？", AnswerKind.PLACE),
        ("大模型叫什么名字？", AnswerKind.NAME),
        ("主要收入来源是什么？", AnswerKind.NAME),
        ("三大特色产业是什么？", AnswerKind.LIST),
        ("青禾区和哪些大学签约？", AnswerKind.LIST),
        ("什么是托育？", AnswerKind.DEFINITION),
        ("望潮桥是什么", AnswerKind.DEFINITION),
        ("为什么要建云栈小镇？", AnswerKind.REASON),
        ("企业如何申请补贴？", AnswerKind.HOW),
        ("如何确定竣工日期？", AnswerKind.HOW),
        ("云栈小镇开园了吗？", AnswerKind.YES_NO),
        ("云栈小镇和梭影小镇哪个企业多？", AnswerKind.COMPARISON),
        ("经开区比高新区大多少？", AnswerKind.COMPARISON),
        ("产值有什么变化？", AnswerKind.CHANGE),
    ],
)
def test_a_question_has_a_kind(question: str, kind: AnswerKind) -> None:
    assert understand(question).kind is kind


@pytest.mark.parametrize(
    "question", ["最早能追溯到哪个年代？", "青禾区最大的公园叫什么？", "哪家企业的产值最高？", "最高荣誉是什么？"]
)
def test_a_superlative_is_no_comparison(question: str) -> None:
    assert understand(question).kind is not AnswerKind.COMPARISON


def test_the_unit_stands_behind_the_word_that_asks() -> None:
    assert understand("面积是多少平方公里？").unit == "平方公里"
    assert understand("是多少？").unit == ""


def test_the_focus_is_the_stretch_that_asks() -> None:
    asked = understand("望潮桥在哪里？")
    assert asked.text[slice(*asked.focus)] in ("在哪", "哪里")


@pytest.mark.skipif(not DATA.exists(), reason="the training data is not there")
def test_kinds_agree_with_labels_given_by_hand() -> None:
    """270 questions of three sets; the text of the questions is read where the data lies."""
    rows = [line.split("\t") for line in LABELS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    texts = {}
    for name in {row[0] for row in rows}:
        with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts.update({(name, str(row["id"])): row["question"] for row in map(json.loads, lines)})
    right = sum(
        understand(without_fillers(simplify(tidy(texts[name, number])))).kind.value == kind
        for name, number, kind in rows
    )
    assert right / len(rows) >= 0.95
