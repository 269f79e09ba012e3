from __future__ import annotations

import pytest

from rag.answers.lists import enumeration, has_clear_end, is_complete, plain_span
from rag.question.kinds import understand

ASKED = understand("那里有哪些东西")


@pytest.mark.parametrize(
    ("text", "members", "complete"),
    [
        ("本地聚焦装备制造、生物医药、家纺布艺三大产业。", ["装备制造", "生物医药", "家纺布艺"], True),
        ("已与甲师范大学、乙师范大学两所高校签约。", ["甲师范大学", "乙师范大学"], True),
        ("随着甲高铁、乙铁路、丙高速等多条通道相连，", ["甲高铁", "乙铁路", "丙高速"], False),
        ("甲增加值、乙企业数、丙研发经费较2023年实现“三个翻番”。", ["甲增加值", "乙企业数", "丙研发经费"], True),
        ("广泛适用于染色体分析、病灶识别和风险预测。", ["染色体分析", "病灶识别", "风险预测"], True),
    ],
)
def test_members_of_an_enumeration(text: str, members: list[str], complete: bool) -> None:
    spans = enumeration(ASKED, text)
    assert [text[span.start : span.end] for span in spans] == members
    assert has_clear_end(text, spans)
    assert is_complete(text, spans) is complete


def test_no_enumeration_for_other_questions() -> None:
    assert enumeration(understand("那里有多少人"), "甲、乙、丙三大产业") == ()


def test_the_only_date_answers_when() -> None:
    text = "1月27日，品牌馆正式开馆。"
    span = plain_span(understand("品牌馆什么时候开馆"), text)
    assert span is not None and text[span.start : span.end] == "1月27日"
    assert plain_span(understand("品牌馆什么时候开馆"), "1月27日开馆，2月3日闭馆。") is None


def test_the_only_quoted_name_answers_what_it_is_called() -> None:
    text = "“翊湖公园”这个名字脱颖而出。"
    span = plain_span(understand("公园叫什么"), text)
    assert span is not None and text[span.start : span.end] == "翊湖公园"
