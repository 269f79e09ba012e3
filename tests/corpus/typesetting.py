"""Sets newspaper pages as PDF with reportlab: columns, headlines across them, pictures with captions, page numbers."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
WIDTH, HEIGHT, MARGIN = 600.0, 840.0, 50.0
NEVER_FIRST = "，。、；：？！”’）》%％"


@dataclass(frozen=True)
class Picture:
    """A box across columns `first` to `last` of the first page, its top `down` points below the top of the columns."""

    caption: str
    first: int
    last: int
    down: float
    height: float = 90.0


@dataclass(frozen=True)
class Sheet:
    """A newspaper article to be set. Paragraphs that begin with "# " are subheads, set larger."""

    headline: str
    paragraphs: Sequence[str]
    kicker: str = ""
    byline: str = ""
    columns: int = 3
    gutter: float = 16.0
    size: float = 10.0
    leading: float = 15.0
    pictures: Sequence[Picture] = field(default=())
    running_head: str = ""
    foot: str = "— {page} —"
    indent: int = 2


def pdf(sheet: Sheet, password: str = "") -> bytes:
    """Return the PDF of a sheet, as many pages as it takes."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    file = io.BytesIO()
    lock = StandardEncryption(password, ownerPassword="owner") if password else None
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), encrypt=lock)
    _Setter(canvas, sheet).run()
    canvas.save()
    return file.getvalue()


def broken(text: str, width: float, size: float, indent: int = 0) -> list[str]:
    """Return the lines of a Chinese paragraph, no line beginning with a closing mark."""
    lines, line, room = [], "", width - indent * size
    for character in text:
        wide = pdfmetrics.stringWidth(character, FONT, size)
        if pdfmetrics.stringWidth(line, FONT, size) + wide > room + 0.01:
            if character in NEVER_FIRST and len(line) > 1:
                lines.append(line[:-1])
                line = line[-1]
            else:
                lines.append(line)
                line = ""
            room = width
        line += character
    return [*lines, line] if line else lines


class _Setter:
    def __init__(self, canvas: Canvas, sheet: Sheet) -> None:
        self.canvas, self.sheet = canvas, sheet
        self.width = (WIDTH - 2 * MARGIN - (sheet.columns - 1) * sheet.gutter) / sheet.columns
        self.page, self.column = 0, 0
        self.top = self.y = 0.0

    def run(self) -> None:
        self._new_page()
        for paragraph in self.sheet.paragraphs:
            if paragraph.startswith("# "):
                lines = broken(paragraph[2:], self.width, self.sheet.size + 4)
                self._make_room(22.0 * len(lines) + 2 * self.sheet.leading)  # a subhead stays with its text
                self._set(lines, self.sheet.size + 4, 22.0, 0)
            else:
                lines = broken(paragraph, self.width, self.sheet.size, self.sheet.indent)
                self._set(lines, self.sheet.size, self.sheet.leading, self.sheet.indent)

    def _set(self, lines: list[str], size: float, leading: float, indent: int) -> None:
        for number, line in enumerate(lines):
            self._make_room(leading)
            self.y -= leading
            x = MARGIN + self.column * (self.width + self.sheet.gutter) + (indent * size if number == 0 else 0)
            self.canvas.setFont(FONT, size)
            self.canvas.drawString(x, self.y, line)

    def _make_room(self, leading: float) -> None:
        while True:
            if self.y - leading < MARGIN + 20:
                self.column, self.y = self.column + 1, self.top
                if self.column == self.sheet.columns:
                    self.canvas.showPage()
                    self._new_page()
            for picture in self.sheet.pictures if self.page == 1 else ():
                high, low = self.top - picture.down, self.top - picture.down - picture.height - 24
                if picture.first <= self.column <= picture.last and self.y > low and self.y - leading < high + 4:
                    self.y = low
                    break
            else:
                return

    def _new_page(self) -> None:
        self.page += 1
        self.column = 0
        canvas, sheet = self.canvas, self.sheet
        y = HEIGHT - 30
        canvas.setFont(FONT, 9)
        if sheet.running_head:
            canvas.drawString(MARGIN, y, sheet.running_head)
        canvas.drawCentredString(WIDTH / 2, 25, sheet.foot.format(page=self.page))
        y -= 40
        if self.page == 1:
            for text, size in ((sheet.kicker, 16), (sheet.headline, 30), (sheet.byline, sheet.size)):
                if text:
                    canvas.setFont(FONT, size)
                    canvas.drawCentredString(WIDTH / 2, y, text)
                    y -= size + 10
        self.top = self.y = y
        if self.page == 1:
            for picture in sheet.pictures:
                x = MARGIN + picture.first * (self.width + sheet.gutter)
                wide = (picture.last - picture.first) * (self.width + sheet.gutter) + self.width
                low = self.top - picture.down - picture.height
                canvas.rect(x, low, wide, picture.height)
                canvas.setFont(FONT, 8)
                canvas.drawString(x, low - 12, picture.caption)


def raw(content: bytes, font: bytes = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", *more: bytes) -> bytes:
    """Return a PDF of one page from its content stream, compressed, and its font, objects 5 and on."""
    packed = zlib.compress(content, 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(packed) + packed + b"\nendstream",
        font,
        *more,
    ]
    made = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        made
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(made))
    )
