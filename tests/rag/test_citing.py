from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from corpus.records import Article, Block, BlockKind, Published, Segment, Span
from rag.citing import as_of_text, cite, faults, published_text
from rag.records import Answer, Claim, Mode, Status

TEXT = "标题\n到2028年，产值突破3000亿元。新增企业12家。"
ARTICLE = Article(
    id="a",
    text=TEXT,
    blocks=(Block(BlockKind.HEADLINE, 0, 2), Block(BlockKind.BODY, 3, len(TEXT))),
    segments=(Segment(0, 5, 2), Segment(3, 9, len(TEXT) - 3)),
    gaps=(),
    headline="标题",
    kicker="",
    authors=(),
    publisher="",
    published=Published(date(2024, 5, 1), date(2024, 6, 30), inferred=True),
    file_name="a.txt",
    source_sha256="0" * 64,
)


def answered(claim: str, start: int = 3, end: int = 21) -> Answer:
    citation = cite(ARTICLE, start, end, 1)
    return Answer(
        id="1",
        question="?",
        status=Status.ANSWERED,
        answer=claim,
        short_answer=None,
        claims=(Claim(claim, (1,)),),
        citations=(citation,),
        as_of="",
        conflicts=(),
        confidence=1.0,
        mode=Mode.EXTRACTIVE,
        index_generation="g",
    )


def test_a_citation_quotes_the_article_and_points_into_the_source() -> None:
    citation = cite(ARTICLE, 3, 21, 1)
    assert citation.quote == TEXT[3:21]
    assert (citation.source_start, citation.source_end) == (9, 27)
    assert citation.published == "2024年5—6月"
    assert citation.published_inferred


def test_a_claim_in_the_words_of_its_quote_has_no_fault() -> None:
    assert faults(answered(TEXT[3:21]), {"a": ARTICLE}) == []


def test_a_cut_claim_keeps_the_order_of_its_quote() -> None:
    assert faults(answered("到2028年，…3000亿元。"), {"a": ARTICLE}) == []
    assert faults(answered("3000亿元…到2028年"), {"a": ARTICLE})


@pytest.mark.parametrize(
    "claim", ["到2028年，产值突破4000亿元。", "到2028年，产值突破3000万元。", "新增企业12家。", "产值将突破3000亿元"]
)
def test_a_claim_in_other_words_is_a_fault(claim: str) -> None:
    assert faults(answered(claim), {"a": ARTICLE})


def test_a_quote_moved_by_one_character_is_a_fault() -> None:
    right = answered(TEXT[3:21])
    moved = replace(right, citations=(replace(right.citations[0], start=4, end=22),))
    assert faults(moved, {"a": ARTICLE})


def test_an_unknown_article_and_a_dangling_mark_are_faults() -> None:
    right = answered(TEXT[3:21])
    assert faults(right, {})
    assert faults(replace(right, claims=(Claim(TEXT[3:21], (2,)),)), {"a": ARTICLE})
    assert faults(replace(right, claims=(Claim(TEXT[3:21], ()),)), {"a": ARTICLE})


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2024, 5, 3), date(2024, 5, 3), "2024年5月3日"),
        (date(2024, 5, 1), date(2024, 5, 31), "2024年5月"),
        (date(2024, 2, 1), date(2024, 3, 31), "2024年2—3月"),
        (date(2023, 12, 1), date(2024, 1, 31), "2023年12月—2024年1月"),
        (date(2024, 1, 1), date(2024, 12, 31), "2024年"),
        (date(2024, 2, 1), date(2024, 2, 29), "2024年2月"),
        (date(2024, 2, 3), date(2024, 2, 9), "2024年2月3日—2024年2月9日"),
    ],
)
def test_a_date_is_shown_as_finely_as_it_is_known(first: date, last: date, text: str) -> None:
    assert published_text(Published(first, last)) == text


def test_a_date_line_says_when_the_date_was_inferred_or_is_unknown() -> None:
    assert as_of_text("2024年5月", True) == "据2024年5月报道（推定）"
    assert as_of_text("2024年5月", False) == "据2024年5月报道"
    assert as_of_text("", False) == "报道日期不详"


@pytest.mark.parametrize(
    ("first", "last", "inferred", "told"),
    [
        (date(2024, 6, 1), date(2024, 12, 31), True, "2024年6月或稍后"),
        (date(2024, 4, 16), date(2024, 12, 31), True, "2024年4月16日或稍后"),
        (date(2024, 6, 1), date(2024, 9, 30), True, "2024年6—9月"),
        (date(2024, 1, 1), date(2024, 12, 31), True, "2024年"),
        (date(2024, 6, 1), date(2024, 12, 31), False, "2024年6—12月"),
    ],
)
def test_an_unsure_date_is_no_range_to_the_end_of_the_year(first: date, last: date, inferred: bool, told: str) -> None:
    assert published_text(Published(first, last, inferred)) == told


def test_words_are_found_again_where_reading_anew_moved_them() -> None:
    quote = TEXT[3:21]
    anew = replace(ARTICLE, text="题\n前言。\n" + TEXT[3:], blocks=(), segments=())
    place = anew.place_of(quote, 3)
    assert place is not None and anew.text[place.start : place.end] == quote
    assert ARTICLE.place_of(quote, 3) == Span(3, 21)
    assert anew.place_of("不在文中", 3) is None and anew.place_of("", 3) is None
    twice = replace(ARTICLE, text="甲。乙。甲。", blocks=(), segments=())
    assert twice.place_of("甲。", 3) == Span(4, 6)
