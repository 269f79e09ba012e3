"""The Chinese font that a PDF carries with it: of a free font on this machine, the characters that are used and no others."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

# Fonts whose licences (OFL, Apache, GPL with the font exception) let a document carry them. Best first; «SC» in a collection.
_FREE: Final = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansCJKsc-Regular.otf",
    "NotoSansSC-Regular.otf",
    "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf",
    "SourceHanSansCN-Regular.otf",
    "SourceHanSans.ttc",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "NotoSerifCJK-Regular.ttc",
    "SourceHanSerifSC-Regular.otf",
)
_FOLDERS: Final = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "C:/Windows/Fonts",
)
_CHINESE: Final = " SC"
_ERROR: Final = 1.0  # units of a thousandth of the size that a curve may lie beside its original


@cache
def free_font() -> Path | None:
    """Return the best font here that a document may carry; None when there is none."""
    here = {path.name: path for path in _files()}
    return next((here[name] for name in _FREE if name in here), None)


def _files() -> Iterator[Path]:
    for folder in _FOLDERS:
        for place, _, names in os.walk(Path(folder).expanduser()):
            yield from (Path(place, name) for name in names if name in _FREE)


def cut_to(path: Path, text: str) -> bytes:
    """Return the font of a file as TrueType with the characters of `text` alone; what it does not have shows as a box."""
    from fontTools.subset import Options, Subsetter

    font = _opened(path)
    options = Options(layout_features=[], notdef_outline=True, name_IDs=[0, 1, 2, 4, 6, 13], hinting=False)
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GSUB", "GPOS", "GDEF"]
    subsetter = Subsetter(options)
    subsetter.populate(text=text)
    subsetter.subset(font)
    if "CFF " in font:
        _as_truetype(font)
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def _opened(path: Path) -> Any:
    """Return the font of a file, of a collection the one for simplified Chinese."""
    from fontTools.ttLib import TTCollection, TTFont

    if path.suffix != ".ttc":
        return TTFont(path, lazy=True)
    fonts = TTCollection(path, lazy=True).fonts
    return next((one for one in fonts if str(one["name"].getDebugName(1)).endswith(_CHINESE)), fonts[0])


def _as_truetype(font: Any) -> None:
    """Put quadratic curves in the place of cubic ones: what writes the PDF takes no others."""
    from fontTools.pens.cu2quPen import Cu2QuPen
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import newTable

    order, glyphs = font.getGlyphOrder(), font.getGlyphSet()
    drawn = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, _ERROR * font["head"].unitsPerEm / 1000, reverse_direction=True))
        drawn[name] = pen.glyph()
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, drawn
    metrics = font["hmtx"]
    for name, glyph in drawn.items():
        glyph.recalcBounds(font["glyf"])
        metrics[name] = (metrics[name][0], getattr(glyph, "xMin", 0))
    most = font["maxp"]
    most.tableVersion = 0x00010000
    for field in (
        "maxTwilightPoints",
        "maxStorage",
        "maxFunctionDefs",
        "maxInstructionDefs",
        "maxStackElements",
        "maxSizeOfInstructions",
        "maxPoints",
        "maxContours",
        "maxCompositePoints",
        "maxCompositeContours",
        "maxComponentElements",
        "maxComponentDepth",
    ):
        setattr(most, field, 0)
    most.maxZones = 1
    font["post"].formatType = 3.0
    font.sfntVersion = "\x00\x01\x00\x00"
