"""Tables without rules on a PDF page: rows of short pieces that stand under each other, most of them figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.formats.columns import Line

_ROW = 0.4  # em: baselines this near are one row
_APART = 3.2  # em: rows further apart are no table
_FEWEST = 3  # rows
_LONGEST = 24  # characters of a cell; columns of running text are longer
_FIGURES = 0.5  # share of the cells beside the first column, under the first row, that are figures
_FIGURE = re.compile(r"[-+－−约近超]?\s?[\d,，.]+\s?(?:[%％‰]|[\u4e00-\u9fff]{1,3})?|[-－−—–/…]{1,3}|持平|[—-]{2}")


@dataclass(frozen=True, slots=True)
class UnruledTable:
    """A table's cells, row by row, "" where a row has none, and the lines that they were."""

    rows: list[list[str]]
    lines: tuple[Line, ...]


def part_tables(lines: Sequence[Line]) -> tuple[list[Line], list[UnruledTable]]:
    """Return the lines of a page that stand in no such table, and the tables."""
    rows = _rows(lines)
    found: list[UnruledTable] = []
    at = 0
    while at < len(rows):
        table, end = _from(rows, at)
        if table is not None:
            found.append(table)
        at = end
    taken = {id(line) for table in found for line in table.lines}
    return [line for line in lines if id(line) not in taken], found


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.base):
        if rows and line.base - rows[-1][0].base <= _ROW * line.size:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda line: line.box.x0) for row in rows]


def _from(rows: list[list[Line]], at: int) -> tuple[UnruledTable | None, int]:
    """Return the table that begins with row `at`, if one does, and the row behind what was looked at."""
    first = rows[at]
    if len(first) < 2 or not _short(first):
        return None, at + 1
    columns = [(line.box.x0, line.box.x1) for line in first]
    cells = [list(range(len(first)))]
    end = at + 1
    while end < len(rows) and rows[end][0].base - rows[end - 1][0].base <= _APART * rows[end][0].size and _short(rows[end]):
        places = [_column(line, columns) for line in rows[end]]
        if len(rows[end]) < 2 or None in places or len(set(places)) < len(places) or 0 not in places:
            break
        cells.append([place for place in places if place is not None])
        for line, column in zip(rows[end], cells[-1], strict=True):
            columns[column] = (min(columns[column][0], line.box.x0), max(columns[column][1], line.box.x1))
        end += 1
    if end - at < _FEWEST or any(one[1] > two[0] for one, two in pairwise(columns)):
        return None, at + 1
    told = [["" for _ in columns] for _ in cells]
    for texts, of_row, row_lines in zip(told, cells, rows[at:end], strict=True):
        for column, line in zip(of_row, row_lines, strict=True):
            texts[column] = line.text
    beside = [cell for row in told[1:] for cell in row[1:] if cell]
    if not beside or sum(bool(_FIGURE.fullmatch(cell)) for cell in beside) < _FIGURES * len(beside):
        return None, at + 1
    return UnruledTable(told, tuple(line for row in rows[at:end] for line in row)), end


def _short(row: Sequence[Line]) -> bool:
    return all(len(line.text) <= _LONGEST for line in row)


def _column(line: Line, columns: Sequence[tuple[float, float]]) -> int | None:
    """Return the one column that a piece stands in; None when it stands in none, or in two."""
    over = [number for number, (left, right) in enumerate(columns) if line.box.x0 < right and left < line.box.x1]
    return over[0] if len(over) == 1 else None
