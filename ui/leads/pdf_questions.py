"""A PDF questionnaire: its ruled tables as tables, the rest as lines. Answers go out as a letter: a PDF has no room for them."""

from __future__ import annotations

import io
from typing import Any, Final

from corpus.errors import UnreadableFile
from ui.leads import wording
from ui.leads.records import Cell, Grid, Paragraph, Parsed, Row

_MOST_PAGES: Final = 200


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
    grids: list[Grid] = []
    lines: list[Paragraph] = []
    with file:
        if len(file.pages) > _MOST_PAGES:
            raise UnreadableFile(wording.PDF_LONG.format(_MOST_PAGES))
        for number, page in enumerate(file.pages, start=1):
            tables = page.find_tables()
            grids += [_grid(table.extract(), number, at) for at, table in enumerate(tables, start=1)]
            rest = page
            for table in tables:
                rest = rest.outside_bbox(table.bbox)
            for at, line in enumerate((rest.extract_text() or "").splitlines(), start=1):
                if line.strip():
                    lines.append(Paragraph(line.strip(), f"{number}:{at}"))
    if not grids and not lines:
        raise UnreadableFile(wording.PDF_SCAN)
    return Parsed(tuple(grids), tuple(lines))


def _grid(rows: list[list[Any]], page: int, at: int) -> Grid:
    """Return a table; all but the first of merged cells are empty, so that nothing is asked twice."""
    made = [
        Row(
            number,
            {
                column: Cell(" ".join((text or "").split()), f"{page}:{number}:{column}")
                for column, text in enumerate(row, start=1)
            },
        )
        for number, row in enumerate(rows, start=1)
    ]
    return Grid(wording.PDF_TABLE.format(page, at), tuple(made), wording.TABLE_PLACE)
