"""What a file of questions is read into. Plain values, true by construction."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question stands and where its answer goes.

    `part` is a sheet's name, «表格 2», or empty for running text. `at` and `answer` are addresses within the file: «B5» in a
    sheet, «3:2» (row and column from 1) in a CSV file, «c17» and «p33» (cell and paragraph in document order, from 0) in a
    Word file, «7» (line from 1) in a mail. `answer` is empty when the file has no room for one; «+p33» is after a paragraph.
    """

    part: str
    at: str
    answer: str = ""
    told: str = ""  # the same in Chinese, for people


@dataclass(frozen=True, slots=True)
class LeadQuestion:
    """One thing that is asked: `text` without its number, which is `label`; `section` is the heading above it.

    `given` already stands where the answer goes; `choices` are what a drop-down there allows. `context` is what was said
    just before it.
    """

    text: str
    place: Place
    label: str = ""
    section: str = ""
    given: str = ""
    choices: tuple[str, ...] = ()
    context: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; `read` takes them back."""
        return asdict(self)

    @classmethod
    def read(cls, kept: dict[str, Any]) -> LeadQuestion:
        """Return what `to_json` gave."""
        return cls(**{**kept, "place": Place(**kept["place"]), "choices": tuple(kept["choices"])})


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of one table hold questions and answers, from 1; `header` is the row of their names, 0 for none.

    `answer` 0 means that the table has no column for answers.
    """

    question: int
    answer: int
    header: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """How one table was read: its name, the columns taken, and the words of its header row, for whoever corrects it."""

    part: str
    columns: Columns
    headers: tuple[str, ...]
    questions: int


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A file as it was read. `kind` is xlsx, docx, csv or txt; `notices` tell in Chinese what was left out and why."""

    name: str
    kind: str
    questions: tuple[LeadQuestion, ...]
    layouts: tuple[Layout, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell of a table. A merged one stands at its first place and says how far it reaches; the rest are not there."""

    text: str
    address: str
    rows: int = 1
    columns: int = 1
    formula: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number` from 1, as people count; `cells` by column, from 1; `hidden` when the file does not show it."""

    number: int
    cells: dict[int, SheetCell]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class SheetGrid:
    """A table: a sheet, a CSV file, a table of a Word document. `hidden` columns are not shown by the file.

    `after` is how many paragraphs of the running text stand before it.
    """

    part: str
    rows: tuple[SheetRow, ...]
    told: str = "{part} {at}"
    hidden: frozenset[int] = frozenset()
    after: int = 0


@dataclass(frozen=True, slots=True)
class SheetParagraph:
    """A paragraph outside tables with its address; `number` is what an automatic list puts before it."""

    text: str
    address: str
    number: str = ""
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser found, before anything is taken for a question."""

    grids: tuple[SheetGrid, ...] = ()
    paragraphs: tuple[SheetParagraph, ...] = ()
    notices: tuple[str, ...] = field(default=())
