"""Excel files → tables. Runs in the child process that parses; openpyxl is imported there alone."""

from __future__ import annotations

import io
from typing import Any, Final

from ui.leads import wording
from ui.leads.records import Parsed, SheetCell, SheetGrid, SheetRow

MOST_ROWS: Final = 5000
MOST_COLUMNS: Final = 80
_MOST_CHOICES: Final = 30


def read_sheets(data: bytes) -> Parsed:
    """Return the sheets of a workbook that was found safe to open, in order; hidden ones are named in the notices."""
    from openpyxl import load_workbook

    values = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    formulas = load_workbook(io.BytesIO(data), data_only=False, keep_links=False)
    grids: list[SheetGrid] = []
    notices: list[str] = []
    for sheet in values.worksheets:
        if sheet.sheet_state != "visible":
            notices.append(wording.HIDDEN_SHEET.format(sheet.title))
            continue
        if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
            notices.append(wording.CUT_SHEET.format(sheet.title, MOST_ROWS, MOST_COLUMNS))
        grids.append(_grid(sheet, formulas[sheet.title]))
    return Parsed(tuple(grids), notices=tuple(notices))


def _grid(sheet: Any, formulas: Any) -> SheetGrid:
    merged = {(one.min_row, one.min_col): (one.size["rows"], one.size["columns"]) for one in sheet.merged_cells.ranges}
    choices = _choices(sheet)
    rows: list[SheetRow] = []
    for cells in sheet.iter_rows(max_row=min(sheet.max_row, MOST_ROWS), max_col=min(sheet.max_column, MOST_COLUMNS)):
        number = cells[0].row
        made: dict[int, SheetCell] = {}
        for cell in cells:
            if type(cell).__name__ == "MergedCell":
                continue
            height, width = merged.get((number, cell.column), (1, 1))
            formula = formulas.cell(number, cell.column).data_type == "f"
            made[cell.column] = SheetCell(
                _text(cell.value), cell.coordinate, height, width, formula, choices.get(cell.coordinate, ())
            )
        hidden = bool(sheet.row_dimensions[number].hidden) if number in sheet.row_dimensions else False
        rows.append(SheetRow(number, made, hidden))
    return SheetGrid(sheet.title, tuple(rows), wording.SHEET_PLACE, _hidden_columns(sheet))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _hidden_columns(sheet: Any) -> frozenset[int]:
    found: set[int] = set()
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and dimension.min and dimension.max:
            found |= set(range(dimension.min, min(dimension.max, MOST_COLUMNS) + 1))
    return frozenset(found)


def _choices(sheet: Any) -> dict[str, tuple[str, ...]]:
    """Return what a drop-down allows, by cell: written out in the rule, or in cells of the same sheet."""
    from openpyxl.utils import get_column_letter

    found: dict[str, tuple[str, ...]] = {}
    last_row, last_column = sheet.max_row, sheet.max_column
    for rule in sheet.data_validations.dataValidation:
        if rule.type != "list" or not rule.formula1:
            continue
        listed = str(rule.formula1)
        if listed.startswith('"'):
            allowed = tuple(one.strip() for one in listed.strip('"').split(",") if one.strip())
        else:
            allowed = _in_cells(sheet, listed)
        for area in rule.sqref.ranges:
            for row in range(area.min_row, min(area.max_row, last_row, MOST_ROWS) + 1):
                for column in range(area.min_col, min(area.max_col, last_column, MOST_COLUMNS) + 1):
                    found[f"{get_column_letter(column)}{row}"] = allowed[:_MOST_CHOICES]
    return found


def _in_cells(sheet: Any, reference: str) -> tuple[str, ...]:
    """Return the texts of a range, of this or another sheet; nothing for what is no range."""
    from openpyxl.utils import range_boundaries

    name, _, area = reference.rpartition("!")
    name = name.strip("'")
    try:
        first_column, first, last_column, last = (int(edge or 0) for edge in range_boundaries(area.replace("$", "")))
        there = sheet.parent[name] if name else sheet
    except (ValueError, KeyError, TypeError):
        return ()
    if not first or not first_column or last - first > MOST_ROWS:  # whole columns have no first row
        return ()
    rows = there.iter_rows(min_row=first, max_row=last, min_col=first_column, max_col=last_column, values_only=True)
    return tuple(_text(value) for row in rows for value in row if value is not None)
