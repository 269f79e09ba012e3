"""Tables → questions: which column asks, which is to be filled, which rows ask nothing. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ui.leads import wording
from ui.leads.asking import announces, asks, is_heading, is_item, parts_of, unmarked
from ui.leads.records import Columns, Layout, LeadQuestion, Place, SheetCell, SheetGrid, SheetRow
from ui.splitting import questions_in

_ASKING: Final = re.compile(
    "问题|提问|问询|疑问|咨询|尽调|调研内容|调查内容|关注(?:点|事项|内容)|需求|了解(?:的|内容|事项)|question|query|inquiry|^(?:q|问)$",
    re.IGNORECASE,
)
_ASKING_WEAKLY: Final = re.compile("事项|内容|条目|指标|项目|题目|item|topic|description", re.IGNORECASE)
_ANSWERING: Final = re.compile(
    "答复|回答|解答|回复|反馈|填写|填报|答案|应答|贵方|政府方|answer|response|reply|feedback|^(?:a|答)$", re.IGNORECASE
)
_NUMBERING: Final = re.compile(r"^(?:序号|编号|题号|号|no\.?|#|id)$", re.IGNORECASE)
_HEADER_ROWS: Final = 25  # a header stands within these
_LONGEST_HEADER: Final = 24  # characters
_ENOUGH: Final = 2  # rows that ask make a column of questions
_LETTER: Final = re.compile("[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class SheetRead:
    """The questions of one table, how it was read, and what has to be told of it."""

    questions: tuple[LeadQuestion, ...]
    layout: Layout | None
    notices: tuple[str, ...] = ()


def read_grid(grid: SheetGrid, columns: Columns | None = None) -> SheetRead:
    """Return the questions of a table, by the `columns` that somebody chose or by those that are found."""
    chosen = columns is not None
    columns = columns or find_columns(grid)
    if columns is None:
        return SheetRead((), None)
    halves = () if chosen else _other_halves(grid, columns)
    found: list[LeadQuestion] = []
    beside: list[LeadQuestion] = []  # of the row before, in its other half
    hidden = 0
    notices: list[str] = []
    section = ""
    numbers = _number_column(grid, columns)
    lettered = _lettered(grid, columns)
    themes = _theme_column(grid, columns, numbers)
    for row in grid.rows:
        if row.number <= columns.header:
            continue
        found += beside
        beside = [
            one
            for half in halves
            if not row.hidden and half.question in row.cells and is_item(unmarked(row.cells[half.question].text)[1])
            for one in _asked(grid, row, row.cells[half.question], half, section, 0)
        ]
        cell = row.cells.get(columns.question)
        if themes in row.cells and row.cells[themes].text.strip():
            section = _line(row.cells[themes].text)
        if cell is None or not cell.text.strip():
            section = _section(row, columns) or section
            continue
        if _names_part(row, cell, columns, numbers, lettered=lettered):
            section = section if announces(cell.text) else unmarked(cell.text)[1] or cell.text.strip()
            continue
        if not is_item(unmarked(cell.text)[1]) or (announces(cell.text) and cell.text.strip().endswith(("：", ":"))):
            continue
        asked = list(_asked(grid, row, cell, columns, section, numbers))
        if row.hidden or columns.question in grid.hidden:
            hidden += len(asked)
            continue
        target = row.cells.get(columns.answer)
        if target is not None and target.formula:
            notices.append(wording.FORMULA_ANSWER.format(part=grid.part, at=target.address))
        found += asked
    found += beside
    if hidden:
        notices.append(wording.HIDDEN_ROWS.format(part=grid.part, count=hidden))
    return SheetRead(tuple(found), Layout(grid.part, columns, _headers(grid, columns), len(found)), tuple(notices))


def find_columns(grid: SheetGrid) -> Columns | None:
    """Return the columns of questions and answers; None for a table that asks nothing."""
    for row in grid.rows[:_HEADER_ROWS]:
        if (columns := _by_header(grid, row)) is not None:
            return columns
    return _by_content(grid)


def _by_header(grid: SheetGrid, row: SheetRow) -> Columns | None:
    """Return the columns that a row names, when it is a row of names."""
    named = {at: cell.text.strip() for at, cell in row.cells.items() if 0 < len(cell.text.strip()) <= _LONGEST_HEADER}
    if len(named) < 2 or any(name.endswith(("？", "?")) for name in named.values()):
        return None
    answers = [at for at, name in named.items() if _ANSWERING.search(name)]
    strong = [at for at, name in named.items() if _ASKING.search(name) and at not in answers]
    weak = [at for at, name in named.items() if _ASKING_WEAKLY.search(name) and at not in answers]
    if not strong and not (weak and answers):
        return None
    below = [one for one in grid.rows if one.number > row.number]
    question = max(strong or weak, key=lambda at: (_weight(below, at), -at))
    if not _weight(below, question):
        return None
    answer = next((at for at in answers if at > question), answers[0] if answers else 0)
    return Columns(question, answer or _empty_beside(below, question), row.number)


def _by_content(grid: SheetGrid) -> Columns | None:
    """Return the column in which most cells ask, and the empty one beside it."""
    asking = Counter(at for row in grid.rows for at, cell in row.cells.items() if asks(cell.text))
    if not asking:
        return None
    question, count = max(asking.items(), key=lambda one: (one[1], -one[0]))
    rows = [row for row in grid.rows if len(row.cells) > 1] or grid.rows  # a heading over all columns asks nothing
    if count < min(_ENOUGH, len(rows)):
        return None
    first = next(row.number for row in grid.rows if question in row.cells and asks(row.cells[question].text))
    return Columns(question, _empty_beside(grid.rows, question), first - 1)


def _other_halves(grid: SheetGrid, columns: Columns) -> tuple[Columns, ...]:
    """Return further columns that ask as much, each with its own empty one beside it: a table set in two halves."""
    below = [row for row in grid.rows if row.number > columns.header]
    asked = _asking_cells(below, columns.question)
    taken = {columns.question, columns.answer}
    made: list[Columns] = []
    for at in sorted({at for row in below for at in row.cells} - taken):
        asking, filled = (
            _asking_cells(below, at),
            sum(bool(row.cells[at].text.strip()) for row in below if at in row.cells),
        )
        answer = _empty_beside(below, at)
        if 2 * asking >= max(filled, asked, 1) and answer and not {at, answer} & taken:
            made.append(Columns(at, answer, columns.header))
            taken |= {at, answer}
    return tuple(made)


def _asking_cells(rows: Sequence[SheetRow], at: int) -> int:
    return sum(asks(row.cells[at].text) for row in rows if at in row.cells)


def _weight(rows: Sequence[SheetRow], at: int) -> int:
    """Return how much the cells of a column ask: a question counts more than an item."""
    texts = [row.cells[at].text for row in rows if at in row.cells]
    return sum(2 * asks(text) + is_item(text) for text in texts)


def _empty_beside(rows: Sequence[SheetRow], question: int) -> int:
    """Return the first column to the right whose cells are there and mostly empty beside a question; 0 for none."""
    beside: Counter[int] = Counter()
    filled: Counter[int] = Counter()
    for row in rows:
        if question in row.cells and row.cells[question].text.strip():
            for at, cell in row.cells.items():
                if at > question:
                    beside[at] += 1
                    filled[at] += bool(cell.text.strip())
    return next((at for at in sorted(beside) if filled[at] * 2 < beside[at]), 0)


def _number_column(grid: SheetGrid, columns: Columns) -> int:
    """Return the column that numbers the questions, to the left of them; 0 for none."""
    for row in grid.rows:
        if row.number == columns.header:
            named = [at for at, cell in row.cells.items() if _NUMBERING.match(cell.text.strip())]
            if named:
                return named[0]
    left: Counter[int] = Counter()
    asked = 0
    for row in grid.rows:
        if row.number > columns.header and columns.question in row.cells:
            asked += 1
            left.update(at for at, cell in row.cells.items() if at < columns.question and _is_number(cell.text))
    at, count = max(left.items(), key=lambda one: one[1], default=(0, 0))
    return at if count * 2 > asked else 0


def _theme_column(grid: SheetGrid, columns: Columns, numbers: int) -> int:
    """Return the column left of the questions whose merged cells reach over several of them; 0 for none."""
    reach = {
        at
        for row in grid.rows
        if row.number > columns.header
        for at, cell in row.cells.items()
        if cell.rows > 1 and at < columns.question and at != numbers and not _is_number(cell.text)
    }
    return max(reach, default=0)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"\s*[A-Z]?\d{1,3}(?:[.-]\d{1,3}){0,3}[.、)]?\s*", text) is not None


def _lettered(grid: SheetGrid, columns: Columns) -> bool:
    """Whether the questions themselves are counted 一、二、三, as headings elsewhere are: most of the column is."""
    texts = [
        row.cells[columns.question].text
        for row in grid.rows
        if row.number > columns.header and columns.question in row.cells
    ]
    return sum(map(is_heading, texts)) * 2 > sum(bool(text.strip()) for text in texts)


def _names_part(row: SheetRow, cell: SheetCell, columns: Columns, numbers: int, *, lettered: bool) -> bool:
    """Whether a cell of the column of questions is a heading between them."""
    if asks(cell.text) and (lettered or not is_heading(cell.text)):
        return False
    last = columns.question + cell.columns - 1
    if columns.answer and columns.question < columns.answer <= last:
        return True  # it reaches over the place for the answer
    number = row.cells.get(numbers)
    numbered = number is not None and bool(_is_number(number.text))
    if numbers and not numbered and number is not None and number.text.strip() == "":
        return is_heading(cell.text) or not unmarked(cell.text)[0]
    return is_heading(cell.text) and not numbered and not lettered


def _section(row: SheetRow, columns: Columns) -> str:
    """Return what a row says that has nothing in the column of questions but a heading to the left of it."""
    texts = [cell.text.strip() for at, cell in sorted(row.cells.items()) if at < columns.question and cell.text.strip()]
    says = len(texts) == 1 and not (_is_number(texts[0]) or asks(texts[0]) or announces(texts[0]))
    return unmarked(texts[0])[1] if says else ""


def _asked(
    grid: SheetGrid, row: SheetRow, cell: SheetCell, columns: Columns, section: str, numbers: int
) -> Iterator[LeadQuestion]:
    """Yield the questions of one cell: usually one, several when it numbers them."""
    target = row.cells.get(columns.answer)
    address = "" if target is None or target.formula else target.address
    if target is None and columns.answer and grid.told == wording.SHEET_PLACE:  # a cell that the file does not hold yet
        address = f"{_letters(columns.answer)}{row.number}"
    label = row.cells[numbers].text.strip() if numbers in row.cells else ""
    own, text = unmarked(cell.text)
    told = grid.told.format(part=grid.part, at=cell.address, row=row.number)
    place = Place(grid.part, cell.address, address, told)
    choices = target.choices if target is not None else ()
    given = target.text.strip() if target is not None else ""
    several = parts_of(cell.text) if "\n" not in cell.text else questions_in(cell.text)
    for one in several if len(several) > 1 else (text,):
        yield LeadQuestion(_line(one), place, label or own, section, given, choices)


def _headers(grid: SheetGrid, columns: Columns) -> tuple[str, ...]:
    """Return the names of all columns, empty where there is none."""
    row = next((one for one in grid.rows if one.number == columns.header), None)
    width = max((at for one in grid.rows for at in one.cells), default=0)
    return tuple(row.cells[at].text.strip() if row and at in row.cells else "" for at in range(1, width + 1))


def _line(text: str) -> str:
    return " ".join(text.split())


def _letters(column: int) -> str:
    """Return the letters of a column: 1 is A, 28 is AB."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(name: str) -> int | None:
    """Return the number of a column that is named by letters or digits; None when it is neither."""
    name = name.strip().upper()
    if name.isdecimal() and len(name) < 4:
        return int(name)
    if not _LETTER.fullmatch(name):
        return None
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number
