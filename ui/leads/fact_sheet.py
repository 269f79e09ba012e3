"""Two pages of figures on chosen topics, found in the articles: as Word, Excel or PDF, every figure with its quote."""

from __future__ import annotations

import io
import json
import re
import string
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final
from xml.sax.saxutils import escape

from corpus.chinese.facts import Measure
from corpus.chinese.text import fold
from corpus.errors import QuestionError
from rag.citing import published_text
from ui.leads import wording
from ui.leads.fonts import cut_to, free_font
from ui.leads.letters import Sender
from ui.leads.splicing import safe_text
from ui.page.exporting import source_name
from ui.service.figures import FigureBook, FigureRow, harmless, is_unclear

FORMS: Final = ("docx", "xlsx", "pdf")
_MOST: Final = 7  # facts of a topic: four topics fill two pages
_OF_ONE: Final = 3  # … and of one sentence
_LONGEST_BAR: Final = 24  # full blocks
_DRAWN: Final = frozenset({Measure.MONEY, Measure.AREA, Measure.LENGTH, Measure.PEOPLE})
_READERS_OWN: Final = "STSong-Light"  # where no font may be carried: a reader made for Chinese has this one
_CARRIED: Final = "Linping"
_PRINTING = threading.Lock()  # what writes the PDF knows fonts by name, for the whole process


@dataclass(frozen=True, slots=True)
class PrintedFact:
    """One figure as it is printed: of what, as of when, and the number of its source. `number` is 0 where no bar says anything."""

    what: str
    value: str
    dated: str
    source: int
    number: float
    unit: str


@dataclass(frozen=True, slots=True)
class SheetTopic:
    """A topic with its facts, and those of them that are alike enough to be drawn: `bars`, largest first."""

    title: str
    facts: tuple[PrintedFact, ...]

    @property
    def bars(self) -> tuple[PrintedFact, ...]:
        units = Counter(fact.unit for fact in self.facts)
        unit, count = units.most_common(1)[0] if units else ("", 0)
        alike = [fact for fact in self.facts if fact.unit == unit and fact.number > 0]
        return tuple(sorted(alike, key=lambda fact: -fact.number)) if count > 1 else ()


@dataclass(frozen=True, slots=True)
class FactSheet:
    """What the sheet says, in order. `sources` are (number, article, quote); `missing` the topics without a figure."""

    topics: tuple[SheetTopic, ...]
    sources: tuple[tuple[int, str, str], ...]
    missing: tuple[str, ...]
    sender: Sender
    day: str


def topics_of(given: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return title → words of «人才» or «低空经济=低空,无人机»; the usual four when nothing is given. Raises QuestionError."""
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        title, _, words = one.partition("=")
        known = wording.FACT_TOPICS.get(title.strip())
        said = tuple(word.strip() for word in re.split("[,，、]", words) if word.strip())
        if not title.strip() or not (said or known):
            raise QuestionError(wording.WRONG_TOPIC.format(one, "、".join(wording.FACT_TOPICS)))
        found[title.strip()] = said or known or ()
    return found or dict(wording.FACT_TOPICS)


def fact_sheet(book: FigureBook, topics: Mapping[str, Sequence[str]], sender: Sender, today: date) -> FactSheet:
    """Return the clearest and newest figures of each topic; one of a kind, none twice."""
    numbers: dict[tuple[str, int, int], int] = {}
    sources: list[tuple[int, str, str]] = []
    told: set[tuple[str, str, str]] = set()
    made: list[SheetTopic] = []
    for title, words in topics.items():
        facts: list[PrintedFact] = []
        weighed = [(_weight(row, words), row) for row in book.rows if not is_unclear(row)]
        for _, row in sorted(((weight, row) for weight, row in weighed if weight > 0), key=lambda one: -one[0]):
            kind, place = (row.subject, row.indicator, row.measure), (row.article_id, row.start, row.end)
            same = sum(fact.source == numbers.get(place) for fact in facts)
            if kind in told or len(facts) == _MOST or same == _OF_ONE:
                continue
            told.add(kind)
            if place not in numbers:
                numbers[place] = len(numbers) + 1
                inferred = row.published is not None and row.published.inferred
                sources.append(
                    (
                        numbers[place],
                        source_name(row.headline, "", published_text(row.published), inferred),
                        row.sentence,
                    )
                )
            planned = (wording.FACT_PLANNED,) if row.plan else ()
            what = f"{row.what}{wording.FACT_GROWTH}" if row.growth else row.what
            drawn = row.number if row.measure in _DRAWN and not row.growth else 0.0
            facts.append(
                PrintedFact(what, row.value, " · ".join((row.as_of, *planned)), numbers[place], drawn, row.unit)
            )
        made.append(SheetTopic(title, tuple(facts)))
    return FactSheet(
        tuple(topic for topic in made if topic.facts),
        tuple(sources),
        tuple(topic.title for topic in made if not topic.facts),
        sender,
        f"{today.year}年{today.month}月{today.day}日",
    )


def _weight(row: FigureRow, words: Sequence[str]) -> float:
    """Return how much a figure has to do with a topic; what it measures says most, a plan and a rate say less than a level."""
    named = fold(row.subject + row.indicator + row.unit)
    near = fold("".join(row.around))
    hits = sum(2.0 * (fold(word) in named) + (fold(word) in near) for word in words)
    if not hits:
        return 0.0
    newest = row.published.last.toordinal() / 1e6 if row.published else 0.0
    return hits + newest - 0.5 * row.growth - 0.25 * row.plan


def write(sheet: FactSheet, form: str) -> bytes:
    """Return the sheet as a file of one of FORMS."""
    return {"docx": _docx, "xlsx": _xlsx, "pdf": _pdf}[form](sheet)


def _closing(sheet: FactSheet) -> list[str]:
    lines = [wording.FACTS_MISSING.format("、".join(sheet.missing))] if sheet.missing else []
    lines += [wording.CONTACT.format(sheet.sender.contact)] if sheet.sender.contact else []
    return [*lines, " ".join(filter(None, (sheet.sender.name, sheet.day))), wording.FACTS_LABEL]


def _bar(fact: PrintedFact, bars: Sequence[PrintedFact]) -> str:
    return "█" * max(1, round(_LONGEST_BAR * fact.number / bars[0].number))


def _docx(sheet: FactSheet) -> bytes:
    import docx
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    file = docx.Document()
    for section in file.sections:
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.6)
    normal = file.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "宋体")
    normal.paragraph_format.space_after = Pt(2)

    def quiet(text: str, size: int = 8) -> None:
        run = file.add_paragraph().add_run(safe_text(text))
        run.font.size, run.font.color.rgb = Pt(size), RGBColor(0x58, 0x60, 0x62)

    file.core_properties.title, file.core_properties.author = wording.FACTS_TITLE, sheet.sender.name
    file.add_heading(wording.FACTS_TITLE, 1)
    for topic in sheet.topics:
        file.add_heading(safe_text(topic.title), 2)
        table = file.add_table(rows=0, cols=3)
        for fact in topic.facts:
            cells = table.add_row().cells
            cells[0].text = safe_text(fact.what)
            cells[1].paragraphs[0].add_run(safe_text(fact.value)).bold = True
            cells[2].text = safe_text(f"{fact.dated} [{fact.source}]")
        bars = topic.bars
        for fact in bars:
            paragraph = file.add_paragraph()
            paragraph.paragraph_format.space_after = Pt(0)
            run = paragraph.add_run(f"{_bar(fact, bars)} ")
            run.font.size, run.font.color.rgb = Pt(7), RGBColor(0x2F, 0x6F, 0x73)
            paragraph.add_run(safe_text(f"{fact.what} {fact.value}（{fact.dated}）")).font.size = Pt(8)
    file.add_heading(wording.SOURCES, 2)
    for n, name, quote in sheet.sources:
        quiet(f"[{n}] {name}「{quote}」")
    for line in _closing(sheet):
        quiet(line)
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def _xlsx(sheet: FactSheet) -> bytes:
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.active)
    for topic in sheet.topics:
        page = book.create_sheet(re.sub(r"[\\/*?:\[\]]", " ", topic.title)[:31])
        page.append(list(wording.FACT_COLUMNS))
        by, unit = _money(topic)
        for fact in (*topic.bars, *(one for one in topic.facts if one not in topic.bars)):
            number = round(fact.number / (by if fact.unit == "元" else 1), 6) or None
            page.append(
                [
                    *map(harmless, (fact.what, fact.value, fact.dated)),
                    number,
                    number and (unit if fact.unit == "元" else harmless(fact.unit)),
                    fact.source,
                ]
            )
        for cell in page[1]:
            cell.font = Font(bold=True)
        for column, width in zip("ABCDEF", (44, 18, 26, 12, 12, 8), strict=True):
            page.column_dimensions[column].width = width
        if count := len(topic.bars):
            chart = BarChart(barDir="bar", style=10)
            chart.title, chart.legend = (
                f"{topic.title}（{unit if topic.bars[0].unit == '元' else topic.bars[0].unit}）",
                None,
            )
            chart.add_data(Reference(page, min_col=4, min_row=2, max_row=count + 1))
            chart.set_categories(Reference(page, min_col=1, min_row=2, max_row=count + 1))
            page.add_chart(chart, f"A{len(topic.facts) + 4}")
    page = book.create_sheet(wording.SOURCES)
    for n, name, quote in sheet.sources:
        page.append([n, harmless(name), harmless(quote)])
    for line in _closing(sheet):
        page.append(["", harmless(line)])
    page.column_dimensions["B"].width, page.column_dimensions["C"].width = 50, 100
    for cells in page.iter_rows():
        cells[-1].alignment = Alignment(wrap_text=True, vertical="top")
    for page in book:
        page.page_setup.orientation, page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = (
            "landscape",
            0,
            True,
        )
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _money(topic: SheetTopic) -> tuple[float, str]:
    """Return by what the sums of a topic are divided, and how they are then called."""
    largest = max((fact.number for fact in topic.facts if fact.unit == "元"), default=0)
    return next(((by, unit) for by, unit in ((1e8, "亿元"), (1e4, "万元")) if largest >= by), (1.0, "元"))


def _pdf(sheet: FactSheet) -> bytes:
    with _PRINTING:
        return _printed(sheet, _font_for(sheet))


def _font_for(sheet: FactSheet) -> str:
    """Return the name of a font that is ready to print every character of the sheet, carried by the file where one may be."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    if (path := free_font()) is None:
        pdfmetrics.registerFont(UnicodeCIDFont(_READERS_OWN))
        return _READERS_OWN
    said = json.dumps([asdict(sheet), _closing(sheet), wording.FACTS_TITLE, wording.SOURCES], ensure_ascii=False)
    pdfmetrics.registerFont(TTFont(_CARRIED, io.BytesIO(cut_to(path, f"{said}{string.printable}「」（）…█"))))
    return _CARRIED


def _printed(sheet: FactSheet, font: str) -> bytes:
    from reportlab.lib.colors import HexColor
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import cm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

    teal, grey = HexColor("#2f6f73"), HexColor("#586062")

    def style(size: float, colour: Any = None, space: float = 2) -> Any:
        return ParagraphStyle(
            "",
            fontName=font,
            fontSize=size,
            leading=size * 1.45,
            textColor=colour or HexColor("#1f2627"),
            spaceAfter=space,
            wordWrap="CJK",
        )

    def text(words: str, *shape: Any) -> Any:
        return Paragraph(escape(safe_text(words)), style(*shape))

    story: list[Any] = [text(wording.FACTS_TITLE, 18, None, 8)]
    for topic in sheet.topics:
        story.append(text(topic.title, 12.5, teal, 3))
        rows = [
            [text(fact.what, 9), text(fact.value, 10.5, teal), text(f"{fact.dated} [{fact.source}]", 8, grey)]
            for fact in topic.facts
        ]
        story.append(
            Table(
                rows,
                colWidths=[8 * cm, 4 * cm, 5 * cm],
                style=[
                    ("VALIGN", (0, 0), (-1, -1), "TOP"),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
                    ("TOPPADDING", (0, 0), (-1, -1), 1),
                ],
            )
        )
        if topic.bars:
            story.append(_drawn(topic, font, teal, grey))
        story.append(Spacer(1, 4))
    story.append(text(wording.SOURCES, 12.5, teal, 3))
    story += [text(f"[{n}] {name}「{quote}」", 7, grey) for n, name, quote in sheet.sources]
    story += [text(line, 7.5, grey) for line in _closing(sheet)]
    out = io.BytesIO()
    SimpleDocTemplate(
        out,
        pagesize=A4,
        title=wording.FACTS_TITLE,
        author=sheet.sender.name,
        leftMargin=2 * cm,
        rightMargin=2 * cm,
        topMargin=1.5 * cm,
        bottomMargin=1.5 * cm,
    ).build(story)
    return out.getvalue()


def _drawn(topic: SheetTopic, font: str, colour: Any, grey: Any) -> Any:
    """Return the bars of a topic, each with its value behind it."""
    from reportlab.graphics.shapes import Drawing, Rect, String

    step, width = 11, 260
    drawing = Drawing(480, step * len(topic.bars) + 4)
    for at, fact in enumerate(topic.bars):
        y = step * (len(topic.bars) - 1 - at) + 2
        length = max(1.0, width * fact.number / topic.bars[0].number)
        drawing.add(Rect(0, y, length, step - 4, fillColor=colour, strokeColor=None))
        drawing.add(
            String(
                length + 4,
                y + 1,
                f"{fact.what} {fact.value}（{fact.dated}）"[:52],
                fontName=font,
                fontSize=7,
                fillColor=grey,
            )
        )
    return drawing
