"""Glyphs on newspaper pages → paragraphs in reading order. Pure geometry.

Lengths are points, x to the right, y down from the top of the page. Four steps: glyphs → lines; lines → blocks (lines
of one column under each other); blocks in reading order (Breuel, "High performance document layout analysis", 2003:
above before below in one column, left before right, unless a line that spans both stands between); blocks →
paragraphs, which run on across columns and pages where the indents say so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from corpus.errors import UnreadableFile
from corpus.formats.paragraphs import Paragraph, settle_levels, tidy
from corpus.formats.printed import Box, Glyph, Line, Page, Table
from corpus.formats.tables import Grid, is_unit_line, table_paragraphs
from corpus.formats.unruled import part_tables
from corpus.lines import layout
from corpus.records import BlockKind

_ROW = 0.3  # em: baselines this near are one row
_SPLIT = 0.6  # em: wider gaps may be gutters; justified Chinese stays below
_SPACE = 2.6  # em: the widest gap inside a line
_WORD = 0.12  # em: wider gaps between Latin letters are spaces
_SAME_SIZE = 0.12
_LEADING = 1.3  # em of white between lines of one block, at most
_INDENT = (1.2, 4.5)  # em: the first line of a paragraph
_MARGIN = 0.1  # share of the page's height where running heads and page numbers stand
_CAPTION_REACH = 2.5  # em between a picture and its caption
_LARGE, _HEADLINE = 1.12, 1.35  # times the size of the text

_NUMBER = re.compile(
    r"(?:[-—–·•|／/\s]*(?:第|P\.?|Page|[A-Z])?\s*\d{1,4}\s*(?:版|页|/\s*\d{1,4}|of\s*\d{1,4}|／\s*\d{1,4}|页?[,，]?\s*共\s*\d+\s*页)?[-—–·•|\s]*)",
    re.IGNORECASE,
)
_FURNITURE = re.compile(
    r"责任编辑|责编|版式|版面|校对|新闻热线|(?:https?|file)://|\d{1,4}/\d{1,2}/\d{1,4},?\s+\d{1,2}:\d\d|www\.|E-?mail|邮箱|星期[一二三四五六日天]|第?\s?[A-Z]?\d{1,3}\s?版",
    re.I,
)
_PRINTED = re.compile(r"20\d\d\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日(?:\s*星期[一二三四五六日天])?")
_NOTE_MARK = re.compile(r"注\s?\d{0,2}\s?[:：.、]|[①-⑳]|[*＊†]\s?\S|[\[［]\d{1,2}[\]］]|\d{1,2}\s?[\u3400-\u9fff]")
_FOOT = 0.6  # share of the page's height under which notes at its foot begin
_VERTICAL = 30  # lines
_ENDED = re.compile(r"[。！？!?…：:；;][”’」』）)》]*$")
_WIDE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…]")


@dataclass(slots=True)
class _Block:
    """Lines of one kind under each other, in one column."""

    lines: list[Line]
    table: Table | None = None
    caption: bool = False
    note: bool = False  # at the foot of a page
    level: int = 0
    box: Box = field(init=False)
    reach: Box = field(init=False)  # the box that counts for the order; wider for what heads several columns

    def __post_init__(self) -> None:
        boxes = [line.box for line in self.lines] or [self.table.box if self.table else Box(0, 0, 0, 0)]
        self.box = Box(
            min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
        )
        self.reach = self.box

    @property
    def size(self) -> float:
        return self.lines[0].size if self.lines else 0.0

    @property
    def font(self) -> str:
        return self.lines[0].font if self.lines else ""

    @property
    def text(self) -> str:
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class _Print:
    """The print of the body text: most of the characters have this size and font."""

    size: float
    font: str
    bold: bool


def read_pages(pages: Sequence[Page]) -> list[Paragraph]:
    """Return the paragraphs of a document in reading order, running heads and page numbers left out."""
    lines = [_drop_caps(make_lines(page.glyphs)) for page in pages]
    inner = [line for page, rows in zip(pages, lines, strict=True) for line in rows if not _in_margin(line, page)]
    lines, printed = _without_furniture(lines, pages, _body_print(inner))
    body = _body_print([line for page_lines in lines for line in page_lines])
    _refuse_vertical(lines)
    ordered: list[tuple[int, _Block]] = []
    for number, (page, page_lines) in enumerate(zip(pages, lines, strict=True)):
        page_lines, foot = _foot_notes(page_lines, page, body)
        page_lines, unruled = part_tables(page_lines)
        tables = [
            *page.tables,
            *(Table(_around(table.lines), Grid(table.rows, table.headers, "", table.origins)) for table in unruled),
        ]
        blocks = _make_blocks(page_lines)
        for block in blocks:
            block.caption = _is_caption(block, page, body, blocks)
        blocks += [_Block([], table) for table in tables]
        ordered += [(number, block) for block in reading_order(blocks, body.size, page.pictures)]
        ordered += [(number, _Block(note, note=True)) for note in foot]
    _mark_headings(ordered, body)
    paragraphs = list(_Composer(ordered, body).paragraphs())
    head = [Paragraph(printed)] if printed else []
    return head + settle_levels(paragraphs)


def _around(lines: Sequence[Line]) -> Box:
    """Return the smallest box that holds all lines."""
    boxes = [line.box for line in lines]
    return Box(
        min(b.x0 for b in boxes), min(b.top for b in boxes), max(b.x1 for b in boxes), max(b.bottom for b in boxes)
    )


# Step 1: glyphs → lines


def make_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines of a page. Glyphs on one baseline part where a gutter runs between them."""
    fragments: list[list[Glyph]] = []
    rows: list[list[list[Glyph]]] = []
    for row in _rows([glyph for glyph in glyphs if glyph.upright]):
        parts = _parts(row)
        rows.append(parts)
        fragments += parts
    spans = [(part[0].x0, part[-1].x1, _base(part), _size(part)) for part in fragments]
    lines = []
    for parts in rows:
        joined = [parts[0]] if parts else []
        for part in parts[1:]:
            if _belong(joined[-1], part, spans):
                joined[-1] = joined[-1] + part
            else:
                joined.append(part)
        lines += [line for part in joined if (line := _line(part))]
    return lines


def _rows(glyphs: Sequence[Glyph]) -> Iterator[list[Glyph]]:
    row: list[Glyph] = []
    middle = 0.0
    for glyph in sorted(glyphs, key=lambda glyph: glyph.base):
        if row and glyph.base - middle > _ROW * min(glyph.size, row[-1].size):
            yield sorted(row, key=lambda glyph: glyph.x0)
            row = []
        row.append(glyph)
        middle += (glyph.base - middle) / len(row)
    if row:
        yield sorted(row, key=lambda glyph: glyph.x0)


def _parts(row: list[Glyph]) -> list[list[Glyph]]:
    """Part a row at wide gaps and where the size jumps. Spaces are gaps: some files fill gutters with them."""
    parts: list[list[Glyph]] = []
    spaced = False
    for glyph in row:
        if glyph.text.isspace():
            spaced = True
            continue
        if spaced:
            glyph, spaced = replace(glyph, text=f" {glyph.text}"), False
        if parts:
            last = parts[-1][-1]
            gap = glyph.x0 - last.x1
            small, large = sorted((glyph.size, last.size))
            if gap <= _SPLIT * small or (gap <= 0.3 * large and small > 0.5 * large):
                parts[-1].append(glyph)
                continue
        parts.append([glyph])
    return parts


def _belong(left: list[Glyph], right: list[Glyph], spans: Sequence[tuple[float, float, float, float]]) -> bool:
    """Whether the gap between two fragments of a row is a space, not a gutter: lines above or below run across it."""
    size = _size(left)
    x0, x1 = left[-1].x1, right[0].x0
    if x1 - x0 > _SPACE * size or not _alike(size, _size(right)):
        return False
    middle, base = (x0 + x1) / 2, _base(left)
    across = beside = 0
    margins: set[bool] = set()  # which of the two fragments begins where lines of other print do
    for begin, end, other, other_size in spans:
        if not 0.5 * size < abs(other - base) < 7 * size:
            continue
        if not _alike(size, other_size):
            margins.update(near is left for near in (left, right) if abs(begin - near[0].x0) < 2)
        elif begin < middle - 0.3 * size and end > middle + 0.3 * size:
            across += 1
        elif abs(end - x0) < 0.6 * size or abs(begin - x1) < 0.6 * size:
            beside += 1
    # Two subheads side by side have no line of their size near them, but each has its column.
    return across >= beside and (across > 0 or len(margins) < 2)


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME_SIZE * max(one, other)


def _base(glyphs: Sequence[Glyph]) -> float:
    return sum(glyph.base for glyph in glyphs) / len(glyphs)


def _size(glyphs: Sequence[Glyph]) -> float:
    return Counter(round(glyph.size, 1) for glyph in glyphs).most_common(1)[0][0]


def _line(glyphs: list[Glyph]) -> Line | None:
    text = glyphs[0].text
    for last, glyph in pairwise(glyphs):
        gap = (glyph.x0 - last.x1) / max(last.size, 1)
        latin = not _WIDE.search(last.text) and not _WIDE.search(glyph.text)
        text += " " * (gap > (_WORD if latin else _SPLIT)) + glyph.text
    if not tidy(text):
        return None
    size, base = _size(glyphs), _base(glyphs)
    font = Counter(glyph.font for glyph in glyphs).most_common(1)[0][0]
    bold = sum(glyph.bold for glyph in glyphs) * 2 > len(glyphs)
    box = Box(glyphs[0].x0, base - 0.88 * size, max(glyph.x1 for glyph in glyphs), base + 0.12 * size)
    return Line(tidy(text), box, base, size, font, bold, len(glyphs))


def _drop_caps(lines: list[Line]) -> list[Line]:
    """Put a large first letter in front of the line that it begins, and the lines beside it back to the margin."""
    for cap in [line for line in lines if line.count == 1]:
        beside = [
            line
            for line in lines
            if cap.size >= 1.8 * line.size
            and 0 <= line.box.x0 - cap.box.x1 <= 1.5 * line.size
            and cap.box.top - line.size <= line.box.top
            and line.box.bottom <= cap.box.bottom + line.size
        ]
        if len(beside) < 2:
            continue
        first = min(beside, key=lambda line: line.base)
        whole = {id(line): replace(line, box=replace(line.box, x0=cap.box.x0)) for line in beside}
        whole[id(first)] = replace(
            first, text=cap.text + first.text, box=replace(first.box, x0=cap.box.x0 + 2 * first.size)
        )
        lines = [whole.get(id(line), line) for line in lines if line is not cap]
    return lines


# Running heads, page numbers


def _without_furniture(lines: list[list[Line]], pages: Sequence[Page], body: _Print) -> tuple[list[list[Line]], str]:
    """Return the lines without running heads and page numbers, and the day of printing that a running head names."""
    repeated: Counter[str] = Counter()
    for page, page_lines in zip(pages, lines, strict=True):
        repeated.update({_pattern(line) for line in page_lines if _in_margin(line, page)})
    often = {pattern for pattern, count in repeated.items() if count >= max(2, len(pages) / 2)}
    kept: list[list[Line]] = []
    printed = ""
    for page, page_lines in zip(pages, lines, strict=True):
        rest = []
        text = [line for line in page_lines if not (_in_margin(line, page) and _pattern(line) in often)]
        for line in page_lines:
            if not (_in_margin(line, page) and _is_furniture(line, text, body, _pattern(line) in often)):
                rest.append(line)
            elif (match := _PRINTED.search(line.text)) and not printed:
                printed = match[0]  # of a running head only the date says something about the article
        kept.append(rest)
    return kept, printed


def _pattern(line: Line) -> str:
    return re.sub(r"\d+", "0", "".join(line.text.split()))


def _in_margin(line: Line, page: Page) -> bool:
    return line.box.bottom <= _MARGIN * page.height or line.box.top >= (1 - _MARGIN) * page.height


def _is_furniture(line: Line, text: Sequence[Line], body: _Print, again: bool) -> bool:
    """Whether a line in the margin is no part of the text: it stands apart, and is a number or says what such lines say.

    `again`: it is on other pages too. `text`: the lines of its page that are not.
    """
    apart = not any(
        other is not line
        and _alike(other.size, line.size)
        and 0.5 * line.size < abs(other.base - line.base) < 2.2 * line.size
        and _overlap(other.box, line.box) > 0
        for other in text
    )
    if _NUMBER.fullmatch(line.text):
        return apart
    sentence = _alike(line.size, body.size) and _ENDED.search(
        line.text
    )  # the end of a paragraph that ran over the page
    if again:
        return apart and not sentence
    return apart and not sentence and len(line.text) <= 70 and bool(_FURNITURE.search(line.text))


def _body_print(lines: Sequence[Line]) -> _Print:
    counts: Counter[tuple[float, str, bool]] = Counter()
    for line in lines:
        counts[round(line.size, 1), line.font, line.bold] += line.count
    size, font, bold = counts.most_common(1)[0][0] if counts else (10.0, "", False)
    return _Print(size, font, bold)


def _refuse_vertical(pages: Sequence[Sequence[Line]]) -> None:
    """Raise UnreadableFile for text that runs downwards: lines of one character each."""
    lines = [line for page in pages for line in page if _WIDE.search(line.text)]
    if len(lines) >= _VERTICAL and sum(len(line.text) == 1 for line in lines) * 5 > len(lines) * 3:
        raise UnreadableFile("页面上的文字是竖排的，读不出顺序，请提供横排的文字版")


def _foot_notes(lines: list[Line], page: Page, body: _Print) -> tuple[list[Line], list[list[Line]]]:
    """Return the lines of a page without the notes at its foot, and those notes: everything from the first mark down."""
    starts = [
        line
        for line in lines
        if _NOTE_MARK.match(line.text)
        and line.box.top > _FOOT * page.height
        and (line.text.startswith("注") or line.size < 0.95 * body.size)
    ]
    if not starts:
        return lines, []
    top = min(line.base for line in starts)
    below = sorted((line for line in lines if line.base >= top - 1), key=lambda line: (line.base, line.box.x0))
    if any(_alike(line.size, body.size) and line not in starts and _ENDED.search(line.text) for line in below[6:]):
        return lines, []  # running text goes on: a list, not notes
    notes: list[list[Line]] = []
    for line in below:
        if line in starts or not notes:
            notes.append([line])
        else:
            notes[-1].append(line)
    taken = {id(line) for line in below}
    return [line for line in lines if id(line) not in taken], notes


# Step 2: lines → blocks


def _make_blocks(lines: Sequence[Line]) -> list[_Block]:
    """Chain each line to the one below it, where each is the only neighbour of the other."""
    below: dict[int, list[int]] = {}
    above: Counter[int] = Counter()
    order = sorted(range(len(lines)), key=lambda n: lines[n].base)
    lines = list(lines)
    boxes = [_unindented(line, lines) for line in lines]
    for place, number in enumerate(order):
        line = lines[number]
        found: list[int] = []
        for other_number in order[place + 1 :]:
            other = lines[other_number]
            if other.box.top - line.box.bottom > _LEADING * line.size:
                break
            shadowed = any(
                _overlap(boxes[n], other.box) > 0 and lines[n].base < other.base - 0.4 * other.size for n in found
            )
            if other.base > line.base + 0.5 * line.size and _overlap(boxes[number], other.box) > 0 and not shadowed:
                found.append(other_number)
        below[number] = found
        above.update(found)
    members: dict[int, list[Line]] = {}
    heads: dict[int, int] = {}
    for number in order:
        head = heads.get(number, number)
        members.setdefault(head, []).append(lines[number])
        follow = below[number]
        if len(follow) == 1 and above[follow[0]] == 1 and _same_kind(lines[number], lines[follow[0]]):
            heads[follow[0]] = head
    return [_Block(found) for found in members.values()]


def _unindented(line: Line, lines: Sequence[Line]) -> Box:
    """Return the box of a line, its indent filled where the next line holds so little that the two share no width."""
    for other in lines:
        if (
            0.5 * line.size < other.base - line.base < 2.4 * line.size
            and _INDENT[0] * line.size <= line.box.x0 - other.box.x0 <= _INDENT[1] * line.size
            and other.box.x1 <= line.box.x0 + 1
            and _same_kind(line, other)
        ):
            return replace(line.box, x0=other.box.x0)
    return line.box


def _same_kind(one: Line, other: Line) -> bool:
    return _alike(one.size, other.size) and (one.font == other.font or one.bold == other.bold)


def _overlap(one: Box, other: Box) -> float:
    """Width that two boxes share, a point of tolerance taken off."""
    return min(one.x1, other.x1) - max(one.x0, other.x0) - 1.0


def _is_caption(block: _Block, page: Page, body: _Print, blocks: Sequence[_Block]) -> bool:
    """Whether a block stands under or over a picture and is not the text running on around it."""
    if len(block.lines) > 4 or block.size > body.size * 1.08:
        return False
    near = False
    for picture in page.pictures:
        shared = min(block.box.x1, picture.x1) - max(block.box.x0, picture.x0)
        reach = _CAPTION_REACH * block.size
        under = -2 <= block.box.top - picture.bottom <= reach
        if shared >= 0.6 * block.box.width and under and block.box.width <= picture.width + 4 * block.size:
            near = True
    if not near:
        return False
    if not _alike(block.size, body.size) or block.font != body.font:
        return True
    # Same print as the text: a caption is short and no sentence, and text does not go on under it.
    return len(block.lines) <= 2 and not _ENDED.search(block.text) and len(block.text) <= 40


# Step 3: blocks in reading order


def reading_order(blocks: Sequence[_Block], size: float, pictures: Sequence[Box] = ()) -> list[_Block]:
    """Return blocks as they are read. Captions order nothing: each follows the text that stands before it."""
    texts = [block for block in blocks if not block.caption]
    _widen(texts, size, pictures)
    ordered = _sorted(texts)
    for caption in sorted((block for block in blocks if block.caption), key=lambda b: (b.box.top, b.box.x0)):
        before = [
            place
            for place, block in enumerate(ordered)
            if not block.caption and _overlap(block.reach, caption.box) > 0 and block.box.top < caption.box.top
        ]
        ordered.insert(_after_captions(ordered, max(before, default=-1) + 1), caption)
    return ordered


def _after_captions(ordered: Sequence[_Block], place: int) -> int:
    while place < len(ordered) and ordered[place].caption:
        place += 1
    return place


def _widen(blocks: Sequence[_Block], size: float, pictures: Sequence[Box]) -> None:
    """Let a line that heads several columns reach over all of them, however short it is."""
    columns = [block for block in blocks if len(block.lines) >= 3 and _alike(block.size, size)]
    first = min((block.box.top for block in columns), default=0.0)
    x0 = min((block.box.x0 for block in blocks), default=0.0)
    x1 = max((block.box.x1 for block in blocks), default=0.0)
    wide = 1.5 * min((block.box.width for block in columns), default=0.0)
    for block in blocks:
        box = block.box
        others = [other.box for other in blocks if other is not block]
        alone = not any(b.top < box.bottom - 1 and box.top < b.bottom - 1 for b in (*others, *pictures))
        heads = any(b.top >= box.bottom - 1 and _overlap(b, box) <= 0 for b in others)
        above = max((b for b in others if b.bottom <= box.top + 2 and _overlap(b, box) > 0), key=_bottom, default=None)
        in_column = above is not None and above.width <= wide
        # A subhead may open its column beside others; everything else above the columns heads the page.
        opens = (
            any(b.top < box.bottom - 1 and box.top < b.bottom - 1 for b in (*others, *pictures))
            and block.size > size
            and any(0 <= b.box.top - box.bottom <= 1.5 * block.size and _holds(b.box, box, block.size) for b in columns)
        )
        if (box.bottom <= first + 1 and not opens) or (alone and heads and len(block.lines) <= 3 and not in_column):
            block.reach = replace(box, x0=x0, x1=x1)


def _holds(column: Box, box: Box, slack: float) -> bool:
    return column.x0 - 1 <= box.x0 and box.x1 <= column.x1 + slack


def _bottom(box: Box) -> float:
    return box.bottom


def _sorted(blocks: Sequence[_Block]) -> list[_Block]:
    waiting = {
        n: {m for m in range(len(blocks)) if m != n and _precedes(blocks[m], blocks[n], blocks)}
        for n in range(len(blocks))
    }
    ordered: list[_Block] = []
    while waiting:
        ready = [n for n, before in waiting.items() if not before] or list(waiting)
        chosen = min(ready, key=lambda n: (blocks[n].reach.x0, blocks[n].box.top))
        if all(waiting.values()):  # a ring: begin at the top
            chosen = min(ready, key=lambda n: (blocks[n].box.top, blocks[n].box.x0))
        ordered.append(blocks[chosen])
        del waiting[chosen]
        for before in waiting.values():
            before.discard(chosen)
    return ordered


def _precedes(one: _Block, other: _Block, blocks: Sequence[_Block]) -> bool:
    a, b = one.reach, other.reach
    if _overlap(a, b) > 0:
        if abs(a.top - b.top) <= 1:
            return one.box.x0 < other.box.x0
        return a.top < b.top
    if a.x0 >= b.x0:
        return False
    if b.bottom - 1 > a.top + 1:
        return True
    for block in blocks:
        c = block.reach
        if block is one or block is other or _overlap(c, a) <= 0 or _overlap(c, b) <= 0:
            continue
        if b.bottom - 1 <= c.top and c.bottom <= a.top + 1:  # b above the line that spans both, a below it
            return False
    return True


# Headings


def _mark_headings(ordered: Sequence[tuple[int, _Block]], body: _Print) -> None:
    """Set levels: 1 for the headline, 2 and 3 for the others by size."""
    found = [
        block
        for _, block in ordered
        if block.lines and not block.caption and not block.note and _is_heading(block, body)
    ]
    tops = [block for _, block in ordered if block in found and block.size >= body.size * _HEADLINE]
    named = [block for block in tops if len(block.text) >= 6] or tops
    headline = max(named, key=lambda block: block.size, default=None)
    passed = headline is None
    below: list[_Block] = []
    for _, block in ordered:
        if block is headline:
            block.level, passed = 1, True
        elif block in found and passed and len("".join(block.text.split())) >= 2:
            below.append(block)
    largest = max((round(block.size) for block in below), default=0)
    for block in below:
        block.level = 2 if round(block.size) == largest else 3


def _is_heading(block: _Block, body: _Print) -> bool:
    if (
        len(block.lines) > 3
        or len(block.text) > 80
        or block.text.endswith("。")
        or layout.byline_names(block.text, expected=True)
    ):
        return False
    if block.size >= body.size * _LARGE:
        return True
    return (
        _alike(block.size, body.size)
        and block.lines[0].bold
        and not body.bold
        and len(block.text) <= 30
        and len(block.lines) <= 2
        and not _ENDED.search(block.text)
    )


# Step 4: blocks → paragraphs


class _Composer:
    """Joins lines into paragraphs, across columns and pages where the indents show that one runs on."""

    def __init__(self, ordered: Sequence[tuple[int, _Block]], body: _Print) -> None:
        self._ordered = ordered
        self._body = body
        self._tables = 0
        self._unit = ""  # the line over a table that tells its unit
        starts = [
            self._starts(page, block, number)
            for page, block in ordered
            if self._is_text(block)
            for number in range(1, len(block.lines))
        ]
        # Three indents make a habit; without one, a line that is not indented says nothing.
        self._indents = sum(start == "indent" for start in starts) >= 3 or any(
            self._first_indented(page, block) for page, block in ordered if self._is_text(block)
        )

    def _is_text(self, block: _Block) -> bool:
        return (
            bool(block.lines)
            and not block.caption
            and not block.note
            and not block.level
            and _alike(block.size, self._body.size)
        )

    def paragraphs(self) -> Iterator[Paragraph]:
        running: Paragraph | None = None  # the paragraph that the next column may continue
        full = False
        last_page = -1
        held: list[Paragraph] = []  # captions that stand inside it
        for page, block in self._ordered:
            if block.caption:
                held.append(Paragraph(self._whole(block), 0, True))
                continue
            if block.note:
                held.append(Paragraph(tidy(self._whole(block)), kind=BlockKind.NOTE))
                continue
            if block.lines and block.table is None:
                self._unit = block.lines[-1].text if is_unit_line(block.lines[-1].text) else ""
            if not self._is_text(block):
                if running:
                    yield running
                yield from held
                running, held = None, []
                yield from self._other(page, block)
                continue
            for number, text in enumerate(self._texts(page, block)):
                flows = full and self._indents and not self._first_indented(page, block)
                torn = running is not None and page != last_page and not _ENDED.search(running.text)
                if number == 0 and running and (flows or (torn and not self._first_indented(page, block))):
                    running = replace(running, text=_join(running.text, text))
                    continue
                if running:
                    yield running
                yield from held
                held = []
                running = Paragraph(text)
            full, last_page = self._is_full(page, block), page
        if running:
            yield running
        yield from held

    def _other(self, page: int, block: _Block) -> Iterator[Paragraph]:
        if block.table:
            yield from table_paragraphs(block.table.grid, self._tables, self._unit)
            self._tables += 1
        elif block.level or len(block.lines) <= 2 or all(line.count == 1 for line in block.lines):
            yield Paragraph(self._heading(page, block), block.level)
        else:
            yield from (Paragraph(text) for text in self._texts(page, block))

    def _whole(self, block: _Block) -> str:
        text = ""
        for line in block.lines:
            text = _join(text, line.text) if text else line.text
        return text

    def _heading(self, page: int, block: _Block) -> str:
        """Join the lines of a heading: by a space where the line was ended with room to spare."""
        left, right = self._column(page, block)
        text = ""
        for last, line in zip([None, *block.lines], block.lines, strict=False):
            roomy = last is not None and right - left - last.box.width >= 1.1 * last.size and last.count > 1
            text = f"{text} {line.text}" if roomy else _join(text, line.text) if text else line.text
        return text

    def _texts(self, page: int, block: _Block) -> list[str]:
        texts: list[str] = []
        for number, line in enumerate(block.lines):
            if number and not self._starts(page, block, number):
                texts[-1] = _join(texts[-1], line.text)
            else:
                texts.append(line.text)
        return texts

    def _starts(self, page: int, block: _Block, number: int) -> str:
        """Return why a line that is not the first of its block begins a paragraph, "" when it does not."""
        line, last = block.lines[number], block.lines[number - 1]
        right = max(other.box.x1 for other in block.lines[max(0, number - 3) : number + 3])
        full = last.box.x1 >= right - 1.6 * line.size
        strip = full and self._in_strip(page, block, number - 1)
        if self._is_indented(page, block, number) and not strip:
            return "indent"
        if _begins_item(block.lines, number):
            return "item"
        gaps = sorted(below.base - above.base for above, below in pairwise(block.lines))
        if line.base - last.base > gaps[len(gaps) // 2] + 0.45 * line.size:
            return "gap"
        return "short" if not full and _ENDED.search(last.text) else ""

    def _is_indented(self, page: int, block: _Block, number: int) -> bool:
        line = block.lines[number]
        lefts = [self._column(page, block)[0]]
        lefts += [other.box.x0 for other in block.lines[max(0, number - 2) : number + 4]]
        return any(_INDENT[0] * line.size <= line.box.x0 - left <= _INDENT[1] * line.size for left in lefts)

    def _first_indented(self, page: int, block: _Block) -> bool:
        return self._is_indented(page, block, 0) and not self._in_strip(page, block, 0)

    def _in_strip(self, page: int, block: _Block, number: int) -> bool:
        """Whether three lines from `number` on stand beside a picture, with a margin of their own.

        Two em are an indent wherever they are seen: three paragraphs of one line look just so.
        """
        first, *others = block.lines[number : number + 3]
        indent = (first.box.x0 - self._column(page, block)[0]) / first.size
        alike = all(abs(first.box.x0 - other.box.x0) < 0.5 * first.size for other in others)
        return len(others) == 2 and alike and abs(indent - 2) > 0.3

    def _is_full(self, page: int, block: _Block) -> bool:
        """Whether the last line of a block goes to the end of its column, or of the narrow strip beside a picture."""
        _, right = self._column(page, block)
        line = block.lines[-1]
        if len(block.lines) > 1:
            right = min(right, max(other.box.x1 for other in block.lines[-4:]))
        return line.box.x1 >= right - 2.0 * line.size

    def _column(self, page: int, block: _Block) -> tuple[float, float]:
        """Return the left and right edges of the text that a block stands in."""
        boxes = [
            line.box
            for number, other in self._ordered
            if number == page and self._is_text(other) and _overlap(other.box, block.box) > 0
            for line in other.lines
        ] or [block.box]
        ends = sorted(box.x1 for box in boxes)
        # Not the last one: closing marks hang over the edge.
        return min(box.x0 for box in boxes), ends[len(ends) * 3 // 4]


def _begins_item(lines: Sequence[Line], number: int) -> bool:
    """Whether a line begins an item of a list: an item numbered one less stands above it, or one numbered 2 below the first."""
    line = lines[number]
    style, count = layout.item_number(line.text)
    if not style:
        return False
    beside = [layout.item_number(other.text) for other in lines if abs(other.box.x0 - line.box.x0) < 0.5 * line.size]
    return (
        (style, count - 1) in beside
        or (count == 1 and (style, 2) in beside)
        or (not count and beside.count((style, 0)) > 1)
    )


def _join(left: str, right: str) -> str:
    """Put two lines of one paragraph together: Latin words keep a space, Chinese closes up, numbers stay whole."""
    if not left:
        return right
    ends, begins = left[-1], right[0]
    if not (ends.isascii() and begins.isascii() and (begins.isalnum() or begins in "([")):
        return left + right
    number = begins.isdigit() and (ends.isdigit() or ends in ".,")
    return left + right if number or not (ends.isalnum() or ends in ".,;:!?)%") else f"{left} {right}"
