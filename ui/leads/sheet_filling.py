"""Answers into the cells of an Excel file. Only the cells that are filled change, and the height of their rows; all other bytes stay.

A filled cell keeps its format, but wraps its lines. It holds text and never a formula: one that Excel would take for a formula
when somebody edits it also gets the quote prefix.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from math import ceil
from posixpath import join, normpath
from typing import Final

from lxml import etree

from corpus.errors import UnreadableFile
from ui.leads import wording
from ui.leads.grids import column_number
from ui.leads.splicing import Element, Splice, elements, markup, repacked, safe_text, spliced
from ui.service.figures import harmless

_ADDRESS: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_STYLES: Final = "xl/styles.xml"
_MAIN: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WIDTH: Final = 8.43  # characters of a column that nobody has set
_LINE: Final = 15  # points
_TALLEST: Final = 409  # points; Excel knows no taller row
_MOST_COLUMNS: Final = 16_384
_PARSER: Final = {"resolve_entities": False, "no_network": True}


def fill_sheets(data: bytes, texts: Mapping[str, Mapping[str, str]], footer: str = "") -> bytes:
    """Return the workbook with `texts` by sheet and cell («D5»), and `footer` two rows below each of these sheets.

    Raises UnreadableFile when the sheets cannot be found.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        paths = sheet_paths(package)
        missing = [name for name in texts if name not in paths]
        if missing:
            raise UnreadableFile(wording.NO_SUCH_PART.format(missing[0], "、".join(paths)))
        styles = Styles(package.read(_STYLES) if _STYLES in package.namelist() else b"")
        parts = {
            paths[name]: _filled(package.read(paths[name]), cells, styles, footer)
            for name, cells in texts.items()
            if cells
        }
    if styles.changed:
        parts[_STYLES] = styles.written()
    return repacked(data, parts)


def sheet_paths(package: zipfile.ZipFile) -> dict[str, str]:
    """Return the part that holds each sheet, by its name."""
    book = etree.fromstring(package.read("xl/workbook.xml"), etree.XMLParser(**_PARSER))
    links = etree.fromstring(package.read("xl/_rels/workbook.xml.rels"), etree.XMLParser(**_PARSER))
    targets = {one.get("Id"): one.get("Target") for one in links}
    found: dict[str, str] = {}
    for sheet in book.iter(_MAIN + "sheet"):
        target = targets.get(sheet.get(_ID), "")
        found[sheet.get("name")] = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
    return found


class Styles:
    """The cell formats of a workbook; copies of them that wrap, with a quote prefix or without, are put behind the last."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        found = elements(data, frozenset({"cellXfs", "xf"}), prefix_of(data)) if data else []
        self._list = next((one for one in found if one.name == "cellXfs"), None)
        self._formats = [one for one in found if one.name == "xf" and one.parents[-1:] == ("cellXfs",)]
        self._added: dict[tuple[int, bool], bytes] = {}

    @property
    def changed(self) -> bool:
        return bool(self._added)

    def wrapping(self, style: int, *, quoted: bool) -> int:
        """Return the number of the format `style` that wraps, with a quote prefix if it shall; `style` itself when there are no formats."""
        if self._list is None or style >= len(self._formats):
            return style
        one = self._formats[style]
        whole = self._data[one.start : one.end]
        if not quoted and b'wrapText="1"' in whole:
            return style
        if (style, quoted) not in self._added:
            self._added[style, quoted] = _wrapped(whole, quoted=quoted)
        return len(self._formats) + list(self._added).index((style, quoted))

    def written(self) -> bytes:
        assert self._list is not None
        head = self._data[self._list.start : self._list.inner]
        count = len(self._formats) + len(self._added)
        return spliced(
            self._data,
            [
                Splice(self._list.start, self._list.inner, re.sub(rb'count="\d+"', b'count="%d"' % count, head)),
                Splice(self._list.close, self._list.close, b"".join(self._added.values())),
            ],
        )


def _wrapped(format_: bytes, *, quoted: bool) -> bytes:
    """Return a cell format that wraps, with a quote prefix if it shall."""
    tag = re.match(rb"<((?:\w{1,20}:)?)xf\b[^>]*>", format_)
    assert tag is not None
    prefix, head = tag[1], re.sub(rb' (?:quotePrefix|applyAlignment)="\w+"', b"", tag[0])
    marks = b' applyAlignment="1"' + b' quotePrefix="1"' * quoted
    rest = format_[tag.end() :]
    if b"alignment" in rest:
        rest = re.sub(rb' wrapText="\w+"', b"", rest)
        rest = re.sub(rb"<(?:\w{1,20}:)?alignment\b", rb'\g<0> wrapText="1"', rest, count=1)
        return head.replace(b"xf", b"xf" + marks, 1) + rest
    alignment = b'<%salignment wrapText="1" vertical="top"/>' % prefix
    if head.endswith(b"/>"):
        return head[:-2].replace(b"xf", b"xf" + marks, 1) + b">" + alignment + b"</%sxf>" % prefix
    return head.replace(b"xf", b"xf" + marks, 1) + alignment + rest


def _widths(sheet: bytes, prefix: str) -> dict[int, float]:
    """Return the width of each column that the sheet sets, in characters."""
    found: dict[int, float] = {}
    for one in elements(sheet, frozenset({"col"}), prefix):
        for column in range(int(one.attributes["min"]), min(int(one.attributes["max"]), _MOST_COLUMNS) + 1):
            found[column] = float(one.attributes.get("width", _WIDTH))
    return found


def _height(text: str, width: float) -> int:
    """Return the points that a text takes in a column `width` characters wide; a Chinese character takes two."""
    lines = sum(
        max(1, ceil(sum(2 if ord(one) > 0x2E7F else 1 for one in line) / max(width - 1, 1)))
        for line in text.splitlines()
    )
    return min(_LINE * lines + 3, _TALLEST)


def _taller(sheet: bytes, row: Element, height: int) -> list[Splice]:
    """Return the row's tag with room for its answers; nothing when it has that already."""
    if float(row.attributes.get("ht", "0")) >= height:
        return []
    tag = sheet[row.start : row.inner]
    bare = re.sub(rb' (?:ht|customHeight)="[^"]*"', b"", tag)
    return [
        Splice(
            row.start, row.inner, re.sub(rb"^<(?:\w{1,20}:)?row\b", rb'\g<0> ht="%d" customHeight="1"' % height, bare)
        )
    ]


def _filled(sheet: bytes, texts: Mapping[str, str], styles: Styles, footer: str) -> bytes:
    prefix = prefix_of(sheet)
    found = elements(sheet, frozenset({"sheetData", "row", "c", "f"}), prefix)
    whole = next(one for one in found if one.name == "sheetData")
    rows = {int(one.attributes["r"]): one for one in found if one.name == "row" and "r" in one.attributes}
    cells = {one.attributes["r"]: one for one in found if one.name == "c" and "r" in one.attributes}
    formulas = [one.start for one in found if one.name == "f"]
    if any(
        "r" not in one.attributes for one in found if one.name in ("row", "c")
    ):  # allowed, and then only counting tells
        raise ValueError("rows and cells without addresses")
    if footer:
        filled_in = [address for address, cell in cells.items() if not cell.is_empty]
        last = max(int(re.sub(r"\D", "", address)) for address in (*filled_in, *texts))
        texts = {**texts, re.sub(r"\d", "", next(iter(texts))) + str(last + 2): footer}
    splices: list[Splice] = []
    wanted: dict[int, list[tuple[int, str, str]]] = {}
    for address, text in texts.items():
        match = _ADDRESS.fullmatch(address)
        if match is None:
            raise ValueError(address)
        wanted.setdefault(int(match[2]), []).append((column_number(match[1]) or 0, address, text))
    widths = _widths(sheet, prefix)
    for number, filled in sorted(wanted.items()):
        filled.sort()
        row = rows.get(number)
        height = max(
            (_height(safe_text(text), widths.get(column, _WIDTH)) for column, _, text in filled if text != footer),
            default=0,
        )
        if row is None:
            new = b"".join(_cell(prefix, address, text, 0, styles) for _, address, text in filled)
            splices.append(_new_row(prefix, whole, rows, number, new))
            continue
        fresh: list[tuple[int, bytes]] = []
        for column, address, text in filled:
            cell = cells.get(address)
            if cell is None:
                fresh.append((column, _cell(prefix, address, text, int(row.attributes.get("s", "0")), styles)))
            elif not any(cell.start < at < cell.end for at in formulas):  # a formula of theirs stays
                splices.append(
                    Splice(
                        cell.start, cell.end, _cell(prefix, address, text, int(cell.attributes.get("s", "0")), styles)
                    )
                )
        if not row.is_empty:
            splices += _taller(sheet, row, height)
        splices += _new_cells(prefix, row, [one for one in cells.values() if row.start < one.start < row.end], fresh)
    return spliced(sheet, splices)


def prefix_of(part: bytes) -> str:
    """Return the prefix of the names of a part's first element, «» or «x:»."""
    tag = re.search(rb"<(\w{1,20}:)?\w{1,40}[\s>]", part)
    return tag[1].decode() if tag and tag[1] else ""


def _cell(prefix: str, address: str, text: str, style: int, styles: Styles) -> bytes:
    text = safe_text(text)
    quoted = harmless(text) != text
    if quoted or "\n" in text:
        style = styles.wrapping(style, quoted=quoted)
    styled = f' s="{style}"' if style else ""
    return (
        f'<{prefix}c r="{address}"{styled} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{markup(text)}'
        f"</{prefix}t></{prefix}is></{prefix}c>"
    ).encode()


def _new_row(prefix: str, whole: Element, rows: Mapping[int, Element], number: int, cells: bytes) -> Splice:
    row = f'<{prefix}row r="{number}">'.encode() + cells + f"</{prefix}row>".encode()
    later = [one.start for at, one in rows.items() if at > number]
    if whole.is_empty:
        return Splice(whole.start, whole.end, f"<{prefix}sheetData>".encode() + row + f"</{prefix}sheetData>".encode())
    at = min(later, default=whole.close)
    return Splice(at, at, row)


def _new_cells(prefix: str, row: Element, there: Sequence[Element], fresh: Sequence[tuple[int, bytes]]) -> list[Splice]:
    """Return cells that the row does not hold yet, each before the first that stands right of it."""
    if not fresh:
        return []
    if row.is_empty:
        head = " ".join(f'{name}="{value}"' for name, value in row.attributes.items())
        body = b"".join(cell for _, cell in fresh)
        return [Splice(row.start, row.end, f"<{prefix}row {head}>".encode() + body + f"</{prefix}row>".encode())]
    made: list[Splice] = []
    for column, cell in fresh:
        right = [one.start for one in there if (column_number(re.sub(r"\d", "", one.attributes["r"])) or 0) > column]
        at = min(right, default=row.close)
        made.append(Splice(at, at, cell))
    return made
