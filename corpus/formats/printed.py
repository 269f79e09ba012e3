"""What stands on a printed page: glyphs, boxes, ruled tables, and the lines that glyphs make."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.formats.tables import Grid


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character as printed: where it begins and ends, its baseline, its font's name and size."""

    text: str
    x0: float
    x1: float
    base: float
    size: float
    font: str = ""
    bold: bool = False
    upright: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def holds(self, glyph: Glyph) -> bool:
        """Whether the middle of a glyph lies inside."""
        x, y = (glyph.x0 + glyph.x1) / 2, glyph.base - 0.35 * glyph.size
        return self.x0 <= x <= self.x1 and self.top <= y <= self.bottom

    def covers(self, width: float, height: float) -> bool:
        """Whether it takes up half of a page or more."""
        return self.width * self.height * 2 >= width * height


@dataclass(frozen=True, slots=True)
class Table:
    """A ruled table: where it stands, its rows, and cells merged over several of them."""

    box: Box
    grid: Grid


@dataclass(frozen=True, slots=True)
class Page:
    """What one page holds. `pictures` are images and empty frames."""

    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    pictures: tuple[Box, ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs on one baseline in one column, from left to right, white space at the ends left out."""

    text: str
    box: Box
    base: float
    size: float
    font: str
    bold: bool
    count: int
