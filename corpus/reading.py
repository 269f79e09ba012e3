"""Files in, raw text out. What cannot be read says so by name; nothing here repairs anything."""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from corpus.errors import UnreadableFile

MAX_BYTES = 20_000_000

_CONTROLS = frozenset(map(chr, (*range(9), *range(14, 28), 127)))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What every page of Chinese is made of, simplified and traditional: bytes read in the wrong encoding hold few of these.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些"
    "然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公"
    "这為個國時來會發動過說產種麼後學經進著電裡實體機點業應開還與關樣間線內數對從東車長門報記們話區億萬餘達將據"
    "，。、；：？！“”‘’「」『』（）《》—…·０１２３４５６７８９0123456789\n\r\t "
)


@dataclass(frozen=True, slots=True)
class SourceText:
    """One file as it was decoded. `format` is the suffix without its dot, `sha256` is of the bytes."""

    file_name: str
    text: str
    format: str
    encoding: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a reader returns: the text, and the encoding of the bytes when the format has one."""

    text: str
    encoding: str = ""


Reader = Callable[[bytes], Decoded]


def read_plain(data: bytes) -> Decoded:
    """Decode a text file: by its mark, as UTF-8, else as the Chinese encoding that makes most sense of it.

    Raises UnreadableFile when none does.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise UnreadableFile(f"文件开头标明是 {encoding.upper()}，内容却不是") from error
    if b"\x00" not in data:
        try:
            return Decoded(data.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
    best, best_score = None, 0.3  # random characters score below .1, any Chinese prose above .4
    for encoding in ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        score = _chineseness(text)
        if score > best_score:
            best, best_score = Decoded(text, encoding), score
    if best is None:
        raise UnreadableFile("认不出文字编码（试过 UTF-8、GB18030、Big5、UTF-16），请另存为 UTF-8 后重试")
    return best


# Add a reader here; it takes the bytes, imports its library inside, and raises UnreadableFile with a reason.
READERS: Mapping[str, Reader] = MappingProxyType({".txt": read_plain, ".md": read_plain, ".markdown": read_plain})


def read_source(path: Path) -> SourceText:
    """Read one file by the reader of its suffix. Raises UnreadableFile with the reason."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        known = "、".join(READERS)
        raise UnreadableFile(f"{path.name}：不支持 {path.suffix or '没有后缀的'} 文件，能读的是 {known}。")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"{path.name}：文件超过 {MAX_BYTES // 1_000_000} MB，请拆成单篇文章。")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(f"{path.name}：打不开（{error.strerror}）。") from error
    try:
        decoded = reader(data)
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}：{error}。") from error
    if not decoded.text.strip():
        raise UnreadableFile(f"{path.name}：里面没有文字。")
    if sum(character in _CONTROLS for character in decoded.text[:4096]) > 8:
        raise UnreadableFile(f"{path.name}：不是文本文件，里面是二进制数据。")
    return SourceText(
        path.name, decoded.text, path.suffix.lower().lstrip("."), decoded.encoding, hashlib.sha256(data).hexdigest()
    )


def _chineseness(text: str) -> float:
    """Share of the first characters that common Chinese is made of, from 0 to 1."""
    sample = text[:4000]
    return sum(character in _COMMON for character in sample) / max(1, len(sample))
