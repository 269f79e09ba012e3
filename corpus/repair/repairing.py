"""Raw newspaper text → Article: broken lines joined, captions lifted out, missing text marked, nothing corrected.

Three steps over the lines of the file: `_assemble` decides which lines are one paragraph and where text is missing;
`_label` tells headline, kicker, byline, headings, captions … apart; `_compose` lays the blocks out and keeps, for
every character, where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from corpus.chinese.text import bare_title, split_sentences
from corpus.decoding import Mark, SourceText
from corpus.lines import bylines, layout
from corpus.lines.bundles import beginnings
from corpus.lines.dating import has_dateline, infer_published
from corpus.lines.layout import Shape, SourceLine
from corpus.records import (
    Article,
    Block,
    BlockKind,
    Cell,
    Inference,
    Published,
    Reading,
    Row,
    Segment,
    Span,
)
from corpus.repair.junctions import Junctions
from corpus.repair.metadata import GAP_MARK, ArticleMetadata

_MAX_LIFTED = 4  # captions that may stand in one broken sentence
_CARELESS = 0.5  # paragraphs without a full stop for each that has one
# Log odds, before anything is read, that a line goes on in the next: one that stops in mid-sentence; a short one with
# a comma in it; one without punctuation; one among the headlines, beside a picture or formed as a heading. Chosen on
# broken news text (tests/corpus/breaking.py).
_PRIOR_OPEN, _PRIOR_SHORT, _PRIOR_TITLE, _PRIOR_HEAD = 1.5, 0.5, -0.5, -4.0
_HEADLINE_LENGTH = 30
_LONGEST_HEADLINE = 60
_INDENT = 3  # wide characters that the first line of a paragraph may be narrower by
_LONG_CAPTION = 60
_SHORT = 25
_LONGEST = 5000  # a paragraph that goes on for longer is no paragraph
_LOOK = 200  # characters in which the first sentence is looked for
_CLAUSE_LENGTH = 6  # shorter clauses (a place, a name) stay with their headline
_SPACE = re.compile(r"\s+")
_CLOSING = frozenset("，。、；：！？）》」』】”’")  # no line begins with one: what stands over it goes on
_FULL_LINE = 4.0  # log odds that a line as wide as the file's lines are goes on in the next one
_SURE = 0.8  # below this what a format tells of its article is shown as inferred
VERSION = 7  # of reading; an article read by a lower one should be read again
SPLITS = ("txt", "md", "markdown")  # formats whose files can be split where an article begins
_NAMED = 5  # articles of a file that a warning names


@dataclass(slots=True)
class _Piece:
    """A block to be: the source spans that it is made of, in order."""

    parts: list[Span]
    text: str
    apart: bool
    shape: Shape
    kind: BlockKind | None = None
    level: int = 0
    lost_after: bool = False  # the source lost text between this piece and the next one of its kind
    careless: bool = False  # nothing but the lack of a full stop says so
    mark: Mark | None = None  # what the format told of it


@dataclass(slots=True)
class _Layout:
    """Text, blocks and segments as they grow."""

    text: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)


def repair(source: SourceText, metadata: ArticleMetadata | None = None) -> Article:
    """Return the article that a source holds. What `metadata` says wins over what the text looks like.

    Never raises for text of any kind; a source of white space alone gives an article without blocks.
    """
    metadata = metadata or ArticleMetadata(file=source.file_name, id=_stem(source.file_name))
    lines = layout.split_lines(source.text)
    begins = tuple(lines[at].start for at in beginnings(lines))
    pieces = _Assembler(lines, source, metadata, frozenset(begins)).pieces()
    pieces = _split_run_together(pieces, metadata)
    _label_further(pieces, begins[1:])
    _label(pieces, metadata, told=source.format not in ("txt", "md", "markdown", "pdf"))
    made = _compose(pieces, source.text)
    text = "".join(made.text)
    headline, inferred, how = _headline(pieces, metadata, source)
    published, dated = _published(text, metadata, source)
    authors, signed = _authors(pieces, metadata, source)
    publisher, named = _publisher(pieces, metadata, source)
    inferences = tuple(one for one in (how, dated, signed, named) if one)
    return Article(
        id=metadata.id,
        text=text,
        blocks=tuple(made.blocks),
        segments=tuple(made.segments),
        gaps=tuple(made.gaps),
        headline=headline,
        kicker=metadata.kicker or _first(pieces, BlockKind.KICKER),
        authors=authors,
        publisher=publisher,
        published=published,
        file_name=source.file_name,
        source_sha256=source.sha256,
        headline_inferred=inferred,
        rows=tuple(made.rows),
        reading=Reading(
            VERSION,
            source.format,
            sum(piece.kind is BlockKind.LIST for piece in pieces),
            inferences,
            (*source.warnings, *_several(source, begins)),
        ),
    )


def _stem(file_name: str) -> str:
    return file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or file_name


def _several(source: SourceText, begins: Sequence[int]) -> tuple[str, ...]:
    """Return the warning that a file holds several articles, where each begins in its text."""
    if not begins:
        return ()
    titles = "".join(
        f"「{source.text[begin : begin + 200].splitlines()[0].strip()[:20]}」" for begin in begins[:_NAMED]
    )
    more = " 等" if len(begins) > _NAMED else ""
    how = f"运行 linping articles split {source.file_name} 拆开" if source.format in SPLITS else "拆成单篇"
    return (f"里面像有 {len(begins)} 篇文章：{titles}{more}；日期和出处只按第一篇，请{how}",)


def _label_further(pieces: Sequence[_Piece], begins: Sequence[int]) -> None:
    """Label the headlines of the further articles of a file, and the lines between them and their text."""
    for number, piece in enumerate(pieces):
        if not piece.parts or piece.parts[0].start not in begins:
            continue
        under = number
        while under < len(pieces) and pieces[under].kind is None and pieces[under].shape is Shape.TITLE:
            pieces[under].kind = BlockKind.BYLINE if bylines.is_imprint(pieces[under].text) else BlockKind.HEADING
            under += 1


# Step 1: lines → paragraphs


class _Assembler:
    """Decides, line by line, what continues what. One per article."""

    def __init__(
        self, lines: Sequence[SourceLine], source: SourceText, metadata: ArticleMetadata, begins: frozenset[int]
    ) -> None:
        self.lines = lines
        self.begins = begins  # where in the source an article begins
        self.junctions = Junctions(source.text)
        self.marks = {mark.start: mark for mark in source.marks}
        self.source = source.text
        self.furniture = layout.furniture(list(lines)) if source.format in ("txt", "md", "markdown") else frozenset()
        self.measure, self.width = layout.wrapping(list(lines) if source.format in ("txt", "md", "markdown") else [])
        free = [line for line in lines if not self._is_told(line)]
        self.lists = (
            {
                free[first].start: [free[at] for at in range(first, end)]
                for first, end in layout.list_runs(free)
                if all(free[at + 1].start > free[at].start for at in range(first, end - 1))
            }
            if metadata.headline == "" or source.marks
            else {}
        )
        self.declared = _declared_gaps(metadata)
        self.captions = frozenset(_bare(quote) for quote in metadata.captions)

    def pieces(self) -> list[_Piece]:
        made: list[_Piece] = []
        at = 0
        in_head = True
        while at < len(self.lines):
            line = self.lines[at]
            if (mark := self.marks.get(line.start)) is not None:
                made.append(
                    _Piece([Span(mark.start, mark.end)], line.text, line.apart, line.shape, mark.kind, mark=mark)
                )
                while at < len(self.lines) and self.lines[at].start < mark.end:
                    at += 1
                in_head = False
                continue
            if line.start in self.lists:
                made.append(self._list(self.lists[line.start]))
                at += len(self.lists[line.start])
                in_head = False
                continue
            piece = _Piece([Span(line.start, line.end)], line.text, line.apart, line.shape)
            if at in self.furniture or layout.is_rule(line.text):
                piece.kind = BlockKind.COLUMN
            in_head = in_head and line.shape is Shape.TITLE and not self._fills(line)
            at += 1
            lifted: list[_Piece] = []
            if _bare(line.text) in self.captions:
                piece.kind = BlockKind.CAPTION
            while piece.kind is None and at < len(self.lines) and len(piece.text) < _LONGEST:
                skip = self._continuation(piece, at, in_head)
                if skip is None:
                    piece.lost_after = self._lost(piece, at)
                    break
                lifted += [_lifted(caption) for caption in self.lines[at : at + skip]]
                following = self.lines[at + skip]
                piece.parts.append(Span(following.start, following.end))
                piece.text += following.text
                piece.shape = layout.shape_of(piece.text)
                at += skip + 1
            made += [piece, *lifted]
        return _without_careless(made)

    def _fills(self, line: SourceLine) -> bool:
        """Whether a line is as wide as a file broken by width has them, its indent counted."""
        return bool(self.width) and self.measure(line.text) >= self.width - _INDENT

    def _is_told(self, line: SourceLine) -> bool:
        """Whether a line is of a kind that the format tells, or begins one of a list found."""
        return any(mark.start <= line.start < mark.end for mark in self.marks.values())

    def _list(self, lines: Sequence[SourceLine]) -> _Piece:
        """Return a list with what leads into it: its lines, a line break of the source between them."""
        parts: list[Span] = []
        for line in lines:
            if parts:
                at = self.source.index("\n", parts[-1].end) if "\n" in self.source[parts[-1].end : line.start] else -1
                parts += [Span(at, at + 1)] if at >= 0 else []
            parts.append(Span(line.start, line.end))
        return _Piece(parts, "\n".join(line.text for line in lines), lines[0].apart, Shape.CLOSED, BlockKind.LIST)

    def _continuation(self, piece: _Piece, at: int, in_head: bool) -> int | None:
        """Return how many captions stand between a piece and its continuation; None when nothing continues it."""
        if not _may_go_on(piece):
            return None
        best, best_score = None, 0.0
        for skip in range(_MAX_LIFTED + 1):
            if at + skip >= len(self.lines):
                break
            following = self.lines[at + skip]
            if _is_declared(piece.text, following.text, self.declared):
                return None
            if following.start in self.marks or following.start in self.lists or following.start in self.begins:
                break
            if at + skip in self.furniture:
                continue
            if _is_credit_line(following):
                continue
            if _stands_alone(following):
                break
            if skip == 0 and following.text[0] in _CLOSING:
                return 0
            score = self._score(piece, at, skip, in_head) + self._wrapped(piece, at, skip)
            if score > best_score:
                best, best_score = skip, score
            if following.shape is not Shape.TITLE:
                break
        return best

    def _score(self, piece: _Piece, at: int, skip: int, in_head: bool) -> float:
        """Return the log odds that the line `skip` lines on continues a piece."""
        following = self.lines[at + skip]
        midway = layout.starts_midway(following.text) or layout.unclosed(piece.text)
        if piece.shape is Shape.OPEN:
            short = len(piece.text) <= _SHORT and not layout.ends_midway(piece.text)
            score = _PRIOR_SHORT if short else _PRIOR_OPEN
        elif piece.shape is Shape.CLOSED:
            # Only what cannot begin a sentence goes on after a full stop, and only right after it.
            if skip or not _hangs(piece.text, following.text):
                return -1.0
            score = _PRIOR_OPEN
        elif skip == 0 and following.tight and following.shape is Shape.TITLE and not in_head:
            return 1.0
        else:
            formal = in_head or piece.apart or layout.looks_like_heading(piece.text)
            score = _PRIOR_TITLE if midway else _PRIOR_HEAD if formal else _PRIOR_TITLE - 1.0
        score += self.junctions.runs_on(piece.text, following.text)
        if following.shape is Shape.TITLE:
            score -= 1.5 if following.apart or layout.looks_like_caption(following.text) else 0.5
        if skip == 0 and following.apart:
            score -= 1.0
        passed = [at + between for between in range(skip) if at + between not in self.furniture]
        return score - sum(not self._caption_evidence(between) for between in passed)

    def _wrapped(self, piece: _Piece, at: int, skip: int) -> float:
        """Return what the width of the last line says: in a file broken by width a full line goes on, a short one ends."""
        if not self.width or (self.lines[at + skip].blank > 0 and skip == 0):
            return 0.0
        if any(at + between not in self.furniture for between in range(skip)):
            return 0.0
        last = next((n for n in range(at - 1, -1, -1) if n not in self.furniture), at - 1)
        width = self.measure(self.lines[last].text)
        full = self.width - 2 <= width + 2 * (piece.shape is not Shape.CLOSED) - 1 and width >= self.width - 2
        if full and piece.shape is Shape.CLOSED:
            return 0.0
        return _FULL_LINE if full else -_FULL_LINE / 2

    def _caption_evidence(self, at: int) -> bool:
        line = self.lines[at]
        return line.apart or self.lines[at - 1].apart or layout.looks_like_caption(line.text)

    def _lost(self, piece: _Piece, at: int) -> bool:
        """Whether text is missing after a piece that nothing continues."""
        following = self.lines[at]
        if following.start in self.marks or following.start in self.lists or following.start in self.begins:
            return False
        for skip in range(_MAX_LIFTED + 1):
            if at + skip < len(self.lines) and _is_declared(piece.text, self.lines[at + skip].text, self.declared):
                return True
        if not _may_go_on(piece) or layout.looks_like_caption(piece.text) or layout.is_affiliation(piece.text):
            return False
        midway = layout.starts_midway(following.text) and following.shape is not Shape.TITLE
        piece.careless = piece.shape is Shape.OPEN and not midway
        return midway or piece.shape is Shape.OPEN


def _without_careless(pieces: list[_Piece]) -> list[_Piece]:
    """Where many paragraphs end without a full stop, the lack of one says nothing: such gaps are none."""
    careless = [piece for piece in pieces if piece.careless]
    closed = sum(piece.shape is Shape.CLOSED for piece in pieces)
    if len(careless) > 2 and len(careless) > closed * _CARELESS:
        for piece in careless:
            piece.lost_after = False
    return pieces


def _lifted(line: SourceLine) -> _Piece:
    return _Piece([Span(line.start, line.end)], line.text, line.apart, line.shape, BlockKind.CAPTION)


def _may_go_on(piece: _Piece) -> bool:
    """Whether a piece is of a kind that can be broken at all."""
    return not (
        layout.markdown_level(piece.text)
        or layout.is_column_head(piece.text)
        or layout.is_credit(piece.text)
        or layout.is_data_source(piece.text)
        or layout.byline_names(piece.text, expected=True)
        or bylines.is_imprint(piece.text)
    )


def _stands_alone(line: SourceLine) -> bool:
    """Whether a line is nobody's continuation by its form alone."""
    return (
        layout.markdown_level(line.text) > 0
        or layout.is_column_head(line.text)
        or layout.is_data_source(line.text)
        or layout.is_numbered(line.text)
        or bool(layout.byline_names(line.text, expected=False))
        or bylines.is_imprint(line.text)
    )


def _is_credit_line(line: SourceLine) -> bool:
    return layout.is_credit(line.text)


def _hangs(left: str, right: str) -> bool:
    """Whether `right` begins with the mark that closes what `left` left open."""
    return right[0] in "”’」』）)》】" and layout.unclosed(left)


def _declared_gaps(metadata: ArticleMetadata) -> list[tuple[str, str]]:
    halves = (quote.partition(GAP_MARK) for quote in metadata.gaps)
    return [(_bare(left), _bare(right)) for left, _, right in halves]


def _is_declared(left: str, right: str, declared: list[tuple[str, str]]) -> bool:
    if not declared:
        return False
    left, right = _bare(left), _bare(right)
    return any(left.endswith(before) and right.startswith(after) for before, after in declared)


def _bare(text: str) -> str:
    return _SPACE.sub("", text)


# Step 2: paragraphs → kinds


def _split_run_together(pieces: list[_Piece], metadata: ArticleMetadata) -> list[_Piece]:
    """Part what was printed on one line: a caption and its photo credit, kicker and headline."""
    parted: list[_Piece] = []
    for piece in pieces:
        cut = layout.credit_tail(piece.text)
        if cut > 0 and piece.shape is not Shape.CLOSED and len(piece.parts) == 1:
            caption, credit = _cut(piece, cut)
            caption.kind, credit.kind = BlockKind.CAPTION, BlockKind.CREDIT
            parted += [caption, credit]
        else:
            parted.append(piece)
    return _part_described(parted, metadata) if metadata.headline else _part_by_form(parted)


def _part_described(pieces: list[_Piece], metadata: ArticleMetadata) -> list[_Piece]:
    """Find the headline that people wrote down, parting it from the kicker if they stand on one line."""
    wanted, kicker = _bare(metadata.headline), _bare(metadata.kicker)
    for number, piece in enumerate(pieces):
        bare = _bare(bare_title(piece.text))
        if bare == wanted:
            piece.kind = BlockKind.HEADLINE
            return pieces
        if bare in (kicker + wanted, wanted + kicker) and len(piece.parts) == 1:
            kicker_first = bare == kicker + wanted
            marks = piece.text.find(bare_title(piece.text))
            first, second = _cut(
                piece, marks + _offset_of_bare(piece.text[marks:], len(kicker if kicker_first else wanted))
            )
            first.kind, second.kind = BlockKind.KICKER, BlockKind.HEADLINE
            if not kicker_first:
                first.kind, second.kind = second.kind, first.kind
            return [*pieces[:number], first, second, *pieces[number + 1 :]]
    return pieces


def _part_by_form(pieces: list[_Piece]) -> list[_Piece]:
    """Part a line that holds kicker and headline: a couplet of equal clauses, and another clause behind it.

    Only where the line is the first title of all; a kicker of its own line leaves nothing to part. Two clauses are one
    headline, as most news has it.
    """
    number = _find_headline(pieces)
    if number < 0 or len(pieces[number].parts) != 1 or layout.markdown_level(pieces[number].text):
        return pieces
    if any(piece.shape is Shape.TITLE and not layout.looks_like_caption(piece.text) for piece in pieces[:number]):
        return pieces
    clauses = layout.title_parts(pieces[number].text)
    if len(clauses) < 3 or len(set(map(len, clauses))) == 1 or min(map(len, clauses)) < _CLAUSE_LENGTH:
        return pieces
    kicker_evenly = len(set(map(len, clauses[:-1]))) == 1
    if not kicker_evenly or abs(len(clauses[-1]) - len(clauses[-2])) < 3:
        return pieces
    kicker, headline = _cut(pieces[number], len(pieces[number].text) - len(clauses[-1]))
    kicker.kind, headline.kind = BlockKind.KICKER, BlockKind.HEADLINE
    return [*pieces[:number], kicker, headline, *pieces[number + 1 :]]


def _offset_of_bare(text: str, count: int) -> int:
    """Return the offset in `text` after its first `count` characters that are not white space."""
    for at, character in enumerate(text):
        if count == 0:
            return at
        count -= not character.isspace()
    return len(text)


def _cut(piece: _Piece, at: int) -> tuple[_Piece, _Piece]:
    """Part a piece of one line in two."""
    (span,) = piece.parts
    left, right = piece.text[:at].rstrip(), piece.text[at:].lstrip()
    first, second = Span(span.start, span.start + len(left)), Span(span.end - len(right), span.end)
    return (
        _Piece([first], left, piece.apart, layout.shape_of(left)),
        _Piece([second], right, False, layout.shape_of(right)),
    )


def _label(pieces: list[_Piece], metadata: ArticleMetadata, *, told: bool) -> None:
    """Give every piece its kind. `told`: the format tells paragraphs apart, so that a sentence is no caption."""
    body = _label_head(pieces, metadata)
    _label_body(pieces, body, told)
    _label_expert(pieces, body)
    _set_levels(pieces)


def _label_head(pieces: list[_Piece], metadata: ArticleMetadata) -> int:
    """Label everything up to the first paragraph of the body; return that paragraph's number."""
    headline = _find_headline(pieces)
    body = headline + 1
    while body < len(pieces) and pieces[body].shape is Shape.TITLE:
        body += 1
    titles = []
    for number, piece in enumerate(pieces[:body]):
        if piece.kind is not None:
            continue
        if number == headline:
            piece.kind = BlockKind.HEADLINE
            piece.lost_after = piece.lost_after and piece.shape is Shape.TITLE
        elif piece.shape is not Shape.TITLE:
            piece.kind = BlockKind.EDITOR_NOTE
        elif layout.byline_names(piece.text, expected=number > headline) or bylines.is_imprint(piece.text):
            piece.kind = BlockKind.BYLINE
        elif layout.is_data_source(piece.text):
            piece.kind = BlockKind.DATA_SOURCE
        elif layout.is_credit(piece.text):
            piece.kind = BlockKind.CREDIT
        elif (metadata.kicker and _bare(bare_title(piece.text)) == _bare(metadata.kicker)) or piece.text.startswith(
            ("——", "--")
        ):
            piece.kind = BlockKind.KICKER
        elif piece.apart or layout.looks_like_caption(piece.text):
            piece.kind = BlockKind.CAPTION
        elif number < headline:
            titles.append(piece)
        else:
            piece.kind = BlockKind.HEADING
    kicker_known = any(piece.kind is BlockKind.KICKER for piece in pieces[:body])
    for place, piece in enumerate(titles):
        last = place == len(titles) - 1
        piece.kind = BlockKind.KICKER if last and not kicker_known else BlockKind.COLUMN
    return body


def _find_headline(pieces: list[_Piece]) -> int:
    """Return the number of the headline's piece, -1 when the text has none."""
    for number, piece in enumerate(pieces):
        if piece.kind is BlockKind.HEADLINE:
            return number
    for number, piece in enumerate(pieces):
        if layout.markdown_level(piece.text) == 1:
            return number
    if _stands_over_imprint(pieces):
        return 0
    first = _next(pieces, 0, title=False)
    found = _last_title(pieces, 0, first)
    if found >= 0 or first == len(pieces):
        return found
    if _stands_alone_on_top(pieces):
        return 0
    # Running text comes first: an editor's note over the headline, if it says so; else there is no headline.
    begin = _next(pieces, first, title=True)
    if begin < len(pieces) and any(layout.is_editor_note(piece.text) for piece in pieces[first:begin]):
        return _last_title(pieces, begin, _next(pieces, begin, title=False))
    return -1


def _stands_over_imprint(pieces: list[_Piece]) -> bool:
    """Whether the first line is a headline by its place, whatever marks it holds: what follows tells when and where it appeared."""
    if len(pieces) < 3 or pieces[0].kind is not None or len(pieces[0].text) > _LONGEST_HEADLINE:
        return False
    text = pieces[0].text
    return (bylines.is_imprint(pieces[1].text) or has_dateline(pieces[1].text)) and not (
        bylines.is_imprint(text) or text.endswith(("。", "；", "：", "，"))
    )


def _stands_alone_on_top(pieces: list[_Piece]) -> bool:
    """Whether the first line is a headline that only its marks («！», «，») make look like text: short, unended, a longer text under it."""
    first = pieces[0]
    alone = (
        first.kind is None
        and len(first.parts) == 1
        and len(first.text) <= _HEADLINE_LENGTH
        and first.shape is Shape.OPEN
    )
    return (
        alone
        and "。" not in first.text
        and not layout.ends_midway(first.text)
        and len(pieces) > 1
        and len(pieces[1].text) > len(first.text)
    )


def _next(pieces: list[_Piece], at: int, *, title: bool) -> int:
    """Return the first piece from `at` on that is (or is not) of a title's shape, else how many pieces there are."""
    return next((n for n in range(at, len(pieces)) if (pieces[n].shape is Shape.TITLE) == title), len(pieces))


def _last_title(pieces: list[_Piece], begin: int, end: int) -> int:
    """Return the last piece of a run of titles that can be a headline, -1 when none can."""
    if end >= len(pieces):
        return begin if begin < len(pieces) else -1
    found = -1
    for number in range(begin, end):
        piece = pieces[number]
        if piece.kind is not None or (piece.apart and found >= 0):
            break
        if bylines.is_imprint(piece.text):
            if found >= 0:
                break
            continue
        if layout.byline_names(piece.text, expected=found >= 0):
            break
        if bylines.TITLE_LABEL.match(piece.text):
            return number
        if layout.is_numbered(piece.text) or piece.text.startswith(("——", "--")):
            break
        if not (layout.looks_like_caption(piece.text) or layout.is_data_source(piece.text)):
            found = number
    return found


def _label_body(pieces: list[_Piece], body: int, told: bool) -> None:
    pictures = _pictures_at_the_end(pieces, body, told)
    formal = sum(_is_formal_heading(piece) for piece in pieces[body:pictures])
    for number in range(body, len(pieces)):
        piece = pieces[number]
        if piece.kind is not None:
            continue
        if layout.is_data_source(piece.text):
            piece.kind = BlockKind.DATA_SOURCE
        elif layout.is_credit(piece.text):
            piece.kind = BlockKind.CREDIT
        elif layout.is_column_head(piece.text) and number < pictures:
            piece.kind = BlockKind.HEADING
        elif (
            layout.is_affiliation(piece.text)
            or layout.byline_names(piece.text, expected=False)
            or (bylines.is_imprint(piece.text) and number in (body, len(pieces) - 1, len(pieces) - 2))
        ):
            piece.kind = BlockKind.BYLINE
        elif number >= pictures:
            piece.kind = BlockKind.CAPTION
        elif piece.shape is not Shape.TITLE:
            says_so = (
                layout.looks_like_caption(piece.text) and len(piece.text) <= _LONG_CAPTION and not piece.lost_after
            )
            piece.kind = BlockKind.CAPTION if says_so else BlockKind.BODY
        elif (_is_formal_heading(piece) and not (piece.apart and layout.looks_like_caption(piece.text))) or (
            not piece.apart and layout.is_column_head(pieces[number - 1].text)
        ):
            piece.kind = BlockKind.HEADING
        else:
            # Headings of one page share a form: beside several formal ones, a bare line is a caption.
            bare = piece.apart or layout.looks_like_caption(piece.text) or formal > 1
            piece.kind = BlockKind.CAPTION if bare else BlockKind.HEADING


def _is_formal_heading(piece: _Piece) -> bool:
    return piece.kind is None and piece.shape is Shape.TITLE and layout.looks_like_heading(piece.text)


def _pictures_at_the_end(pieces: list[_Piece], body: int, told: bool) -> int:
    """Return where the captions and credits begin that follow the whole text; the number of pieces when none do."""
    begin = len(pieces)
    for number in range(len(pieces) - 1, body - 1, -1):
        piece = pieces[number]
        is_title = piece.shape is Shape.TITLE
        short = is_title or (len(piece.text) <= _LONG_CAPTION and len(split_sentences(piece.text)) == 1)
        if not short or layout.is_affiliation(piece.text):
            break
        if piece.kind not in (None, BlockKind.CAPTION, BlockKind.CREDIT) or (
            told
            and not is_title
            and not piece.apart
            and not layout.is_credit(piece.text)
            and not layout.is_data_source(piece.text)
        ):
            break
        pictured = piece.apart or layout.looks_like_caption(piece.text) or number == len(pieces) - 1
        if (is_title and pictured) or layout.is_credit(piece.text) or layout.is_data_source(piece.text):
            begin = number
    return begin


def _label_expert(pieces: list[_Piece], body: int) -> None:
    """A column by an expert runs from its heading to the line that signs it, else to the end."""
    for number in range(body, len(pieces)):
        signs = pieces[number].kind is BlockKind.BYLINE and layout.is_affiliation(pieces[number].text)
        begin = _column_begin(pieces, number) if signs else -1
        if begin >= body:
            _turn_expert(pieces[begin:number])
    column = next((n for n in range(body, len(pieces)) if layout.is_column_head(pieces[n].text)), len(pieces))
    _turn_expert(pieces[column:])


def _column_begin(pieces: list[_Piece], signature: int) -> int:
    headings = [number for number in range(signature) if pieces[number].kind is BlockKind.HEADING]
    heads = [number for number in headings if layout.is_column_head(pieces[number].text)]
    return (heads or headings or [-1])[-1]


def _turn_expert(pieces: Sequence[_Piece]) -> None:
    for piece in pieces:
        if piece.kind is BlockKind.BODY:
            piece.kind = BlockKind.EXPERT


def _set_levels(pieces: list[_Piece]) -> None:
    for number, piece in enumerate(pieces):
        if piece.kind is not BlockKind.HEADING:
            continue
        marks = layout.markdown_level(piece.text)
        below = number > 0 and pieces[number - 1].kind is BlockKind.HEADING
        piece.level = max(1, marks - 1) if marks else pieces[number - 1].level + 1 if below else 1


# Step 3: kinds → Article


def _compose(pieces: Sequence[_Piece], source: str) -> _Layout:
    made = _Layout()
    for piece in pieces:
        if made.length:
            made.text.append("\n")
            made.length += 1
        start = made.length
        for number, part in enumerate(piece.parts):
            if number:
                _add_break(made, source, piece.parts[number - 1].end, part.start)
            _add(made, source, part)
        made.blocks.append(Block(piece.kind or BlockKind.BODY, start, made.length, piece.level))
        if piece.mark and piece.mark.cells:
            made.rows.append(_row(piece.mark, start))
        if piece.lost_after:
            made.gaps.append(made.length)
    return made


def _row(mark: Mark, start: int) -> Row:
    """Return the row that a mark tells, its cells moved from the source to where the row stands now."""

    def moved(span: Span) -> Span:
        return Span(span.start - mark.start + start, span.end - mark.start + start)

    cells = tuple(Cell(moved(header), moved(value)) for header, value in mark.cells)
    return Row(mark.table, start, start + mark.end - mark.start, cells)


def _add(made: _Layout, source: str, part: Span) -> None:
    made.text.append(source[part.start : part.end])
    made.segments.append(Segment(made.length, part.start, len(part)))
    made.length += len(part)


def _add_break(made: _Layout, source: str, end: int, start: int) -> None:
    """Keep one white space of a line break between two Latin words; Chinese, and a broken number, close up."""
    left, right = source[end - 1], source[start]
    if not (_is_latin(left) and _is_latin(right) and _is_latin_text(source[max(0, end - 40) : end])):
        return
    between = source[end:start]
    at = max(between.find(" "), between.find("\n"))
    if at >= 0:
        _add(made, source, Span(end + at, end + at + 1))


def _is_latin(character: str) -> bool:
    return (character.isascii() and character.isalpha()) or "\u00c0" <= character <= "\u024f"


def _is_latin_text(text: str) -> bool:
    return sum(map(_is_latin, text)) > len(text) / 2


def _first(pieces: Sequence[_Piece], kind: BlockKind) -> str:
    return next((bare_title(piece.text) for piece in pieces if piece.kind is kind), "")


def _headline(pieces: Sequence[_Piece], metadata: ArticleMetadata, source: SourceText) -> tuple[str, bool, Inference]:
    """Return the headline, whether it is inferred, and how; without one, the words that the text begins with."""
    if metadata.headline:
        return metadata.headline, False, Inference("headline", "articles.toml 里写的", 1.0)
    if told := source.about.headline:
        return told.value, told.confidence < _SURE, Inference("headline", told.how, told.confidence)
    printed = bylines.TITLE_LABEL.sub("", _first(pieces, BlockKind.HEADLINE))
    if printed:
        alone = sum(piece.kind in (BlockKind.HEADLINE, BlockKind.KICKER, BlockKind.COLUMN) for piece in pieces) == 1
        return printed, True, Inference("headline", "版面上的位置和样子", 0.9 if alone else 0.75)
    text = next((piece.text for piece in pieces if piece.kind is BlockKind.BODY), "") or (
        pieces[0].text if pieces else ""
    )
    spans = split_sentences(text[:_LOOK])
    opening = text[spans[0].start : spans[0].end] if spans else ""
    short = opening if len(opening) <= _HEADLINE_LENGTH else opening[:_HEADLINE_LENGTH] + "…"
    return short, True, Inference("headline", "没有标题，用正文开头代替", 0.2)


def _published(text: str, metadata: ArticleMetadata, source: SourceText) -> tuple[Published | None, Inference | None]:
    if metadata.published:
        return metadata.published, Inference("published", "articles.toml 里写的", 1.0)
    if told := source.about.published:
        day = date.fromisoformat(told.value)
        published = Published(day, day, told.confidence < _SURE)
        return published, Inference("published", told.how, told.confidence)
    found = infer_published(text)
    if found is None:
        return None, None
    if not found.inferred:
        return found, Inference("published", "正文里印的日期", 0.95)
    exact = found.first == found.last
    return found, Inference("published", "由电头推定" if exact else "由正文推定", 0.8 if exact else 0.4)


def _authors(
    pieces: Sequence[_Piece], metadata: ArticleMetadata, source: SourceText
) -> tuple[tuple[str, ...], Inference | None]:
    if metadata.authors:
        return metadata.authors, Inference("authors", "articles.toml 里写的", 1.0)
    if told := source.about.authors:
        return tuple(told.value.split("、")), Inference("authors", told.how, told.confidence)
    for piece in pieces:
        if piece.kind is BlockKind.BYLINE and not layout.is_affiliation(piece.text):
            names = bylines.authors_of(piece.text) or layout.byline_names(piece.text, expected=True)
            if names:
                return names, Inference("authors", "署名行", 0.9)
    return (), None


def _publisher(pieces: Sequence[_Piece], metadata: ArticleMetadata, source: SourceText) -> tuple[str, Inference | None]:
    if metadata.publisher:
        return metadata.publisher, Inference("publisher", "articles.toml 里写的", 1.0)
    if told := source.about.publisher:
        return told.value, Inference("publisher", told.how, told.confidence)
    for piece in pieces:
        if piece.kind is BlockKind.BYLINE and (name := bylines.source_of(piece.text)):
            return name, Inference("publisher", "标题下的「来源」", 0.9)
    return "", None
