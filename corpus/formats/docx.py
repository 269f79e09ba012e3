"""Word documents → paragraphs: text, headings by their style, captions, tables, text boxes."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from corpus.chinese.numerals import in_han
from corpus.decoding import Decoded
from corpus.errors import UnreadableFile
from corpus.formats.paragraphs import Paragraph, compose, settle_levels, tidy
from corpus.formats.tables import RawCell, is_unit_line, settle_tables, spread, table_paragraphs
from corpus.records import BlockKind

MAX_UNPACKED, MAX_RATIO, MAX_ENTRIES = 50_000_000, 100, 1000
_ITEM = 200  # characters; a longer numbered paragraph is no item of a list
_SMALL = 1_000_000  # below this a high ratio harms nobody: empty parts pack a thousandfold

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_WRAPPERS = frozenset(_W + name for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"))
_UNSEEN = frozenset((*(_W + name for name in ("del", "moveFrom", "pPr", "rPr", "instrText", "delText")), _FALLBACK))
_BREAKS = frozenset(_W + name for name in ("br", "cr"))
_PICTURES = frozenset(_W + name for name in ("drawing", "pict", "object"))
_HEADING = re.compile(r"(?:heading|标题) ?([1-9])", re.IGNORECASE)
_CAPTION = re.compile(r"caption|题注|图说|图注|图片说明", re.IGNORECASE)
_BROKEN = "文件已损坏或不是真正的 .docx，请重新导出"


def read_docx(data: bytes) -> Decoded:
    """Return the text of a Word document. Raises UnreadableFile for one damaged, locked, a bomb, or with macros."""
    check_archive(data)
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(data))
        paragraphs = list(_Reader(document).paragraphs())
    except MemoryError:
        raise
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        ValueError,
        AttributeError,
        EOFError,
        OSError,
    ) as error:
        raise UnreadableFile(_BROKEN) from error
    return compose(settle_tables(settle_levels(paragraphs)))


def check_archive(data: bytes) -> None:
    """Raise UnreadableFile for a package that is no .docx or that would not unpack safely."""
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile("文档加了密码，或是旧版 .doc，请去掉密码并另存为 .docx")
    if data.startswith(b"%PDF-"):
        raise UnreadableFile("后缀与内容不符，里面其实是 PDF，请把后缀改成 .pdf 后重试")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = package.infolist()
            _check_entries(entries)
            for entry in entries:
                if entry.filename.lower().endswith((".xml", ".rels")):
                    _check_markup(package.read(entry))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(_BROKEN if data.startswith(b"PK") else _what_else(data)) from error


def _what_else(data: bytes) -> str:
    if b"\x00" not in data[:1000]:
        return "后缀与内容不符，里面其实是纯文本，请把后缀改成 .txt 后重试"
    return _BROKEN


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * packed):
        raise UnreadableFile("解开后过大，像是压缩炸弹，已拒绝；若是正常文档，请删去大图后另存为 .docx")
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise UnreadableFile("压缩包里有越出目录的文件名，已拒绝，请用 Word 重新另存为 .docx")
        if entry.flag_bits & 1:
            raise UnreadableFile("文档加了密码，请去掉密码后重试")
        if name.lower().endswith("vbaproject.bin"):
            raise UnreadableFile("文档里有宏，已拒绝，请另存为不含宏的 .docx")
    if not any(entry.filename == "[Content_Types].xml" for entry in entries):
        raise UnreadableFile("只是压缩包，不是 Word 文档，请解压后放入里面的文章")


def _check_markup(markup: bytes) -> None:
    """Raise for a document type declaration: no Word document has one, and entities come only with it."""
    if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup or markup[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in markup:
        raise UnreadableFile("文档里有外部实体声明，已拒绝，请用 Word 重新另存为 .docx")


class _Reader:
    """Walks one document. Everything from python-docx is untyped below its own classes, hence Any."""

    def __init__(self, document: Any) -> None:
        self._body = document.element.body
        self._levels: dict[str | None, int] = {}
        self._captions: set[str | None] = set()
        default = None
        for style in document.styles:
            if getattr(style, "type", None) != 1:  # WD_STYLE_TYPE.PARAGRAPH
                continue
            if style.element.get(_W + "default") in ("1", "true"):
                default = style.style_id
            level = _style_level(style)
            if level is not None:
                self._levels[style.style_id] = level
            if _CAPTION.search(style.name or ""):
                self._captions.add(style.style_id)
        if default in self._levels:
            self._levels[None] = self._levels[default]
        titles = {key for key, level in self._levels.items() if level == 0}
        titled = any(self._style_of(element) in titles for element in self._body.iter(_W + "p"))
        self._shift = 1 if titled else 0
        self._tables = 0
        self._unit = ""  # the line over a table that tells its unit
        self._numbers = Numbering(document)
        self._notes = _notes(document)

    def paragraphs(self) -> Iterator[Paragraph]:
        """Yield paragraphs in reading order; what stands in a text box follows the paragraph that holds it."""
        picture = False
        items: list[str] = []  # of the list that runs on
        lead: Paragraph | None = None  # a line that may lead into one
        for element in _blocks(self._body):
            number = self._numbers.of(element) if element.tag == _W + "p" else None
            said = tidy(_text(element)) if number is not None else ""
            if number is not None and said and len(said) <= _ITEM and not self._level(element, self._style_of(element)):
                items.append(number + said)
                continue
            if items:
                yield from _listed(lead, items)
                items, lead = [], None
            elif lead:
                yield lead
                lead = None
            if element.tag == _W + "tbl":
                yield from self._table(element)
                picture, self._unit = False, ""
                continue
            style = self._style_of(element)
            lines = [line for line in _text(element).split("\n") if tidy(line)]
            boxes = [box for box in element.iter(_W + "txbxContent") if not _inside(box, _FALLBACK)]
            has_picture = any(True for _ in element.iter(*_PICTURES)) and not boxes
            apart = picture or style in self._captions or (has_picture and bool(lines))
            for line in lines:
                level = self._level(element, style)
                made = Paragraph(line, level, apart and not level)
                if line is lines[-1] and not boxes and not level and tidy(line).endswith(("：", ":")):
                    lead = made
                else:
                    yield made
                self._unit = line if is_unit_line(line) else ""
                apart = style in self._captions
            for box in boxes:
                for place, inner in enumerate(_blocks(box)):
                    yield Paragraph(_text(inner).replace("\n", " "), 0, place == 0)
            picture = has_picture if not lines else False
        if items:
            yield from _listed(lead, items)
        elif lead:
            yield lead
        yield from (Paragraph(note, kind=BlockKind.NOTE) for note in self._notes)

    def _table(self, table: Any) -> Iterator[Paragraph]:
        rows = [row for row in table.iter(_W + "tr") if _nearest(row, _W + "tbl") is table]
        cells = [[cell for cell in row.iter(_W + "tc") if _nearest(cell, _W + "tr") is row] for row in rows]
        if max(map(len, cells), default=0) < 2:  # a frame around text
            for row in cells:
                for cell in row:
                    for inner in _blocks(cell):
                        if inner.tag == _W + "tbl":
                            yield from self._table(inner)
                        else:
                            yield Paragraph(_text(inner), self._level(inner, self._style_of(inner)))
            return
        grid = spread(_raw(cells))
        headed = [row.find(f"{_W}trPr/{_W}tblHeader") is not None for row in rows]
        count = headed.index(False) if False in headed else 0
        grid.headers = count or -1
        yield from table_paragraphs(grid, self._tables, self._unit)
        self._tables += 1

    def _style_of(self, paragraph: Any) -> str | None:
        found = paragraph.find(f"{_W}pPr/{_W}pStyle")
        return None if found is None else found.get(_W + "val")

    def _level(self, paragraph: Any, style: str | None) -> int:
        outline = paragraph.find(f"{_W}pPr/{_W}outlineLvl")
        level = self._levels.get(style)
        if outline is not None and str(outline.get(_W + "val")).isdigit():
            level = int(outline.get(_W + "val")) + 1
        if level is None or level > 9:
            return 0
        return min(6, max(1, level + self._shift))


class Numbering:
    """The numbers that Word puts before paragraphs, which stand nowhere in the text."""

    def __init__(self, document: Any) -> None:
        self._levels: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[tuple[str, int], int] = {}
        self._styles = {style.style_id: found for style in document.styles if (found := _numbered(style))}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        kinds = {kind.get(_W + "abstractNumId"): kind for kind in root.iter(_W + "abstractNum")}
        for number in root.iter(_W + "num"):
            refers = number.find(_W + "abstractNumId")
            kind = kinds.get(refers.get(_W + "val")) if refers is not None else None
            for level in kind.iter(_W + "lvl") if kind is not None else ():
                told = {name: level.find(_W + name) for name in ("numFmt", "lvlText", "start")}
                said = {name: "" if tag is None else tag.get(_W + "val", "") for name, tag in told.items()}
                start = int(said["start"]) if said["start"].isdigit() else 1
                key = (number.get(_W + "numId"), int(level.get(_W + "ilvl", "0")))
                self._levels[key] = (said["numFmt"], said["lvlText"], start)

    def of(self, paragraph: Any) -> str | None:
        """Return the number of a paragraph, «» for a bullet, None for a paragraph without."""
        found = paragraph.find(f"{_W}pPr/{_W}numPr")
        style = paragraph.find(f"{_W}pPr/{_W}pStyle")
        key = self._styles.get(style.get(_W + "val", "")) if style is not None else None
        if found is not None:
            number, level = found.find(_W + "numId"), found.find(_W + "ilvl")
            key = (
                number.get(_W + "val", "") if number is not None else key[0] if key else "",
                int(level.get(_W + "val", "0")) if level is not None else 0,
            )
        if key is None:
            return None
        if key[0] == "0" or key not in self._levels:
            return None
        how, pattern, start = self._levels[key]
        self._counts[key] = self._counts.get(key, start - 1) + 1
        for other in [other for other in self._counts if other[0] == key[0] and other[1] > key[1]]:
            del self._counts[other]
        if how in ("bullet", "none", ""):
            return ""
        return re.sub(r"%(\d)", lambda match: self._number(key[0], int(match[1]) - 1), pattern)

    def _number(self, number: str, level: int) -> str:
        how = self._levels.get((number, level), ("decimal", "", 1))[0]
        count = self._counts.get((number, level), 1)
        in_characters = how.startswith(("chinese", "ideograph", "taiwanese", "japaneseC"))
        return in_han(count) if in_characters and 0 < count < 100 else str(count)


def _numbered(style: Any) -> tuple[str, int] | None:
    """Return the list and the level of a style that numbers its paragraphs; it may have them from the one it is based on."""
    for _ in range(20):
        if style is None or getattr(style, "type", None) != 1:  # WD_STYLE_TYPE.PARAGRAPH
            return None
        number, level = (style.element.find(f"{_W}pPr/{_W}numPr/{_W}{name}") for name in ("numId", "ilvl"))
        if number is not None:
            return number.get(_W + "val", ""), int(level.get(_W + "val", "0")) if level is not None else 0
        style = style.base_style
    return None


def _listed(lead: Paragraph | None, items: list[str]) -> Iterator[Paragraph]:
    """Yield a list with what leads into it; a single item is a paragraph."""
    if len(items) < 2:
        if lead:
            yield lead
        yield from (Paragraph(item) for item in items)
        return
    lines = [tidy(lead.text)] if lead else []
    yield Paragraph("\n".join([*lines, *items]), kind=BlockKind.LIST)


def _raw(rows: list[list[Any]]) -> list[list[RawCell]]:
    """Return the cells of a table with how far each reaches: a cell that goes on below is said once."""
    placed: list[list[tuple[int, int, str, bool]]] = []  # column, width, text, goes on from above
    for row in rows:
        at, made = 0, []
        for cell in row:
            properties = cell.find(_W + "tcPr")
            span = None if properties is None else properties.find(_W + "gridSpan")
            merge = None if properties is None else properties.find(_W + "vMerge")
            said = "1" if span is None else span.get(_W + "val", "1")
            width = int(said) if said.isdigit() else 1
            text = " ".join(filter(None, (tidy(_text(p)) for p in cell.iter(_W + "p"))))
            made.append((at, width, text, merge is not None and merge.get(_W + "val", "continue") != "restart"))
            at += width
        placed.append(made)
    result: list[list[RawCell]] = []
    for number, made in enumerate(placed):
        cells = []
        for at, width, text, below in made:
            if below and number:
                continue
            down = 1
            while number + down < len(placed) and any(c == at and goes for c, _, _, goes in placed[number + down]):
                down += 1
            cells.append(RawCell(text, width, down))
        result.append(cells)
    return result


def _notes(document: Any) -> list[str]:
    """Return the foot notes and end notes, each on a line."""
    from lxml import etree

    found = []
    for relation in document.part.rels.values():
        if relation.is_external or not relation.reltype.endswith(("/footnotes", "/endnotes")):
            continue
        root = etree.fromstring(relation.target_part.blob)
        for note in root:
            if note.get(_W + "type") in ("separator", "continuationSeparator", "continuationNotice"):
                continue
            text = tidy(" ".join(_text(p) for p in note.iter(_W + "p")))
            if text:
                found.append(text)
    return found


def _style_level(style: Any) -> int | None:
    """Return the depth of a heading style, 0 for a title, None for text; a style is what the one it is based on is."""
    seen = 0
    while style is not None and seen < 20:
        name = style.name or ""
        if name.lower() in ("title", "标题", "大标题"):
            return 0
        if match := _HEADING.fullmatch(name.strip()):
            return int(match[1])
        outline = style.element.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and str(outline.get(_W + "val")) in "012345678":
            return int(outline.get(_W + "val")) + 1
        style, seen = style.base_style, seen + 1
    return None


def _blocks(container: Any) -> Iterator[Any]:
    """Yield paragraphs and tables of a container in order, through content controls and tracked insertions."""
    stack = list(reversed(container))
    while stack:
        element = stack.pop()
        if element.tag in (_W + "p", _W + "tbl"):
            yield element
        elif element.tag in _WRAPPERS:
            stack.extend(reversed(element))


def _text(paragraph: Any) -> str:
    """Return what a paragraph shows: insertions yes; deletions, field codes, hidden runs and text boxes no."""
    shown: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag in _UNSEEN or tag in _PICTURES or not isinstance(tag, str) or (tag == _W + "r" and _is_hidden(element)):
            continue
        if tag == _W + "t":
            shown.append(element.text or "")
        elif tag in _BREAKS:
            shown.append("\n")
        elif tag == _W + "tab":
            shown.append(" ")
        elif tag == _W + "noBreakHyphen":
            shown.append("-")
        else:
            stack.extend(reversed(element))
    return "".join(shown)


def _is_hidden(run: Any) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(_W + "val", "1") not in ("0", "false", "off")


def _nearest(element: Any, tag: str) -> Any:
    return next(element.iterancestors(tag), None)


def _inside(element: Any, tag: str) -> bool:
    return _nearest(element, tag) is not None
