"""Scanned PDF → paragraphs, by text recognition on the processor (extra `ocr`); the weights come with the package.

What is recognised may be wrong in any character, so it is always marked as such, with how sure the recogniser was.
"""

from __future__ import annotations

from statistics import fmean
from typing import Any

from corpus.decoding import Decoded
from corpus.errors import UnreadableFile
from corpus.formats.columns import read_pages
from corpus.formats.paragraphs import compose
from corpus.formats.printed import Glyph, Page
from corpus.quiet import keep_quiet

_SCALE = 200 / 72  # pixels for a point: 200 dots an inch
_MOST_PAGES = 60
_LEAST = 0.5  # a line that is recognised less surely is left out
_DOUBTFUL = 0.9  # a document whose lines are on average less sure is called doubtful
_INK = 0.8  # of the height of a line's box that its characters take up


def read_scanned(data: bytes) -> Decoded:
    """Return the recognised text of a scanned PDF. Raises UnreadableFile when nothing is recognised or the extra lacks."""
    keep_quiet()
    try:
        from rapidocr_onnxruntime import RapidOCR
    except ImportError as error:
        raise UnreadableFile("是扫描件，认字的附加包没有装，请运行 pip install 'linping-qa[ocr]'") from error
    import numpy as np
    import pypdfium2

    engine = RapidOCR()
    document = pypdfium2.PdfDocument(data)
    if len(document) > _MOST_PAGES:
        raise UnreadableFile(f"是扫描件，有 {len(document)} 页，超过 {_MOST_PAGES} 页，请拆开后重试")
    pages: list[Page] = []
    sure: list[float] = []
    for page in document:
        picture = np.asarray(page.render(scale=_SCALE, grayscale=False).to_pil().convert("RGB"))[:, :, ::-1]
        found, _ = engine(np.ascontiguousarray(picture))
        lines = [
            (box, text, float(score)) for box, text, score in found or () if float(score) >= _LEAST and text.strip()
        ]
        sure += [score for _, _, score in lines]
        glyphs = tuple(glyph for box, text, _ in lines for glyph in _glyphs(box, text))
        width, height = page.get_size()
        pages.append(Page(width, height, glyphs))
    if not sure:
        raise UnreadableFile("是扫描件，没有认出文字，请提供更清楚的扫描件或文字版")
    doubt = "，很可能有错字" if fmean(sure) < _DOUBTFUL else ""
    return compose(
        read_pages(pages), warnings=(f"文字由扫描件识别得到（OCR），平均把握 {fmean(sure):.2f}{doubt}，请核对",)
    )


def _glyphs(box: Any, text: str) -> list[Glyph]:
    """Return the characters of a recognised line, each with its share of the line's width: Latin ones half of one."""
    left, right = min(x for x, _ in box) / _SCALE, max(x for x, _ in box) / _SCALE
    top, bottom = min(y for _, y in box) / _SCALE, max(y for _, y in box) / _SCALE
    widths = [0.5 if character.isascii() else 1.0 for character in text]
    unit = (right - left) / sum(widths)
    size = round(min(_INK * (bottom - top), unit * 1.15) * 2) / 2  # lines of one print come out a little unlike
    glyphs, at = [], left
    for character, width in zip(text, widths, strict=True):
        glyphs.append(Glyph(character, at, at + unit * width, bottom - 0.2 * (bottom - top), size))
        at += unit * width
    return glyphs
