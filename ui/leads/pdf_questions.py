"""A PDF questionnaire: its ruled tables as tables, the rest as lines. Answers go out as a letter: a PDF has no room for them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any, Final

from corpus.errors import UnreadableFile
from ui.leads import wording
from ui.leads.asking import unmarked
from ui.leads.records import Parsed, SheetCell, SheetGrid, SheetParagraph, SheetRow

_MOST_PAGES: Final = 200
_FIRST: Final = 2  # characters that may have to stand together: one and the mark behind it
_ENDS: Final = ("。", "？", "?", "！", "!", "；", ";", "：", ":")


def read_pdf(data: bytes) -> Parsed:
    """Return what a PDF says. Addresses are «page:row:column» and «page:line». Raises UnreadableFile, for a scan too."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect

    try:
        file = pdfplumber.open(io.BytesIO(data))
    except PDFPasswordIncorrect as error:
        raise UnreadableFile(wording.PDF_LOCKED) from error
    except Exception as error:  # pdfminer raises anything for a damaged file
        if isinstance(error.__cause__ or (error.args and error.args[0]), PDFPasswordIncorrect):
            raise UnreadableFile(wording.PDF_LOCKED) from error
        raise UnreadableFile(wording.PDF_BROKEN) from error
    grids: list[SheetGrid] = []
    lines: list[SheetParagraph] = []
    with file:
        if len(file.pages) > _MOST_PAGES:
            raise UnreadableFile(wording.PDF_LONG.format(_MOST_PAGES))
        for number, page in enumerate(file.pages, start=1):
            tables = page.find_tables()
            rest = page
            for table in tables:
                rest = rest.outside_bbox(table.bbox)
            here = _paragraphs(rest, number)
            for at, table in enumerate(tables, start=1):
                above = sum(top < table.bbox[1] for top, _ in here)
                grids.append(replace(_grid(table.extract(), number, at), after=len(lines) + above))
            lines += [paragraph for _, paragraph in here]
    if not grids and not lines:
        raise UnreadableFile(wording.PDF_SCAN)
    return Parsed(tuple(grids), tuple(lines))


def _paragraphs(page: Any, number: int) -> list[tuple[float, SheetParagraph]]:
    """Return the lines of a page and how far down each begins, those that only the margin has cut put together again."""
    lines = [line for line in page.extract_text_lines(return_chars=True) if line["text"].strip()]
    right = max((line["x1"] for line in lines), default=0)
    made: list[tuple[float, SheetParagraph]] = []
    room = 0.0  # that the line before has left
    for at, line in enumerate(lines, start=1):
        text = line["text"].strip()
        top, last = made[-1] if made else (0.0, SheetParagraph(_ENDS[0], ""))
        if not last.text.endswith(_ENDS) and not unmarked(text)[0] and _first_width(line) > room:
            made[-1] = (top, replace(last, text=_joined((last.text, text))))
        else:
            made.append((line["top"], SheetParagraph(text, f"{number}:{at}")))
        room = right - line["x1"]
    return made


def _first_width(line: dict[str, Any]) -> float:
    """Return how wide the first word of a line is, of Chinese the first characters: what the line before had no room for."""
    letters = line["chars"]
    word = list(takewhile(lambda one: one["text"].isascii() and not one["text"].isspace(), letters)) or letters[:_FIRST]
    return float(word[-1]["x1"] - word[0]["x0"] + word[0]["size"] / 2)


def _joined(lines: Sequence[str]) -> str:
    """Return lines as one: Chinese goes on without a space."""
    text = ""
    for line in filter(None, map(str.strip, lines)):
        space = " " if text and text[-1].isascii() and line[0].isascii() else ""
        text += space + " ".join(line.split())
    return text


def _grid(rows: list[list[Any]], page: int, at: int) -> SheetGrid:
    """Return a table; of merged cells there is the first alone, so that nothing is asked twice."""
    made = [
        SheetRow(
            number,
            {
                column: SheetCell(_joined(text.splitlines()), f"{page}:{number}:{column}")
                for column, text in enumerate(row, start=1)
                if text is not None
            },
        )
        for number, row in enumerate(rows, start=1)
    ]
    return SheetGrid(wording.PDF_TABLE.format(page, at), tuple(made), wording.TABLE_PLACE)
