"""A file or a pasted mail in, its questions out, each with its place. Nothing is asked that is no question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from operator import itemgetter
from pathlib import PurePath
from typing import Final

from corpus.errors import QuestionError, UnreadableFile
from ui.leads import wording
from ui.leads.apart import parse_apart
from ui.leads.asking import announces, asks, is_heading, questions_of, unmarked
from ui.leads.grids import column_number, read_grid
from ui.leads.records import Columns, Layout, LeadQuestion, Parsed, Place, Questionnaire, SheetParagraph
from ui.leads.texts import body_of, parse_csv, parse_mail, text_of

MOST_BYTES: Final = 20_000_000
MOST_QUESTIONS: Final = 2000
_KINDS: Final = {
    ".xlsx": "xlsx",
    ".docx": "docx",
    ".pdf": "pdf",
    ".csv": "csv",
    ".txt": "txt",
    ".md": "txt",
    ".eml": "txt",
}
_REMEDIES: Final = {
    ".xls": wording.SAVE_AS["xlsx"],
    ".xlsm": wording.SAVE_AS["xlsx"],
    ".xlsb": wording.SAVE_AS["xlsx"],
    ".et": wording.SAVE_AS["xlsx"],
    ".ods": wording.SAVE_AS["xlsx"],
    ".doc": wording.SAVE_AS["docx"],
    ".docm": wording.SAVE_AS["docx"],
    ".wps": wording.SAVE_AS["docx"],
    ".rtf": wording.SAVE_AS["docx"],
    ".odt": wording.SAVE_AS["docx"],
    ".dotx": wording.SAVE_AS["docx"],
}


def read_questionnaire(name: str, data: bytes, columns: Mapping[str, Columns] | None = None) -> Questionnaire:
    """Return the questions of a file; `columns` by table name overrule those that would be found, «» for a CSV file.

    Raises UnreadableFile, one Chinese sentence with the file's name, what is wrong and what mends it; QuestionError for a
    table that does not exist.
    """
    name = PurePath(name.replace("\\", "/")).name or "questions.txt"
    if len(data) > MOST_BYTES:
        raise UnreadableFile(wording.FILE_LARGE.format(name=name, most=MOST_BYTES // 1_000_000))
    if not data.strip():
        raise UnreadableFile(wording.FILE_EMPTY.format(name=name))
    suffix = PurePath(name).suffix.lower()
    kind = _KINDS.get(suffix)
    if kind is None:
        remedy = _REMEDIES.get(suffix, wording.KINDS)
        raise UnreadableFile(wording.FILE_KIND.format(name=name, suffix=suffix or "没有后缀的", remedy=remedy))
    try:
        parsed = _parsed(kind, suffix, data)
    except UnreadableFile as error:
        raise UnreadableFile(f"{name}：{error}。") from error
    return _questionnaire(name, kind, parsed, columns or {})


def parse_columns(words: Sequence[str]) -> dict[str, Columns]:
    """Return the columns that «Sheet1:B:D» or «Sheet1:B:D:3» (with the header row) name. Raises QuestionError."""
    found: dict[str, Columns] = {}
    for one in words:
        part, *named = one.replace("：", ":").rsplit(":", one.replace("：", ":").count(":"))
        numbers = [column_number(name) for name in named]
        if len(numbers) not in (2, 3) or None in numbers or not numbers[0]:
            raise QuestionError(wording.WRONG_COLUMNS.format(one))
        found[part] = Columns(*(number or 0 for number in numbers))
    return found


def _parsed(kind: str, suffix: str, data: bytes) -> Parsed:
    if kind in ("xlsx", "docx", "pdf"):
        return parse_apart(kind, data)
    if data.startswith(b"PK\x03\x04") or data.startswith(b"\xd0\xcf\x11\xe0") or data.startswith(b"%PDF-"):
        raise UnreadableFile(wording.NOT_TEXT)
    if kind == "csv":
        return parse_csv(data)
    return parse_mail(body_of(data) if suffix == ".eml" else text_of(data))


def _questionnaire(name: str, kind: str, parsed: Parsed, columns: Mapping[str, Columns]) -> Questionnaire:
    parts = [grid.part for grid in parsed.grids]
    for part in columns:
        if part not in parts:
            raise QuestionError(wording.NO_SUCH_PART.format(part, "、".join(parts) or "—"))
    placed: list[tuple[float, LeadQuestion]] = []  # by how many paragraphs stand before
    headings = [(number, text) for number, one in enumerate(parsed.paragraphs) if (text := _heading(one))]
    layouts: list[Layout] = []
    notices = list(parsed.notices)
    for grid in parsed.grids:
        read = read_grid(grid, columns.get(grid.part))
        above = next((text for number, text in reversed(headings) if number < grid.after), "")
        placed += [(grid.after - 0.5, replace(one, section=one.section or above)) for one in read.questions]
        notices += read.notices
        if read.layout is not None:
            layouts.append(read.layout)
        elif any(asks(cell.text) for row in grid.rows for cell in row.cells.values()):
            notices.append(wording.NO_COLUMN.format(part=grid.part or name))
    placed += _in_prose(parsed.paragraphs, kind)
    found = [one for _, one in sorted(placed, key=itemgetter(0))]
    if not found:
        raise UnreadableFile(wording.NO_QUESTIONS.format(name=name))
    if len(found) > MOST_QUESTIONS:
        raise UnreadableFile(wording.TOO_MANY.format(name=name, found=len(found), most=MOST_QUESTIONS))
    return Questionnaire(name, kind, tuple(found), tuple(layouts), tuple(notices))


def _heading(paragraph: SheetParagraph) -> str:
    """Return the words of a heading; empty for what is none."""
    text = f"{paragraph.number}{paragraph.text}"
    return unmarked(text)[1] if paragraph.heading or is_heading(text) else ""


def _in_prose(paragraphs: Sequence[SheetParagraph], kind: str) -> Iterator[tuple[int, LeadQuestion]]:
    """Yield what running text asks, with the number of its paragraph; below a line that announces questions every item is one."""
    section = ""
    listed = False
    for number, paragraph in enumerate(paragraphs):
        text = f"{paragraph.number}{paragraph.text}"
        if not paragraph.text.strip() or _is_room(paragraph.text):
            continue
        if paragraph.heading or (is_heading(text) and not (listed and asks(text))):
            section = unmarked(text)[1]
            listed = announces(section)
            continue
        item = listed and (bool(unmarked(text)[0]) or bool(paragraph.number))
        asked = list(questions_of(text, item=item))
        for one in asked:
            yield (
                number,
                LeadQuestion(one.text, _place(paragraphs, number, kind), one.label, section, "", (), one.context),
            )
        if announces(paragraph.text):
            listed = True
        elif not item and not asked:
            listed = False


def _place(paragraphs: Sequence[SheetParagraph], number: int, kind: str) -> Place:
    """Return where a paragraph's question stands; in a Word file its answer goes into an empty «答：» below, or after it."""
    paragraph = paragraphs[number]
    if kind != "docx":
        return Place("", paragraph.address, "", wording.LINE_PLACE.format(paragraph.address))
    told = wording.PARAGRAPH_PLACE.format(int(paragraph.address[1:]) + 1)
    following = paragraphs[number + 1] if number + 1 < len(paragraphs) else None
    if following is not None and _is_room(following.text):
        return Place("", paragraph.address, following.address, told)
    return Place("", paragraph.address, f"+{paragraph.address}", told)


def _is_room(text: str) -> bool:
    """Whether a line only keeps room for an answer."""
    return text.strip(" _＿") in wording.ANSWER_LINES
