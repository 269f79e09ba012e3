"""Raw newspaper text → Article: broken lines joined, captions lifted out, missing text marked, nothing corrected.

Three steps over the lines of the file: `_assemble` decides which lines are one paragraph and where text is missing;
`_label` tells headline, kicker, byline, headings, captions … apart; `_compose` lays the blocks out and keeps, for
every character, where it stood.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus import layout
from corpus.dating import infer_published
from corpus.junctions import Junctions
from corpus.layout import Line, Shape
from corpus.metadata import GAP_MARK, ArticleMetadata
from corpus.reading import SourceText
from corpus.records import Article, Block, BlockKind, Segment, Span
from corpus.text import bare_title, split_sentences

_MAX_LIFTED = 4  # captions that may stand in one broken sentence
_HEADLINE_LENGTH = 30
_SPACE = re.compile(r"\s+")


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


@dataclass(slots=True)
class _Layout:
    """Text, blocks and segments as they grow."""

    text: list[str] = field(default_factory=list)
    length: int = 0
    blocks: list[Block] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)


def repair(source: SourceText, metadata: ArticleMetadata | None = None) -> Article:
    """Return the article that a source holds. What `metadata` says wins over what the text looks like.

    Never raises for text of any kind; a source of white space alone gives an article without blocks.
    """
    metadata = metadata or ArticleMetadata(file=source.file_name, id=_stem(source.file_name))
    lines = layout.split_lines(source.text)
    pieces = _assemble(lines, source.text, metadata)
    pieces = _split_run_together(pieces, metadata)
    _label(pieces, metadata)
    made = _compose(pieces, source.text)
    text = "".join(made.text)
    headline, inferred = _headline(pieces, metadata)
    return Article(
        id=metadata.id,
        text=text,
        blocks=tuple(made.blocks),
        segments=tuple(made.segments),
        gaps=tuple(made.gaps),
        headline=headline,
        kicker=metadata.kicker or _first(pieces, BlockKind.KICKER),
        authors=metadata.authors or _authors(pieces),
        publisher=metadata.publisher,
        published=metadata.published or infer_published(text),
        file_name=source.file_name,
        source_sha256=source.sha256,
        headline_inferred=inferred,
    )


def _stem(file_name: str) -> str:
    return file_name.rsplit("/", 1)[-1].rsplit(".", 1)[0] or file_name


# Step 1: lines → paragraphs


def _assemble(lines: Sequence[Line], source: str, metadata: ArticleMetadata) -> list[_Piece]:
    junctions = Junctions(source)
    declared = _declared_gaps(metadata)
    captions = frozenset(_bare(quote) for quote in metadata.captions)
    pieces: list[_Piece] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        piece = _Piece([Span(line.start, line.end)], line.text, line.apart, line.shape)
        at += 1
        lifted: list[_Piece] = []
        if _bare(line.text) in captions:
            piece.kind = BlockKind.CAPTION
        while piece.kind is None and at < len(lines) and _may_run_on(piece, lines[at]):
            skip = _continuation(piece, lines, at, junctions, declared)
            if skip is None:
                piece.lost_after = _lost(piece, lines[at], junctions, declared)
                break
            lifted += [_lifted(caption) for caption in lines[at : at + skip]]
            following = lines[at + skip]
            piece.parts.append(Span(following.start, following.end))
            piece.text = _glue(piece.text, following.text)
            piece.shape = layout.shape_of(piece.text)
            at += skip + 1
        pieces += [piece, *lifted]
    return pieces


def _lifted(line: Line) -> _Piece:
    return _Piece([Span(line.start, line.end)], line.text, line.apart, line.shape, BlockKind.CAPTION)


def _may_run_on(piece: _Piece, following: Line) -> bool:
    """Whether there is anything to decide between a piece and the next line."""
    if layout.markdown_level(piece.text) or layout.is_column_head(piece.text):
        return False
    if layout.byline_names(piece.text, expected=True) or layout.is_credit(piece.text):
        return False
    if piece.shape is Shape.OPEN or layout.starts_midway(following.text):
        return True
    return piece.shape is Shape.TITLE and not following.apart and layout.unclosed(piece.text)


def _continuation(
    piece: _Piece, lines: Sequence[Line], at: int, junctions: Junctions, declared: list[tuple[str, str]]
) -> int | None:
    """Return how many lines (captions) stand between a piece and its continuation; None when nothing continues it."""
    best, best_score = None, 0.0
    for skip in range(_MAX_LIFTED + 1):
        if at + skip >= len(lines):
            break
        following = lines[at + skip]
        if _is_fixed(following) or _is_declared(piece.text, following.text, declared):
            if not layout.is_credit(following.text):
                break
            continue
        score = junctions.runs_on(piece.text, following.text)
        if following.shape is Shape.TITLE:
            score -= 1.5 if following.apart or layout.looks_like_caption(following.text) else 0.5
        score -= sum(0.0 if _caption_evidence(lines, at + k) else 1.0 for k in range(skip))
        if score > best_score:
            best, best_score = skip, score
        if following.shape is not Shape.TITLE:
            break
    return best


def _caption_evidence(lines: Sequence[Line], at: int) -> bool:
    line = lines[at]
    return line.apart or (at > 0 and lines[at - 1].apart) or layout.looks_like_caption(line.text)


def _is_fixed(line: Line) -> bool:
    """Whether a line is nobody's continuation by its form alone."""
    return (
        layout.markdown_level(line.text) > 0
        or layout.is_column_head(line.text)
        or layout.is_credit(line.text)
        or layout.is_data_source(line.text)
        or layout.is_numbered(line.text)
        or (line.text[0] in "■□" and bool(layout.byline_names(line.text, expected=True)))
    )


def _lost(piece: _Piece, following: Line, junctions: Junctions, declared: list[tuple[str, str]]) -> bool:
    """Whether text is missing after a piece that nothing continues."""
    if _is_declared(piece.text, following.text, declared):
        return True
    if piece.shape is Shape.TITLE and not layout.starts_midway(following.text):
        return False
    return not (layout.looks_like_caption(piece.text) or layout.is_affiliation(piece.text))


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


def _glue(left: str, right: str) -> str:
    return left + right


# Step 2: paragraphs → kinds


def _split_run_together(pieces: list[_Piece], metadata: ArticleMetadata) -> list[_Piece]:
    """Part what was printed on one line: kicker and headline, a caption and its photo credit."""
    parted: list[_Piece] = []
    head = True
    for piece in pieces:
        head = (head and piece.shape is Shape.TITLE) or not parted
        cut = layout.credit_tail(piece.text)
        if cut > 0 and piece.shape is not Shape.CLOSED:
            caption, credit = _cut(piece, cut)
            caption.kind, credit.kind = BlockKind.CAPTION, BlockKind.CREDIT
            parted += [caption, credit]
            continue
        parted.append(piece)
    return _part_headline(parted, metadata)


def _part_headline(pieces: list[_Piece], metadata: ArticleMetadata) -> list[_Piece]:
    if not metadata.headline:
        return pieces
    wanted, kicker = _bare(metadata.headline), _bare(metadata.kicker)
    for number, piece in enumerate(pieces):
        bare = _bare(bare_title(piece.text))
        if bare == wanted:
            piece.kind = BlockKind.HEADLINE
            return pieces
        if bare in (kicker + wanted, wanted + kicker):
            first_kind = BlockKind.KICKER if bare.startswith(kicker) else BlockKind.HEADLINE
            second_kind = BlockKind.HEADLINE if first_kind is BlockKind.KICKER else BlockKind.KICKER
            cut = _offset_of_bare(piece.text, len(kicker if first_kind is BlockKind.KICKER else wanted))
            first, second = _cut(piece, cut)
            first.kind, second.kind = first_kind, second_kind
            return [*pieces[:number], first, second, *pieces[number + 1 :]]
    return pieces


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


def _label(pieces: list[_Piece], metadata: ArticleMetadata) -> None:
    body = _label_head(pieces, metadata)
    _label_body(pieces, body)
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
        elif piece.shape is not Shape.TITLE:
            piece.kind = BlockKind.EDITOR_NOTE
        elif layout.byline_names(piece.text, expected=number > headline):
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
    first = next((n for n, piece in enumerate(pieces) if piece.shape is not Shape.TITLE), len(pieces))
    found = _last_title(pieces, 0, first)
    if found < 0 and first < len(pieces) and layout.is_editor_note(pieces[first].text):
        begin = next((n for n in range(first, len(pieces)) if pieces[n].shape is Shape.TITLE), len(pieces))
        end = next((n for n in range(begin, len(pieces)) if pieces[n].shape is not Shape.TITLE), len(pieces))
        found = _last_title(pieces, begin, end)
    return found


def _last_title(pieces: list[_Piece], begin: int, end: int) -> int:
    """Return the last piece of a run of titles that can be a headline, -1 when none can."""
    if end >= len(pieces):
        return begin if begin < len(pieces) else -1
    found = -1
    for number in range(begin, end):
        piece = pieces[number]
        if piece.kind is not None or (piece.apart and found >= 0):
            break
        if layout.byline_names(piece.text, expected=found >= 0):
            break
        if layout.is_numbered(piece.text) or piece.text.startswith(("——", "--")):
            break
        if not (layout.looks_like_caption(piece.text) or layout.is_data_source(piece.text)):
            found = number
    return found


def _label_body(pieces: list[_Piece], body: int) -> None:
    last_prose = max((n for n, piece in enumerate(pieces) if piece.shape is not Shape.TITLE and n >= body), default=-1)
    for number in range(body, len(pieces)):
        piece = pieces[number]
        if piece.kind is not None:
            continue
        before = pieces[number - 1] if number else None
        after = pieces[number + 1] if number + 1 < len(pieces) else None
        if layout.is_data_source(piece.text):
            piece.kind = BlockKind.DATA_SOURCE
        elif layout.is_credit(piece.text):
            piece.kind = BlockKind.CREDIT
        elif layout.is_column_head(piece.text):
            piece.kind = BlockKind.HEADING
        elif layout.is_affiliation(piece.text) or layout.byline_names(piece.text, expected=False):
            piece.kind = BlockKind.BYLINE
        elif piece.shape is not Shape.TITLE:
            piece.kind = BlockKind.CAPTION if _is_long_caption(piece, pieces, number) else BlockKind.BODY
        elif layout.looks_like_heading(piece.text) and number < last_prose:
            piece.kind = BlockKind.HEADING
        elif (
            piece.apart
            or layout.looks_like_caption(piece.text)
            or number > last_prose
            or (before and before.kind is BlockKind.CAPTION and after and after.shape is Shape.TITLE)
        ):
            piece.kind = BlockKind.CAPTION
        else:
            piece.kind = BlockKind.HEADING


def _is_long_caption(piece: _Piece, pieces: list[_Piece], number: int) -> bool:
    """Whether running text is a caption: it says so, or it stands among pictures after the text has ended."""
    if layout.looks_like_caption(piece.text) and len(piece.text) <= 60 and not piece.lost_after:
        return True
    return False


def _label_expert(pieces: list[_Piece], body: int) -> None:
    """A column by an expert runs from its own heading to the line that signs it."""


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
        if piece.lost_after:
            made.gaps.append(made.length)
    return made


def _add(made: _Layout, source: str, part: Span) -> None:
    made.text.append(source[part.start : part.end])
    made.segments.append(Segment(made.length, part.start, len(part)))
    made.length += len(part)


def _add_break(made: _Layout, source: str, end: int, start: int) -> None:
    """Keep one white space of a line break between two Latin words or numbers; Chinese closes up."""
    left, right = source[end - 1], source[start]
    if not (_is_latin(left) and _is_latin(right)):
        return
    between = source[end:start]
    at = max(between.find(" "), between.find("\n"))
    if at >= 0:
        _add(made, source, Span(end + at, end + at + 1))


def _is_latin(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or "\u00c0" <= character <= "\u024f"


def _first(pieces: Sequence[_Piece], kind: BlockKind) -> str:
    return next((bare_title(piece.text) for piece in pieces if piece.kind is kind), "")


def _headline(pieces: Sequence[_Piece], metadata: ArticleMetadata) -> tuple[str, bool]:
    """Return the headline and whether it is inferred; without one, the words that the text begins with."""
    if metadata.headline:
        return metadata.headline, False
    printed = _first(pieces, BlockKind.HEADLINE)
    if printed:
        return printed, True
    text = next((piece.text for piece in pieces if piece.kind is BlockKind.BODY), "") or (
        pieces[0].text if pieces else ""
    )
    spans = split_sentences(text)
    opening = text[spans[0].start : spans[0].end] if spans else ""
    return (opening if len(opening) <= _HEADLINE_LENGTH else opening[:_HEADLINE_LENGTH] + "…"), True


def _authors(pieces: Sequence[_Piece]) -> tuple[str, ...]:
    for piece in pieces:
        if piece.kind is BlockKind.BYLINE:
            return layout.byline_names(piece.text, expected=True)
    return ()
