"""Scanned PDF: refused with a hint, and read by recognition where the extra is installed."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import ScannedFile, UnreadableFile
from corpus.formats.sandbox import read_apart
from corpus.reading import read_source
from tests.corpus import papers
from tests.corpus.typesetting import Sheet, pdf

SHEET = Sheet(papers.HEADLINE, papers.BODY[:1], columns=1)


def scanned() -> bytes:
    """Return a page of print as a picture."""
    page = pypdfium2.PdfDocument(pdf(SHEET))[0]
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=page.get_size())
    canvas.drawImage(ImageReader(page.render(scale=2.5).to_pil()), 0, 0, *page.get_size())
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_scan_is_refused_with_a_hint_and_known_as_one(tmp_path: Path) -> None:
    with pytest.raises(ScannedFile, match="ocr"):
        read_apart("pdf", scanned())
    (tmp_path / "扫描.pdf").write_bytes(scanned())
    with pytest.raises(UnreadableFile, match=r"扫描\.pdf：没有文字层"):
        read_source(tmp_path / "扫描.pdf")


@pytest.mark.ocr
def test_a_scan_is_recognised_and_marked_as_such() -> None:
    pytest.importorskip("rapidocr_onnxruntime")
    from corpus.formats.ocr import read_scanned

    read = read_scanned(scanned())
    assert papers.squeezed(read.text) == papers.squeezed(papers.HEADLINE + papers.BODY[0])
    assert any("识别得到" in warning and "平均把握 0.9" in warning for warning in read.warnings)
