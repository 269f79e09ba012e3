"""Bytes → text: which encoding makes sense of them, and when none does."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from corpus.chinese.words import words
from corpus.errors import UnreadableFile
from corpus.records import BlockKind, Span

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CHINESE = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
# What web pages call an encoding → the superset that browsers read it as.
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "big5-hkscs": "big5hkscs"}
# The first bytes of files that carry a wrong suffix.
_MAGIC = (
    (b"%PDF-", "PDF", ".pdf"),
    (b"PK\x03\x04", "压缩包或 Word 文档", ".docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版或加密的 Office 文档", ""),
    (b"{\\rtf", "RTF 文档", ""),
    (b"\x89PNG", "图片", ""),
    (b"\xff\xd8\xff", "图片", ""),
    (b"GIF8", "图片", ""),
    (b"\x1f\x8b", "压缩包", ""),
    (b"Rar!", "压缩包", ""),
    (b"7z\xbc\xaf", "压缩包", ""),
    (b"\x7fELF", "程序", ""),
)
_SAMPLE = 4000
# Share of common characters among those outside ASCII. Of 66,104 news texts in UTF-8 and GB18030 none falls below; of the
# same texts in GB18030 read as Big5, eight of 6,610 pass.
_PLAUSIBLE, _GARBLED = 0.125, 0.1
_ENOUGH = 30
_BROKEN = 100  # characters outside ASCII for each broken one: a page with more of these is no text
_MISREAD_AS = ("latin-1", "cp1252", "iso-8859-15")  # what Chinese is saved as that was read as a European text
_RUN = re.compile("[\x80-\U0010ffff]{4,}")
_RUNS = 0.5  # of the characters outside ASCII: in runs, as two Chinese ones in a row make and no European text has
_MISREADINGS = 3  # one over the other
_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 28), 127)))
# What every page of Chinese is made of, simplified and traditional.
_COMMON = frozenset((*words("corpus/common_characters"), *"，。、；：？！“”‘’「」『』（）《》—…·０１２３４５６７８９"))
_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,400}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-]{2,20})""")


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the text whose kind the format itself tells, so that nothing has to be guessed.

    `table` numbers the tables from 0, -1 outside of them; `cells` are (header, value) stretches of a row.
    """

    kind: BlockKind
    start: int
    end: int
    table: int = -1
    cells: tuple[tuple[Span, Span], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the file says of its article outside of the text: a value, how it is known, how surely (0 to 1)."""

    value: str
    how: str
    confidence: float


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of its article outside of the text; None where it does not. `published` is an ISO day."""

    headline: Told | None = None
    published: Told | None = None
    publisher: Told | None = None
    authors: Told | None = None  # names with 、 between


NOTHING_TOLD = About()


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding of its bytes when the format has one, and what else the format tells.

    `warnings` are Chinese sentences about what was left out or could not be read.
    """

    text: str
    encoding: str = ""
    marks: tuple[Mark, ...] = ()
    about: About = NOTHING_TOLD
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceText:
    """One file as it was decoded. `format` is the suffix without its dot, `sha256` is of the bytes.

    `encoding` is empty for formats that settle it themselves. `marks`, `about` and `warnings` are as in `Decoded`.
    """

    file_name: str
    text: str
    format: str
    encoding: str
    sha256: str
    marks: tuple[Mark, ...] = ()
    about: About = NOTHING_TOLD
    warnings: tuple[str, ...] = ()


def decode(data: bytes) -> Decoded:
    """Decode a text file: by its mark, as UTF-8, else as the Chinese encoding that makes most sense of it.

    Raises UnreadableFile when none does, when the result is binary data, or when it was garbled before it came here.
    """
    return _checked(data, "")


def decode_page(data: bytes) -> Decoded:
    """Decode a web page as `decode` does, trusting the encoding that it declares where its bytes allow it.

    What browsers bear is borne: a few control characters, and a few broken bytes, which are shown as �.
    """
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    return _checked(data, _ALIASES.get(name, name), page=True)


def _checked(data: bytes, declared: str, page: bool = False) -> Decoded:
    for magic, what, suffix in _MAGIC:
        if data.startswith(magic):
            remedy = f"请把后缀改成 {suffix} 后重试" if suffix else "请另存为 .txt 或 .docx 后重试"
            raise UnreadableFile(f"后缀与内容不符，里面其实是{what}，{remedy}")
    found = _decoded(data, declared) or (_patched(data) if page else None)
    if found is None:
        if sum(byte < 9 for byte in data[:_SAMPLE]) * 20 > len(data[:_SAMPLE]):
            raise UnreadableFile("不是文本文件，里面是二进制数据，请检查是否放错了文件")
        raise UnreadableFile("认不出文字编码（试过 UTF-8、GB18030、Big5、UTF-16），请另存为 UTF-8 后重试")
    if sum(character in _CONTROLS for character in found.text[:_SAMPLE]) > (_SAMPLE // 100 if page else 8):
        raise UnreadableFile("不是文本文件，里面是二进制数据，请检查是否放错了文件")
    found = _restored(found)
    if _is_garbled(found.text):
        raise UnreadableFile("里面是乱码（存盘时编码已经弄错），请从原文重新导出")
    return found


def _decoded(data: bytes, declared: str) -> Decoded | None:
    """Return the text in the first encoding that holds all of its bytes and makes sense; None where none does."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise UnreadableFile(f"文件开头标明是 {encoding.upper()}，内容却不是，请另存为 UTF-8 后重试") from error
    if b"\x00" not in data:
        # Chinese in another encoding is next to never valid UTF-8, so this comes before what a page says of itself.
        try:
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
    best, best_score = None, _PLAUSIBLE
    for encoding in (declared, *_CHINESE) if declared in _ALIASES.values() else _CHINESE:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _chineseness(text)
        if score > best_score:
            best, best_score = Decoded(text, encoding), score
        if best and encoding == declared:
            break
    return best


def _restored(read: Decoded) -> Decoded:
    """Return text as it was before it was read as European and saved so, with a warning; any other text as it is.

    Only what comes back without a broken character counts.
    """
    text = read.text
    for _ in range(_MISREADINGS):
        foreign = sum(character > "\x7f" for character in text)
        latin = sum("\x80" <= character <= "\u024f" for character in text)
        runs = sum(len(run[0]) for run in _RUN.finditer(text))
        if foreign < _ENOUGH or latin * 2 < foreign or runs < foreign * _RUNS:
            break
        again = max(_read_again(text), key=_chineseness, default=text)
        if again == text:
            break
        text = again
    if text == read.text or _chineseness(text) <= _PLAUSIBLE:
        return read
    return replace(read, text=text, warnings=(*read.warnings, "存盘时编码已经弄错，文字是还原出来的，请核对"))


def _read_again(text: str) -> Iterator[str]:
    """Yield what a text may have been before it was read in a European encoding."""
    for wrong in _MISREAD_AS:
        for right in ("utf-8", "gb18030"):
            try:
                yield text.encode(wrong).decode(right)
            except UnicodeError:
                continue


def _patched(data: bytes) -> Decoded | None:
    """Return Chinese text with its few broken bytes as �; None where there are too many for a text."""
    found = []
    for encoding in ("utf-8", "gb18030", "big5hkscs"):
        text = data.decode(encoding, "replace")
        broken, foreign = text.count("\ufffd"), sum(character > "\x7f" for character in text)
        if broken * _BROKEN <= foreign and _chineseness(text) > _PLAUSIBLE:
            found.append((broken, Decoded(text, encoding)))
    return min(found, key=lambda one: one[0])[1] if found else None


def _chineseness(text: str) -> float:
    """Share of the characters outside ASCII that common Chinese is made of, from 0 to 1."""
    sample = [character for character in text if character > "\x7f"][:_SAMPLE]
    return sum(character in _COMMON for character in sample) / max(1, len(sample))


def _is_garbled(text: str) -> bool:
    """Whether text was decoded wrongly and saved so, before it came here."""
    sample = text[:_SAMPLE]
    foreign = [character for character in sample if character > "\x7f"]
    if sample.count("\ufffd") * 100 > len(sample):
        return True
    visible = sum(not character.isspace() for character in sample)
    if len(foreign) < _ENOUGH or len(foreign) * 2 < visible:
        return False
    latin = sum("\x80" <= character <= "\u024f" for character in foreign)
    return latin * 2 > len(foreign) or _chineseness(sample) < _GARBLED
