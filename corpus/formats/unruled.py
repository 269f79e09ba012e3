"""Tables without rules on a PDF page: rows of short pieces that stand under each other, most of them figures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.formats.printed import Line

_ROW = 0.4  # em: baselines this near are one row
_APART = 3.2  # em: rows further apart are no table
_FEWEST = 3  # rows
_LONGEST = 24  # characters of a cell; columns of running text are longer
_FIGURES = 0.5  # share of the cells beside the first column, under the first row, that are figures
_MOST_HEADERS = 3  # rows over a table's figures
_YEAR = re.compile(r"(?:19|20)\d\d\s?年?.{0,4}")
_FIGURE = re.compile(r"[-+－−约近超]?\s?[\d,，.]+\s?(?:[%％‰]|[\u4e00-\u9fff]{1,3})?|[-－−—–/…]{1,3}|持平|[—-]{2}")


@dataclass(frozen=True, slots=True)
class UnruledTable:
    """A table's cells, row by row, "" where a row has none, how many of the rows are headers, and the lines that they were."""

    rows: list[list[str]]
    headers: int
    lines: tuple[Line, ...]

    @property
    def origins(self) -> list[list[int]]:
        """Return which cells are one: what heads several columns."""
        width = len(self.rows[0])
        numbers = [[row * width + column for column in range(width)] for row in range(len(self.rows))]
        for row, texts in enumerate(self.rows[: max(0, self.headers - 1)]):
            for column in range(1, width):
                if texts[column] and texts[column] == texts[column - 1]:
                    numbers[row][column] = numbers[row][column - 1]
        return numbers


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
    if len(rows[at]) < 2 or not _short(rows[at]):
        return None, at + 1
    for labels in (True, False):
        table = _body(rows, at, labels=labels)
        if table is None:
            continue
        end, columns, told = table
        stubs = 1 + labels
        own = int(not any(_is_figure(cell) for cell in told[0][stubs:]))
        top = _top(rows, at, columns, stubs)
        heads = _stacked(rows[top:at], columns, told[0] if own else [], stubs)
        lines = tuple(line for row in rows[top:end] for line in row)
        return UnruledTable(heads + told[own:], len(heads) or -1, lines), end
    return None, at + 1


def _body(
    rows: list[list[Line]], at: int, *, labels: bool
) -> tuple[int, list[tuple[float, float]], list[list[str]]] | None:
    """Return the row behind a table, its columns, and what stands in them; None when no table begins here.

    `labels`: what stands in the first column may hold for several rows, in the middle of their height.
    """
    columns = [(line.box.x0, line.box.x1) for line in rows[at]]
    found: list[dict[int, Line]] = []
    held: list[Line] = []  # labels that hold for several rows
    widened = False
    end = at
    while end < len(rows) and (end == at or rows[end][0].base - rows[end - 1][0].base <= _APART * rows[end][0].size):
        row = rows[end]
        if not _short(row):
            break
        if (
            labels and row[0].box.x1 < columns[0][0] and not widened
        ):  # the column of the labels is seen for the first time
            columns.insert(0, (row[0].box.x0, row[0].box.x1))
            found = [{column + 1: line for column, line in one.items()} for one in found]
            held, widened = [], True
        places = [_column(line, columns) for line in row]
        if None in places or len(set(places)) < len(places):
            break
        told = {place: line for place, line in zip(places, row, strict=True) if place is not None}
        label = told.get(0)
        if not labels and (label is None or len(row) < 2):
            break
        if labels and label is not None and found:
            held.append(label)
        if set(told) != {0}:
            if labels and 1 not in told:
                break
            found.append(told)
        for column, line in told.items():
            columns[column] = (min(columns[column][0], line.box.x0), max(columns[column][1], line.box.x1))
        end += 1
    if len(found) < _FEWEST or any(one[1] > two[0] for one, two in pairwise(columns)):
        return None
    texts = [[row[n].text if n in row else "" for n in range(len(columns))] for row in found]
    if labels:
        if 0 in found[0] and not any(_is_figure(cell) for cell in texts[0][2:]):
            named = _held(held, found[1:])
            texts = [texts[0], *([name, *row[1:]] for name, row in zip(named, texts[1:], strict=True))] if named else []
        else:
            named = _held(held if 0 not in found[0] else [found[0][0], *held], found)
            texts = [[name, *row[1:]] for name, row in zip(named, texts, strict=True)] if named else []
    beside = [cell for row in texts[1:] for cell in row[1 + labels :] if cell]
    if not beside or sum(_is_figure(cell) for cell in beside) < _FIGURES * len(beside):
        return None
    return end, columns, texts


def _held(labels: Sequence[Line], rows: Sequence[dict[int, Line]]) -> list[str]:
    """Return for every row the label that holds for it: each stands in the middle of its rows. [] when they do not add up."""
    bases = [row[1].base for row in rows]
    names: list[str] = []
    for label in labels:
        begin = len(names)
        end = next(
            (
                n
                for n in range(begin, len(rows))
                if abs((bases[begin] + bases[n]) / 2 - label.base) <= _ROW * label.size
            ),
            -1,
        )
        if end < 0:
            return []
        names += [label.text] * (end + 1 - begin)
    return names if len(names) == len(rows) and len(labels) < len(rows) else []


def _is_figure(text: str) -> bool:
    return bool(_FIGURE.fullmatch(text)) and not _YEAR.fullmatch(text)


def _top(rows: list[list[Line]], at: int, columns: Sequence[tuple[float, float]], stubs: int) -> int:
    """Return the first of the rows over a table that are headers of its columns: short pieces side by side, or the first column's alone."""
    top = at
    while top and at - top < _MOST_HEADERS and rows[top][0].base - rows[top - 1][0].base <= _APART * rows[top][0].size:
        row = rows[top - 1]
        inside = all(columns[0][0] - line.size <= line.box.x0 <= columns[-1][1] for line in row)
        if not _short(row) or not inside or any(line.text.endswith(("。", "：", "；")) for line in row):
            break
        if len(row) == 1 and not _only_stubs(row, columns, stubs):
            break  # a caption, or the line that tells the unit
        top -= 1
    while top < at and _only_stubs(rows[top], columns, stubs):
        top += 1  # alone on top: what stands over the first column is no header of the others
    return top


def _only_stubs(row: Sequence[Line], columns: Sequence[tuple[float, float]], stubs: int) -> bool:
    """Whether all pieces of a row stand over the first columns."""
    return all(line.box.x1 <= columns[stubs][0] for line in row)


def _stacked(
    rows: list[list[Line]], columns: Sequence[tuple[float, float]], own: list[str], stubs: int
) -> list[list[str]]:
    """Return the rows of headers over a table, one for what heads several columns, one for the columns' own.

    `own` is the header that the table itself begins with; [] when it begins with figures.
    """
    heads = own[:] or ["" for _ in columns]
    groups = ["" for _ in columns]
    for row in reversed(rows):
        wide = _groups(row, columns, heads, stubs)
        if wide:
            groups = wide
        for line in row:
            column = _nearest(line, columns)
            if not wide or column < stubs:
                heads[column] = line.text + heads[column]
    made = [groups] if any(groups) else []
    return [*made, heads] if any(heads) else made


def _groups(row: Sequence[Line], columns: Sequence[tuple[float, float]], heads: Sequence[str], stubs: int) -> list[str]:
    """Return what each column is headed by in common with others: the same headers come again under every piece of the row."""
    pieces = [line for line in row if _nearest(line, columns) >= stubs]
    width = len(columns) - stubs
    if len(pieces) < 2 or width % len(pieces) or width == len(pieces):
        return []
    each = width // len(pieces)
    if any(heads[stubs + at] != heads[stubs + at % each] or not heads[stubs + at] for at in range(width)):
        return []
    return [*[""] * stubs, *(piece.text for piece in pieces for _ in range(each))]


def _nearest(line: Line, columns: Sequence[tuple[float, float]]) -> int:
    """Return the column that shares most width with a piece, else the one nearest to its middle."""
    middle = (line.box.x0 + line.box.x1) / 2

    def shared(number: int) -> tuple[float, float]:
        left, right = columns[number]
        return max(0.0, min(right, line.box.x1) - max(left, line.box.x0)), -abs((left + right) / 2 - middle)

    return max(range(len(columns)), key=shared)


def _short(row: Sequence[Line]) -> bool:
    return all(len(line.text) <= _LONGEST for line in row)


def _column(line: Line, columns: Sequence[tuple[float, float]]) -> int | None:
    """Return the one column that a piece stands in; None when it stands in none, or in two."""
    over = [number for number, (left, right) in enumerate(columns) if line.box.x0 < right and left < line.box.x1]
    return over[0] if len(over) == 1 else None
