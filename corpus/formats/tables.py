"""Tables → sentences: every row tells its values beside their headers, so that it can be found and cited alone.

«白石街道，户籍人口6.2万人，规上工业产值118.4亿元，同比增长5.1%。» The words are those of the cells; a unit that the header or
the line over the table names stands behind its value. Where each header and each value stands in the sentence is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from corpus.chinese.facts import is_unit
from corpus.formats.paragraphs import Paragraph, tidy
from corpus.records import BlockKind, Span

MAX_CELLS = 100_000  # of one table, merged cells counted as often as they cover
_WIDE_ROW = 160  # characters; a longer row is told in several sentences, each with its first cell
_LONG_HEADER = 40
_NUMBER = re.compile(
    r"[-+－−—±＋约近超逾]?\s?\d[\d,，.]*(?:\s?[-~～—–至]\s?-?\d[\d,.]*)?\s?(?:[%％‰]|[十百千万亿]*[\u4e00-\u9fff]{0,4})?"
)
_PLAIN = re.compile(r"[-+－−±＋约近超逾]?\s?\d[\d,，.]*(?:\s?[-~～—–至]\s?-?\d[\d,.]*)?")
_UNIT_TAIL = re.compile(r"\s*[（(\[【]\s*(?:单位\s*[:：]\s*)?([^（）()\[\]【】]{1,10})\s*[）)\]】]$")
_UNIT_LINE = re.compile(r"[（(【\[]?\s*(?:计量)?单位\s*[:：]\s*([^\s（）()，,、;；。]{1,8})\s*[）)】\]]?")
_NOTE = re.compile(r"[（(]?\s*(?:注|备注|说明|附注|资料来源|数据来源|来源)\s*\d{0,2}\s*[:：]")
_OF_TABLES = frozenset({BlockKind.TABLE, BlockKind.ROW})
_CAPTION = re.compile(
    r"(?:附?表\s?[\d一二三四五六七八九十]{1,3}(?:[-.－]\d{1,2})?[\s:：.、]?.{0,40}|[^。，；：]{2,36}(?:情况|统计|指标|一览|明细|名单|汇总|对照|对比)?表)"
)
_COUNTED = re.compile(r"序号|编号|No\.?|№|#|排名|名次", re.IGNORECASE)
_GENERIC = re.compile(r"(?:项目|指标|名称|地区|区域|类别|内容|分类|项|指标名称|项目名称|)")
_UNIT_COLUMN = re.compile(r"(?:计量)?单位")
_RATIO = re.compile(r"增长|增速|增幅|比重|占比|率|±|[%％]|同比|环比")
_UNCOUNTED = re.compile(
    r"年[份度]|日期|时间|[电代]话|编[号码]|代码|号码|名次|排名"
)  # figures that no unit of a table belongs to
_YEAR = re.compile(r"(?:19|20)\d\d")
_LATIN_END = re.compile(r"[A-Za-z0-9]$")
_LATIN_START = re.compile(r"[A-Za-z0-9]")


@dataclass(slots=True)
class Grid:
    """A table with its merged cells spread over all that they cover. Rows may differ in length.

    `headers` counts the rows at the top that the format itself calls headers, -1 when it does not say. `caption` is what
    stands over the table, unit and all; `origins` tells which cells are one: equal numbers, one cell.
    """

    rows: list[list[str]]
    headers: int = -1
    caption: str = ""
    origins: list[list[int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RawCell:
    """A cell as written: what it says, and how many columns and rows it covers."""

    text: str
    across: int = 1
    down: int = 1


def spread(rows: Sequence[Sequence[RawCell]]) -> Grid:
    """Return the grid of rows whose cells may cover several columns and rows."""
    held: dict[tuple[int, int], tuple[str, int]] = {}
    number = 0
    width = 0
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while (at, column) in held:
                column += 1
            down = min(max(1, cell.down), len(rows) - at)
            across = min(max(1, cell.across), 200)
            number += 1
            for below in range(at, at + down):
                for beside in range(column, column + across):
                    if len(held) < MAX_CELLS:
                        held.setdefault((below, beside), (cell.text, number))
            column += across
            width = max(width, column)
    texts = [[held.get((at, column), ("", -1))[0] for column in range(width)] for at in range(len(rows))]
    origins = [[held.get((at, column), ("", -1))[1] for column in range(width)] for at in range(len(rows))]
    return Grid(texts, -1, "", origins)


def is_unit_line(text: str) -> bool:
    """Whether a line says nothing but the unit of the table under it."""
    return bool(_UNIT_LINE.fullmatch(tidy(text)))


def is_note(text: str) -> bool:
    """Whether a line explains the table over it."""
    return bool(_NOTE.match(text.strip()))


def settle_tables(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs with the caption over a table and the notes under it marked as what they are."""
    made = list(paragraphs)
    for at, paragraph in enumerate(made):
        if paragraph.kind not in _OF_TABLES:
            continue
        if at and made[at - 1].table != paragraph.table:
            over = at - 1
            if over and is_unit_line(made[over].text):
                over -= 1
            caption = tidy(made[over].text)
            if made[over].kind is None and not made[over].level and _CAPTION.fullmatch(caption):
                made[over] = replace(made[over], text=caption, kind=BlockKind.TABLE, table=paragraph.table)
        below = at + 1
        while below < len(made) and made[below].kind is None and not made[below].level and is_note(made[below].text):
            made[below] = replace(made[below], text=tidy(made[below].text), kind=BlockKind.NOTE, table=paragraph.table)
            below += 1
    return made


def table_paragraphs(grid: Grid, number: int, unit_line: str = "") -> list[Paragraph]:
    """Return a table as paragraphs: its caption, a sentence for each row, its notes.

    `number` counts the tables of the document; `unit_line` is the line «单位：亿元» that stood over it, if any.
    """
    rows = [[tidy(cell) for cell in row] for row in grid.rows]
    origins = grid.origins or [list(range(len(row))) for row in rows]
    pairs = [(row, origin) for row, origin in zip(rows, origins, strict=True) if any(row)]
    captions = [tidy(grid.caption)] if tidy(grid.caption) else []
    notes: list[str] = []
    while len(pairs) > 1 and (whole := _whole(*pairs[0])) and grid.headers <= 0:
        captions.append(whole)
        pairs.pop(0)
    while pairs and (whole := _whole(*pairs[-1])) and is_note(whole):
        notes.insert(0, whole)
        pairs.pop()
    unit = _table_unit([*captions, unit_line])
    made = [Paragraph(text, kind=BlockKind.TABLE, table=number) for text in captions if not is_unit_line(text)]
    made += [replace(row, table=number) for row in _rows([row for row, _ in pairs], [o for _, o in pairs], grid, unit)]
    return made + [Paragraph(text, kind=BlockKind.NOTE, table=number) for text in notes]


def _whole(row: list[str], origin: list[int]) -> str:
    """Return what a row says that is one cell from edge to edge, else nothing."""
    filled = [cell for cell in row if cell]
    one = len(row) > 1 and (len(set(origin)) == 1 or (len(filled) == 1 and row[0] == filled[0] and len(row) > 2))
    return filled[0] if one and filled else ""


def _table_unit(lines: Sequence[str]) -> str:
    for line in lines:
        if (match := _UNIT_LINE.search(line)) and is_unit(match[1]):
            return match[1]
    return ""


def _rows(rows: list[list[str]], origins: list[list[int]], grid: Grid, unit: str) -> list[Paragraph]:
    if not rows:
        return []
    count = grid.headers if 0 <= grid.headers < len(rows) else _header_rows(rows, origins)
    headers = _headers(rows[:count], origins[:count], max(map(len, rows)))
    if not count and max(map(len, rows)) in (2, 4):
        return _labelled(rows)
    units, headers = _units_of(headers, unit)
    made: list[Paragraph] = []
    group = ""
    for row, origin in zip(rows[count:], origins[count:], strict=True):
        if whole := _whole(row, origin):
            if is_note(whole):
                made.append(Paragraph(whole, kind=BlockKind.NOTE))
            else:
                group = whole
            continue
        made += _tell(headers, units, row, origin, group)
    return made


def _header_rows(rows: list[list[str]], origins: list[list[int]]) -> int:
    """Return how many rows at the top are headers: none has figures, and there are figures or the like below."""
    if len(rows) < 2:
        return 0
    count = 0
    for row, origin in zip(rows, origins, strict=True):
        texts = [cell for cell in row if cell]
        if not texts or any(len(cell) > _LONG_HEADER for cell in texts):
            break
        figures = sum(bool(_NUMBER.fullmatch(cell)) and not _YEAR.match(cell) for cell in texts[1:])
        if figures or (count and not _continues_header(origin, origins[count - 1])):
            break
        count += 1
        if len(set(origin)) == len(origin) and count >= 1:
            break
    if count == 0 or count >= len(rows):
        return 0
    below = [cell for row in rows[count:] for cell in row[1:] if cell]
    figures = sum(bool(_NUMBER.fullmatch(cell)) for cell in below)
    units = {_PLAIN.sub("", cell, count=1).strip() for cell in below}
    if max(map(len, rows)) == 2 and (figures * 2 <= len(below) or len(units) > 1):
        return 0  # two columns of words, or of unlike figures: a label and what it says
    return count


def _continues_header(origin: list[int], above: list[int]) -> bool:
    """Whether a row goes on with the header above it: cells reach down into it, or it parts cells merged above."""
    return len(set(above)) < len(above) or bool(set(origin) & set(above))


def _headers(rows: list[list[str]], origins: list[list[int]], width: int) -> list[str]:
    """Return the header of each column, what stands above first; a cell over several rows is said once."""
    made = []
    for column in range(width):
        said = ""
        seen: set[int] = set()
        for row, origin in zip(rows, origins, strict=True):
            if column < len(row) and row[column] and origin[column] not in seen:
                seen.add(origin[column])
                word = row[column].rstrip("：:")
                gap = " " if _LATIN_END.search(said) and _LATIN_START.match(word) else ""
                said += gap + word if not said.endswith(word) else ""
        made.append(said)
    return made


def _units_of(headers: list[str], unit: str) -> tuple[list[str], list[str]]:
    """Return the unit of each column and its header without it; «» for a unit that nothing tells."""
    units, bare = [], []
    for header in headers:
        match = _UNIT_TAIL.search(header)
        if match and is_unit(match[1]):
            units.append(match[1])
            bare.append(header[: match.start()])
        else:
            units.append(
                "" if _RATIO.search(header) or _UNCOUNTED.search(header) or _COUNTED.fullmatch(header) else unit
            )
            bare.append(header)
    return units, bare


def _labelled(rows: list[list[str]]) -> list[Paragraph]:
    """Return a table of labels and what they say, two or four columns, a sentence for each pair."""
    made = []
    for row in rows:
        for at in range(0, len(row) - 1, 2):
            label, said = row[at].rstrip("：:"), row[at + 1]
            if label and said:
                made.append(_Sentence().pair(label, "：", said).paragraph())
            elif label or said:
                made.append(_Sentence().pair("", "", label or said).paragraph())
        if len(row) % 2 and row[-1]:
            made.append(_Sentence().pair("", "", row[-1]).paragraph())
    return made


def _tell(headers: list[str], units: list[str], row: list[str], origin: list[int], group: str) -> list[Paragraph]:
    """Return the sentences of one row; `origin` tells which of its cells are one."""
    row = row + [""] * (len(headers) - len(row))
    own = next((row[c] for c, header in enumerate(headers) if _UNIT_COLUMN.fullmatch(header) and is_unit(row[c])), "")
    columns = [
        c for c in range(len(row)) if row[c] and not (own and row[c] == own and _UNIT_COLUMN.fullmatch(headers[c]))
    ]
    if not columns:
        return []
    first = next((c for c in columns if not _COUNTED.fullmatch(headers[c])), columns[0])
    merged = [c for c in columns if c < len(origin) and origin[c] == origin[first]]  # «合计» over line and station
    columns = [c for c in columns if c != first and c not in merged]
    sentence = _Sentence()
    if group:
        sentence.add(group, " " if _LATIN_END.search(group) else "")
    _stub(sentence, "" if len(merged) > 1 else headers[first], row[first])
    made: list[Paragraph] = []
    opening = sentence.copy()
    for column in columns:
        if sentence.length > _WIDE_ROW:
            made.append(sentence.paragraph())
            sentence = opening.copy()
        sentence.add("，")
        _value(sentence, headers[column], row[column], units[column] or ("" if _RATIO.search(headers[column]) else own))
    return [*made, sentence.paragraph()]


def _stub(sentence: _Sentence, header: str, value: str) -> None:
    if _YEAR.fullmatch(value) and "年" in header:
        sentence.cell(header="", value=value + "年")
    elif (
        not header
        or _GENERIC.fullmatch(header)
        or header in value
        or (value[-1:] in header[-2:] and not value.isascii())
    ):
        sentence.cell(header="", value=value)
    else:
        sentence.pair(header, "：", value)


def _value(sentence: _Sentence, header: str, value: str, unit: str) -> None:
    if _PLAIN.fullmatch(value):
        sentence.pair(header, "" if not _LATIN_END.search(header) else " ", value + unit)
    elif _NUMBER.fullmatch(value) and not _LATIN_END.search(header):
        sentence.pair(header, "", value)
    else:
        sentence.pair(header, "：" if header else "", value)


class _Sentence:
    """The sentence of a row as it grows, and where its cells stand in it."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0
        self.cells: list[tuple[Span, Span]] = []

    def copy(self) -> _Sentence:
        other = _Sentence()
        other.parts, other.length, other.cells = [*self.parts], self.length, [*self.cells]
        return other

    def add(self, *texts: str) -> Span:
        start = self.length
        for text in texts:
            self.parts.append(text)
            self.length += len(text)
        return Span(start, self.length)

    def pair(self, header: str, between: str, value: str) -> _Sentence:
        head = self.add(header)
        self.add(between)
        self.cells.append((head, self.add(value)))
        return self

    def cell(self, header: str, value: str) -> None:
        self.pair(header, "", value)

    def paragraph(self) -> Paragraph:
        text = "".join(self.parts)
        if text[-1:] not in "。！？!?；;":
            text += "。"
        return Paragraph(text, kind=BlockKind.ROW, cells=tuple(self.cells))
