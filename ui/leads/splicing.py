"""Changes to a part of an office file, byte by byte: what is not changed stays as it was, to the last byte."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

_ILLEGAL: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"
)  # XML 1.0 knows no such characters
_LONGEST: Final = 32_000  # characters; Excel cuts a cell at 32,767 without a word
CONTINUES: Final = "……（全文见答复函）"


@dataclass(frozen=True, slots=True)
class Element:
    """One element as it stands in the bytes: `start` of its tag, `inner` the first byte after the tag, `close` of its end tag.

    `end` is the first byte after the whole. An empty element (`<c/>`) has `inner` == `close` == `end`. `parents` are the
    names above it, the nearest last; `attributes` are as written.
    """

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    close: int
    end: int
    parents: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        return self.inner == self.end


@dataclass(frozen=True, slots=True)
class Splice:
    """Bytes from `start` to `end` give way to `new`."""

    start: int
    end: int
    new: bytes


def spliced(data: bytes, splices: Sequence[Splice]) -> bytes:
    """Return `data` with the splices made, which must not overlap; those of one place in the order given."""
    pieces: list[bytes] = []
    at = 0
    for one in sorted(splices, key=lambda one: one.start):
        if one.start < at:
            raise ValueError("splices overlap")
        pieces += [data[at : one.start], one.new]
        at = one.end
    return b"".join([*pieces, data[at:]])


def elements(data: bytes, names: frozenset[str], prefix: str = "") -> list[Element]:
    """Return the elements of these names, which are written with `prefix` («w:»), in document order, without it.

    Raises ExpatError for what is no XML.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    found: list[tuple[int, Element]] = []
    above: list[tuple[str, dict[str, str], int, int]] = []
    order = 0

    def begin(name: str, attributes: dict[str, str]) -> None:
        nonlocal order
        above.append((name, attributes, parser.CurrentByteIndex, order))
        order += 1

    def finish(_: str) -> None:
        name, attributes, start, number = above.pop()
        if not name.startswith(prefix) or (name := name.removeprefix(prefix)) not in names:
            return
        close = parser.CurrentByteIndex
        inner = _tag_end(data, start)
        if data[inner - 2 : inner] == b"/>":
            close = end = inner
        else:
            end = data.index(b">", close) + 1
        found.append(
            (
                number,
                Element(
                    name, attributes, start, inner, close, end, tuple(one[0].removeprefix(prefix) for one in above)
                ),
            )
        )

    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.Parse(data, True)
    return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def _tag_end(data: bytes, start: int) -> int:
    """Return the first byte after the tag that begins at `start`; a «>» within quotes ends none."""
    quote = 0
    for at in range(start, len(data)):
        byte = data[at]
        if quote:
            quote = 0 if byte == quote else quote
        elif byte in (0x22, 0x27):
            quote = byte
        elif byte == 0x3E:
            return at + 1
    raise ValueError("a tag without an end")


def repacked(package: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Return a zip package with the named parts replaced; every other part keeps its bytes, its place and its date."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = parts.get(entry.filename)
            copy = zipfile.ZipInfo(entry.filename, entry.date_time)
            copy.compress_type, copy.external_attr = entry.compress_type, entry.external_attr
            target.writestr(copy, source.read(entry) if data is None else data)
    return out.getvalue()


def safe_text(text: str) -> str:
    """Return text without characters that XML or an office program does not take, marked where it is too long for a cell."""
    kept = "\n".join(_ILLEGAL.sub("", line).strip() for line in text.splitlines())
    return kept if len(kept) <= _LONGEST else kept[: _LONGEST - len(CONTINUES)] + CONTINUES


def markup(text: str) -> str:
    return escape(text)


def lines_of(text: str) -> Iterator[str]:
    yield from safe_text(text).split("\n")
