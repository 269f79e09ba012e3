"""Answers into a Word file: into its cells, under its questions. Only those places change; all other bytes stay."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from typing import Final

from ui.leads.splicing import Element, Splice, elements, lines_of, markup, repacked, spliced

_PART: Final = "word/document.xml"
_RUN_FORMAT: Final = re.compile(rb"<w:rPr\b(?:[^>]{0,200}/>|[^>]{0,200}>.{0,4000}?</w:rPr>)", re.DOTALL)


def fill_words(data: bytes, texts: Mapping[str, str], footer: str = "") -> bytes:
    """Return the document with `texts` by place: «c17» a cell, «p33» a paragraph to be added to, «+p33» after it.

    `footer` becomes the last paragraph of the text.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        document = package.read(_PART)
    found = elements(document, frozenset({"p", "tc", "body", "sectPr"}), "w:")
    paragraphs = [one for one in found if one.name == "p"]
    cells = [one for one in found if one.name == "tc"]
    splices = [_splice(document, paragraphs, cells, place, text) for place, text in texts.items()]
    if footer:
        body = next(one for one in found if one.name == "body")
        settings = [one.start for one in found if one.name == "sectPr" and one.parents[-1:] == ("body",)]
        at = settings[-1] if settings else body.close
        splices.append(Splice(at, at, _paragraphs(footer, b"")))
    return repacked(data, {_PART: spliced(document, splices)})


def _splice(document: bytes, paragraphs: list[Element], cells: list[Element], place: str, text: str) -> Splice:
    number = int(place.lstrip("+cp"))
    if place.startswith("c"):
        cell = cells[number]
        inside = [one for one in paragraphs if cell.start < one.start < cell.end]
        # The last paragraph of the cell: what stands in it already stays above.
        return _into(document, inside[-1], text) if inside else Splice(cell.close, cell.close, _paragraphs(text, b""))
    paragraph = paragraphs[number]
    if place.startswith("+"):
        return Splice(paragraph.end, paragraph.end, _paragraphs(text, _run_format(document, paragraph)))
    return _into(document, paragraph, text)


def _into(document: bytes, paragraph: Element, text: str) -> Splice:
    """Return the text as runs at the end of a paragraph, after what stands there."""
    runs = _runs(text, _run_format(document, paragraph))
    if paragraph.is_empty:
        tag = document[paragraph.start : paragraph.end]
        return Splice(paragraph.start, paragraph.end, tag[:-2].rstrip() + b">" + runs + b"</w:p>")
    return Splice(paragraph.close, paragraph.close, runs)


def _run_format(document: bytes, paragraph: Element) -> bytes:
    """Return the format of the first run of a paragraph, or of its mark: the answer looks like what stands there."""
    format_ = _RUN_FORMAT.search(document[paragraph.start : paragraph.end])
    kept = format_[0] if format_ else b""
    return b"" if b"<w:rPrChange" in kept or b"<w:ins " in kept or b"<w:del " in kept or b"<w:vanish" in kept else kept


def _runs(text: str, format_: bytes) -> bytes:
    pieces = [f'<w:t xml:space="preserve">{markup(line)}</w:t>'.encode() for line in lines_of(text)]
    return b"<w:r>" + format_ + b"<w:br/>".join(pieces) + b"</w:r>"


def _paragraphs(text: str, format_: bytes) -> bytes:
    return b"<w:p>" + _runs(text, format_) + b"</w:p>"
