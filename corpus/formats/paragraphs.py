"""What every reader returns: paragraphs, laid out as the plain-text articles are, so that repairing needs one road."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.decoding import About, Decoded, Mark
from corpus.records import BlockKind, Span

# Characters that show nothing: zero-width marks, soft hyphens, direction marks, byte-order marks.
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff]")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’—…"
_WRAPPED = re.compile(rf"(?<=[{_WIDE}])[ \t]*[\r\n]+[ \t\r\n]*(?=[{_WIDE}])")
_SPACES = re.compile(r"[ \t\r\n\x0b\x0c\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f]+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph on one line, a list on as many as it has items.

    `level` is the depth of a heading, 1 for the headline, 0 for text. `apart`: a picture stands before it, as before a
    caption. `kind` is set where the format tells it; the text is then final. `cells` are the (header, value) stretches of
    a table's row; `table` numbers the tables of a document.
    """

    text: str
    level: int = 0
    apart: bool = False
    kind: BlockKind | None = None
    table: int = -1
    cells: tuple[tuple[Span, Span], ...] = ()


def tidy(text: str) -> str:
    """Return text as it shows: white space folded, line ends between Chinese characters closed, nothing invisible."""
    text = _CONTROL.sub("", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", _WRAPPED.sub("", text)).strip(" \u3000")


def settle_levels(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return paragraphs with at most one headline.

    One heading of the first level is the headline, and headings before it are kickers, which carry no mark. Several of
    them are chapters: all levels sink by one, and the headline is for repairing to find.
    """
    tops = [number for number, paragraph in enumerate(paragraphs) if paragraph.level == 1]
    if len(tops) > 1:
        return [replace(p, level=min(6, p.level + 1)) if p.level else p for p in paragraphs]
    if not tops:
        return list(paragraphs)
    return [replace(p, level=0) if n < tops[0] else p for n, p in enumerate(paragraphs)]


def compose(
    paragraphs: Iterable[Paragraph], encoding: str = "", about: About | None = None, warnings: Sequence[str] = ()
) -> Decoded:
    """Return raw text: one blank line between paragraphs, three where a picture stood, # before headings."""
    made: list[str] = []
    marks: list[Mark] = []
    length = 0
    for paragraph in paragraphs:
        text = paragraph.text if paragraph.kind else tidy(paragraph.text)
        if not text:
            continue
        before = "" if not made else "\n\n\n\n" if paragraph.apart else "\n\n"
        before += "#" * paragraph.level + " " if paragraph.level else ""
        start = length + len(before)
        length = start + len(text)
        made += [before, text]
        if paragraph.kind:
            cells = tuple((_moved(header, start), _moved(value, start)) for header, value in paragraph.cells)
            marks.append(Mark(paragraph.kind, start, length, paragraph.table, cells))
    return Decoded("".join(made), encoding, tuple(marks), about or About(), tuple(warnings))


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
