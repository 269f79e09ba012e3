"""The sheet of figures: found by topic, each with its quote, the same in Word, Excel and PDF."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date

import docx
import openpyxl
import pdfplumber
import pytest

from corpus.chinese.text import fold
from corpus.errors import QuestionError
from corpus.records import Article, Published
from tests.rag.worlds import article_of
from ui.leads import wording
from ui.leads.fact_sheet import FactSheet, fact_sheet, topics_of, write
from ui.leads.fonts import cut_to, free_font
from ui.leads.letters import Sender
from ui.service.figures import FigureBook

TEXT = (
    "青禾区去年经济向好。2024年，青禾区规上工业增加值500亿元，增长9.2%；青禾区服务业增加值400亿元。青禾区人才总量25万名。"
    "到2028年，青禾区规上工业产值突破3000亿元。青禾新城总面积10平方公里。"
)


def made(topics: tuple[str, ...] = ()) -> FactSheet:
    articles: list[Article] = [replace(article_of(TEXT), published=Published(date(2025, 3, 1), date(2025, 3, 1)))]
    return fact_sheet(FigureBook.of(articles), topics_of(topics), Sender("青禾招商", "0571-1"), date(2026, 1, 2))


def test_every_figure_stands_in_its_quote_and_topics_without_one_are_named() -> None:
    sheet = made()
    quotes = {n: quote for n, _, quote in sheet.sources}
    facts = [fact for topic in sheet.topics for fact in topic.facts]
    assert len(facts) >= 5
    assert all(fold(fact.value) in fold(quotes[fact.source]) for fact in facts)
    by_title = {topic.title: [fact.value for fact in topic.facts] for topic in sheet.topics}
    assert "25万名" in by_title["人才"] and "10平方公里" in by_title["空间与用地"]
    assert {"500亿元", "400亿元"} <= set(by_title["产业规模"])
    assert sheet.missing == ("交通",)


def test_a_plan_says_so_and_only_like_units_are_drawn() -> None:
    (industry,) = made(("产业规模",)).topics
    (planned,) = [fact for fact in industry.facts if fact.value.endswith("3000亿元")]
    assert wording.FACT_PLANNED in planned.dated
    assert len(industry.bars) > 1 and {fact.unit for fact in industry.bars} == {"元"} and industry.bars[0] is planned


def test_what_is_only_pointed_at_is_no_fact() -> None:
    article = replace(
        article_of("青禾区开放日来了。这座约6500平方米的青禾馆在青禾新城，青禾新城总面积10平方公里。"),
        published=Published(date(2025, 3, 1), date(2025, 3, 1)),
    )
    sheet = fact_sheet(FigureBook.of([article]), topics_of(()), Sender(), date(2026, 1, 2))
    assert [fact.value for topic in sheet.topics for fact in topic.facts] == ["10平方公里"]


def test_topics_of_ones_own_and_a_wrong_one() -> None:
    assert topics_of(("低空=无人机,飞行",)) == {"低空": ("无人机", "飞行")}
    with pytest.raises(QuestionError, match="主题=词,词"):
        topics_of(("低空",))


def test_all_three_files_say_the_same() -> None:
    sheet = made()
    word = docx.Document(io.BytesIO(write(sheet, "docx")))
    told = "\n".join(
        [
            *(p.text for p in word.paragraphs),
            *(cell.text for table in word.tables for row in table.rows for cell in row.cells),
        ]
    )
    book = openpyxl.load_workbook(io.BytesIO(write(sheet, "xlsx")))
    cells = "\n".join(
        str(cell.value) for page in book for row in page.iter_rows() for cell in row if cell.value is not None
    )
    with pdfplumber.open(io.BytesIO(write(sheet, "pdf"))) as pdf:
        assert len(pdf.pages) <= 2
        printed = "\n".join(page.extract_text() for page in pdf.pages)
    for fact in (fact for topic in sheet.topics for fact in topic.facts):
        assert fact.value in told and fact.value in cells and fact.value in printed
    for text in (told, cells):
        assert wording.FACTS_LABEL in text and "青禾招商" in text and "没有找到与「交通」" in text
    assert any(page._charts for page in book)
    drawn = {
        row[0].value: (row[3].value, row[4].value) for row in book["产业规模"].iter_rows(min_row=2) if row[1].value
    }
    assert set(drawn.values()) == {
        (3000, "亿元"),
        (500, "亿元"),
        (400, "亿元"),
        (None, None),
    }  # what is not drawn has no number


@pytest.mark.skipif(free_font() is None, reason="no free Chinese font on this machine")
def test_a_pdf_carries_the_characters_that_it_uses_and_no_others() -> None:
    printed = write(made(), "pdf")
    assert len(printed) < 400_000  # the font itself has tens of thousands of characters
    with pdfplumber.open(io.BytesIO(printed)) as pdf:
        fonts = {letter["fontname"] for page in pdf.pages for letter in page.chars}
    carried = set(re.findall(rb"/FontFile2 [^>]*?/FontName /([\w+-]+)", printed, re.DOTALL))
    assert fonts and {one.encode() for one in fonts} <= carried


def test_without_a_free_font_the_reader_takes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.leads.fact_sheet.free_font", lambda: None)
    with pdfplumber.open(io.BytesIO(write(made(), "pdf"))) as pdf:
        assert "25万名" in "".join(page.extract_text() for page in pdf.pages)


@pytest.mark.skipif(free_font() is None, reason="no free Chinese font on this machine")
def test_a_font_cut_to_a_text_has_its_characters_in_their_own_shape() -> None:
    from fontTools.pens.boundsPen import BoundsPen
    from fontTools.ttLib import TTFont

    path = free_font()
    assert path is not None
    font = TTFont(io.BytesIO(cut_to(path, "临平一1。")))
    assert "glyf" in font and {"临", "平", "一", "1", "。"} == {chr(code) for code in font.getBestCmap()}
    sizes = {}
    for code, name in font.getBestCmap().items():
        pen = BoundsPen(font.getGlyphSet())
        font.getGlyphSet()[name].draw(pen)
        left, low, right, high = pen.bounds
        sizes[chr(code)] = (right - left, high - low)
    wide, tall = sizes["一"]
    assert wide > 5 * tall > 0 and sizes["临"][1] > 5 * tall and sizes["1"][1] > sizes["1"][0]
