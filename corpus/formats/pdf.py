"""PDF → paragraphs. Here only what the library gives: glyphs, pictures, tables; `columns` reads the page."""

from __future__ import annotations

import io
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.decoding import Decoded
from corpus.errors import ScannedFile, UnreadableFile
from corpus.formats.columns import read_pages
from corpus.formats.paragraphs import compose, tidy
from corpus.formats.printed import Box, Glyph, Page, Table
from corpus.formats.tables import Grid, settle_tables

_CID = re.compile(r"\(cid:\d+\)")
_BOLD = re.compile(r"bold|heavy|black|hei|黑|biaosong|dabiao|xiaobiao", re.IGNORECASE)
# Programs that print web pages name some characters by the radical that looks the same; the radicals of the Kangxi
# dictionary have compatibility mappings in Unicode, the others (Unicode, EquivalentUnifiedIdeograph.txt) have none.
_RADICALS = str.maketrans(
    "⺁⺄⺎⺒⺓⺝⺟⺠⺩⺬⺶⺼⺽⻁⻄⻅⻆⻉⻊⻋⻑⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂乙兀巳幺月母民王示羊月臼虎西见角贝足车長长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
_LOOKALIKE = re.compile("[\u2f00-\u2fd5\ufb00-\ufb06]")
_TINY = 3.0  # points: nobody reads smaller print
_PICTURE = 40.0  # points: smaller boxes are ornaments
_SCANNED = 20  # glyphs a page; a scan has none, or a stamp
_WHITE = 0.98
_BROKEN = "文件已损坏或不是真正的 PDF，请重新导出"
_NO_TEXT = "没有文字层（多半是扫描件），请先做文字识别（OCR），或提供文字版；也可以装上 ocr 附加包并打开设置 ocr"


def read_pdf(data: bytes) -> Decoded:
    """Return the text of a PDF in reading order.

    Raises UnreadableFile for one that is damaged, locked, scanned, or whose fonts do not tell their characters.
    """
    if b"%PDF-" not in data[:1024]:
        raise UnreadableFile("后缀与内容不符，里面不是 PDF，请检查文件后重试")
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it warns of every odd object
    try:
        with pdfplumber.open(io.BytesIO(data), unicode_norm=None) as document:
            if document.doc.encryption:
                _name_collections(document.doc)
            pages = [_page(page) for page in document.pages]
    except (MemoryError, UnreadableFile, RecursionError):
        raise
    except PdfminerException as error:
        cause = error.args[0] if error.args else None
        if isinstance(cause, (MemoryError, RecursionError)):
            raise cause from error
        if isinstance(cause, (PDFPasswordIncorrect, PDFEncryptionError)):
            raise UnreadableFile("文件加了密码，请去掉密码后重试") from error
        raise UnreadableFile(_BROKEN) from error
    except Exception as error:  # a damaged file breaks pdfminer in every way there is
        raise UnreadableFile(_BROKEN) from error
    if not pages:
        raise UnreadableFile(_BROKEN)
    _check(pages)
    return compose(settle_tables(read_pages(pages)))


# Which characters an encoding's numbers stand for (ISO 32000-1, table 118).
_COLLECTIONS = (
    ("GB1", r"GB"),
    ("CNS1", r"B5|ETen|HKscs|CNS"),
    ("Japan1", r"JIS|RKSJ|^EUC-[HV]$|^[HV]$"),
    ("Korea1", r"KS"),
)


def _name_collections(document: Any) -> None:
    """Name the character collections of fonts in a restricted file whose writer left their names unencrypted.

    Unlocking turns such names into rubbish, and all text with them; the encoding tells the collection as well.
    """
    from pdfminer.pdftypes import resolve1
    from pdfminer.psparser import literal_name

    for number in [number for table in document.xrefs for number in table.get_objids()]:
        font = document.getobj(number)
        if not isinstance(font, dict) or "DescendantFonts" not in font:
            continue
        encoding = resolve1(font.get("Encoding"))
        name = literal_name(encoding) if not isinstance(encoding, dict) and encoding is not None else ""
        ordering = next((ordering for ordering, marks in _COLLECTIONS if re.search(marks, str(name))), "")
        for inner in resolve1(font["DescendantFonts"]):
            told = resolve1(resolve1(inner).get("CIDSystemInfo"))
            if ordering and isinstance(told, dict) and told.get("Registry") != b"Adobe":
                told.update(Registry=b"Adobe", Ordering=ordering.encode())


def _check(pages: Sequence[Page]) -> None:
    glyphs = [glyph for page in pages for glyph in page.glyphs if not glyph.text.isspace()]
    if not glyphs:
        raise ScannedFile(_NO_TEXT)
    if len(glyphs) < _SCANNED and any(box.covers(page.width, page.height) for page in pages for box in page.pictures):
        raise ScannedFile(_NO_TEXT)
    unknown = sum(
        bool(_CID.match(glyph.text)) or "\ue000" <= glyph.text[0] <= "\uf8ff" or "\ufffd" in glyph.text
        for glyph in glyphs
    )
    if unknown * 20 > len(glyphs):
        raise UnreadableFile("字体没有附带文字对照表，取出来的是乱码，请提供文字版或重新导出")
    if sum(not glyph.upright for glyph in glyphs) * 2 > len(glyphs):
        raise UnreadableFile("页面上的文字是横倒的，读不出顺序，请转正后重新导出")


def _page(page: Any) -> Page:
    left, top = float(page.bbox[0]), float(page.bbox[1])
    width, height = float(page.width), float(page.height)
    fills = [
        _box(shape, left, top)
        for shape in (*page.rects, *page.curves)
        if shape.get("fill") and not _is_white(shape.get("non_stroking_color"))
    ]
    images = [_box(image, left, top) for image in page.images]
    glyphs = [
        _glyph(char, left, top) for char in page.chars if _is_seen(char, [*fills, *images], left, top, width, height)
    ]
    glyphs = list(_once(glyphs))
    frames = [_box(rect, left, top) for rect in page.rects]
    pictures = [box for box in (*images, *frames) if box.width >= _PICTURE and box.height >= _PICTURE]
    empty = [box for box in pictures if sum(box.holds(glyph) for glyph in glyphs) <= 20]
    tables = list(_tables(page, left, top))
    free = [glyph for glyph in glyphs if not any(table.box.holds(glyph) for table in tables)]
    whole = Page(width, height, tuple(free), tuple(empty), tuple(tables))
    page.close()  # what is parsed of one page is not kept for the next
    return whole


def _box(shape: dict[str, Any], left: float, top: float) -> Box:
    return Box(shape["x0"] - left, shape["top"] - top, shape["x1"] - left, shape["bottom"] - top)


def _glyph(char: dict[str, Any], left: float, top: float) -> Glyph:
    # The matrix holds the baseline, which fonts of one line share; their boxes differ.
    base = char["top"] + char["y1"] - char["matrix"][5] - top if char["upright"] else char["bottom"] - top
    font = str(char["fontname"]).rsplit("+", 1)[-1]
    return Glyph(
        _character(str(char["text"])),
        char["x0"] - left,
        char["x1"] - left,
        base,
        char["size"],
        font,
        bool(_BOLD.search(font)),
        bool(char["upright"]),
    )


def _character(text: str) -> str:
    """Return the character that a glyph stands for, where the file names one that only looks like it."""
    if text == "\u2f3e":  # the radical is mapped to 戶, the glyph that shares it in mainland fonts is 户
        return "户"
    return _LOOKALIKE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text.translate(_RADICALS))


def _is_seen(char: dict[str, Any], backs: Sequence[Box], left: float, top: float, width: float, height: float) -> bool:
    """Whether a glyph is on the page, large enough, and not white on white."""
    x, y = (char["x0"] + char["x1"]) / 2 - left, (char["top"] + char["bottom"]) / 2 - top
    if not (0 <= x <= width and 0 <= y <= height) or char["size"] < _TINY:
        return False
    return not _is_white(char.get("non_stroking_color")) or any(
        box.x0 <= x <= box.x1 and box.top <= y <= box.bottom for box in backs
    )


def _is_white(color: Any) -> bool:
    """Whether a colour is white: grey or RGB near 1, or CMYK without ink."""
    values = [v for v in (color if isinstance(color, (tuple, list)) else (color,)) if isinstance(v, (int, float))]
    if not values:
        return False
    if len(values) == 4:
        return bool(max(values) <= 1 - _WHITE)
    return len(values) in (1, 3) and bool(min(values) >= _WHITE)


def _once(glyphs: Sequence[Glyph]) -> Iterator[Glyph]:
    """Yield glyphs without those printed twice, a hair apart, to look bold."""
    printed: dict[tuple[str, int], list[Glyph]] = {}
    for glyph in glyphs:
        row = round(glyph.base)
        near = [other for line in (row - 1, row, row + 1) for other in printed.get((glyph.text, line), ())]
        if any(
            abs(other.x0 - glyph.x0) < 0.4 * (glyph.x1 - glyph.x0) and abs(other.base - glyph.base) < 0.1 * glyph.size
            for other in near
        ):
            continue
        printed.setdefault((glyph.text, row), []).append(glyph)
        yield glyph


def _tables(page: Any, left: float, top: float) -> Iterator[Table]:
    """Yield ruled tables of short cells; the rules between columns of a newspaper make none."""
    for found in page.find_tables():
        rows = [[tidy(cell or "") for cell in row] for row in found.extract()]
        cells = [cell for row in rows for cell in row]
        filled = [cell for cell in cells if cell]
        if (
            len(rows) < 2
            or max(map(len, rows)) < 2
            or len(filled) * 2 < len(cells)
            or max(map(len, filled), default=99) > 60
        ):
            continue
        x0, y0, x1, y1 = found.bbox
        yield Table(Box(x0 - left, y0 - top, x1 - left, y1 - top), _merged(found))


def _merged(found: Any) -> Grid:
    """Return the grid of a table; a cell that reaches over several columns or rows holds in all of them."""
    texts = [[tidy(cell or "") for cell in row] for row in found.extract()]
    boxes = [list(row.cells) for row in found.rows]
    width = max(map(len, boxes))
    middles = [
        min((b for row in boxes if c < len(row) and (b := row[c])), key=lambda b: b[2] - b[0], default=None)
        for c in range(width)
    ]
    heights = [min((b for b in row if b), key=lambda b: b[3] - b[1], default=None) for row in boxes]
    known = [(box, texts[r][c], (r, c)) for r, row in enumerate(boxes) for c, box in enumerate(row) if box]
    origins = [[r * width + c for c in range(width)] for r in range(len(boxes))]
    rows = [[*row, *[""] * (width - len(row))] for row in texts]
    for r, row in enumerate(boxes):
        for c in range(width):
            column, height = middles[c], heights[r]
            if (c < len(row) and row[c]) or column is None or height is None:
                continue
            x, y = (column[0] + column[2]) / 2, (height[1] + height[3]) / 2
            for (left, top, right, bottom), text, (at, beside) in known:
                if left <= x <= right and top <= y <= bottom:
                    rows[r][c], origins[r][c] = text, at * width + beside
                    break
    return Grid(rows, -1, "", origins)
