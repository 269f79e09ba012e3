from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

from corpus.records import Article, BlockKind, Cell, Passage, Precision, Row, Span, TimeMention
from index.storage.serial import from_line, to_line
from tests.fakes import made_article

ARTICLE = replace(
    made_article("甲", "去年投产。", "共3000亿元。", headline="题"),
    gaps=(3,),
    kicker="眉题",
    authors=("张三", "李四"),
    headline_inferred=True,
    rows=(Row(1, 6, 14, (Cell(Span(6, 7), Span(7, 13)),)),),
)
PASSAGE = Passage(
    "甲",
    0,
    5,
    "去年投产。",
    BlockKind.CAPTION,
    ("题", "小标题"),
    (Span(0, 5),),
    (
        TimeMention(0, 2, "去年", date(2023, 1, 1), date(2023, 12, 31), Precision.YEAR),
        TimeMention(0, 2, "去年", None, None, Precision.OPEN),
    ),
)


def test_records_come_back_equal() -> None:
    bare = replace(ARTICLE, published=None)
    for article in (ARTICLE, bare):
        assert from_line(to_line(article, [PASSAGE])) == (article, (PASSAGE,))


def test_no_field_of_a_record_is_left_at_its_default_in_this_test() -> None:
    for record in (ARTICLE, PASSAGE):
        for field in fields(record):
            assert (
                field.name.startswith("_")
                or getattr(record, field.name) not in ((), "", None, False, 0)
                or (field.name in {"start", "publisher"})
            ), field.name
    assert isinstance(ARTICLE, Article)


def test_a_line_is_one_line_and_equal_records_give_equal_bytes() -> None:
    line = to_line(ARTICLE, [PASSAGE])
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert line == to_line(replace(ARTICLE), [replace(PASSAGE)])


def test_a_lone_surrogate_of_a_source_survives() -> None:
    article = made_article("乙", "坏\ud800字。")
    assert from_line(to_line(article, []))[0].text == "坏\ud800字。"
