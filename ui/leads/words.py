"""Word files → tables and paragraphs, each with its place in document order. Runs in the child process that parses."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from corpus.formats.docx import Numbering
from ui.leads import wording
from ui.leads.records import Parsed, SheetCell, SheetGrid, SheetParagraph, SheetRow

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_UNSEEN: Final = frozenset(_W + name for name in ("del", "moveFrom", "instrText", "delText", "pPr", "rPr"))
_HEADING: Final = ("heading", "标题", "title")


def read_words(data: bytes) -> Parsed:
    """Return tables and paragraphs of a document that was found safe to open, in document order."""
    import docx

    document = docx.Document(io.BytesIO(data))
    return _DocumentWalk(document).parsed()


class _DocumentWalk:
    """One document. Places count every `w:p` and every `w:tc` of the part, as `ui.leads.filling` does."""

    def __init__(self, document: Any) -> None:
        root = document.element
        self._body = root.body
        self._paragraphs = {element: number for number, element in enumerate(root.iter(_W + "p"))}
        self._cells = {element: number for number, element in enumerate(root.iter(_W + "tc"))}
        self._numbers = Numbering(document)
        self._headings = {
            style.style_id
            for style in document.styles
            if getattr(style, "type", None) == 1 and (style.name or "").lower().startswith(_HEADING)
        }

    def parsed(self) -> Parsed:
        grids: list[SheetGrid] = []
        loose: list[SheetParagraph] = []
        for element in self._blocks(self._body):
            if element.tag == _W + "p":
                loose.append(self._paragraph(element))
                continue
            grid = self._grid(element, len(grids) + 1)
            if max((len(row.cells) for row in grid.rows), default=0) < 2:  # a frame around text
                loose += [self._paragraph(one) for one in element.iter(_W + "p")]
            else:
                grids.append(replace(grid, after=len(loose)))
        return Parsed(tuple(grids), tuple(loose))

    def _blocks(self, parent: Any) -> Iterator[Any]:
        """Yield paragraphs and tables of the text itself, through what only wraps them."""
        for element in parent:
            if element.tag in (_W + "p", _W + "tbl"):
                yield element
            elif element.tag in (_W + "sdt", _W + "sdtContent", _W + "customXml", _W + "ins", _W + "moveTo"):
                yield from self._blocks(element)

    def _paragraph(self, element: Any) -> SheetParagraph:
        style = element.find(f"{_W}pPr/{_W}pStyle")
        heading = style is not None and style.get(_W + "val") in self._headings
        return SheetParagraph(_text(element), f"p{self._paragraphs[element]}", self._numbers.of(element) or "", heading)

    def _grid(self, table: Any, number: int) -> SheetGrid:
        rows: list[SheetRow] = []
        open_above: dict[int, SheetCell] = {}
        for row in (one for one in table.iter(_W + "tr") if _nearest(one, _W + "tbl") is table):
            made: dict[int, SheetCell] = {}
            column = 1 + _count(row, "trPr/{w}gridBefore")
            for cell in (one for one in row.iter(_W + "tc") if _nearest(one, _W + "tr") is row):
                span = max(1, _count(cell, "tcPr/{w}gridSpan"))
                merge = cell.find(f"{_W}tcPr/{_W}vMerge")
                goes_on = merge is not None and merge.get(_W + "val") != "restart"
                if not (goes_on and column in open_above):
                    made[column] = SheetCell(self._cell_text(cell), f"c{self._cells[cell]}", columns=span)
                if merge is not None and not goes_on:
                    open_above[column] = made[column]
                elif merge is None:
                    open_above.pop(column, None)
                column += span
            hidden = row.find(f"{_W}trPr/{_W}hidden") is not None
            rows.append(SheetRow(len(rows) + 1, made, hidden))
        return SheetGrid(wording.TABLE.format(number), tuple(rows), wording.TABLE_PLACE)

    def _cell_text(self, cell: Any) -> str:
        lines = [(self._numbers.of(one) or "") + _text(one) for one in cell.iter(_W + "p")]
        return "\n".join(line for line in lines if line.strip())


def _text(paragraph: Any) -> str:
    """Return what a reader sees of a paragraph: no deleted or hidden words, no field codes."""
    pieces: list[str] = []

    def walk(element: Any) -> None:
        if element.tag in _UNSEEN or (element.tag == _W + "r" and element.find(f"{_W}rPr/{_W}vanish") is not None):
            return
        if element.tag == _W + "t":
            pieces.append(element.text or "")
        elif element.tag in (_W + "tab", _W + "br", _W + "cr"):
            pieces.append(" ")
        for child in element:
            walk(child)

    walk(paragraph)
    return "".join(pieces).strip()


def _count(element: Any, path: str) -> int:
    found = element.find(_W + path.format(w=_W))
    value = "" if found is None else found.get(_W + "val", "")
    return int(value) if value.isdecimal() else 0


def _nearest(element: Any, tag: str) -> Any:
    parent = element.getparent()
    while parent is not None and parent.tag != tag:
        parent = parent.getparent()
    return parent
