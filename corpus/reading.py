"""Files in, raw text out. What cannot be read says so by name; nothing here repairs anything."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from corpus.decoding import Decoded, SourceText, decode
from corpus.errors import ScannedFile, UnreadableFile
from corpus.formats.markdown import read_markdown

MAX_BYTES = 20_000_000

_SAVE_AS = "请用 Word 或 WPS 另存为 .docx"
_REMEDIES = MappingProxyType(
    {".doc": _SAVE_AS, ".wps": _SAVE_AS, ".rtf": _SAVE_AS, ".odt": _SAVE_AS, ".docm": f"{_SAVE_AS}（不含宏）"}
    | dict.fromkeys((".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff"), "图片请先识别成文字")
    | dict.fromkeys((".zip", ".rar", ".7z", ".gz", ".tar"), "请先解压")
    | dict.fromkeys((".mht", ".mhtml", ".xhtml"), "请另存为 .html")
)
_REASONS = MappingProxyType(
    {
        errno.EACCES: "没有读取权限，请检查权限",
        errno.EPERM: "没有读取权限，请检查权限",
        errno.ENOENT: "文件不存在，请检查路径",
        errno.ELOOP: "链接绕成了圈，请换成文件本身",
        errno.ENAMETOOLONG: "文件名太长，请改短",
        errno.EISDIR: "这是文件夹，不是文件，请放入文件",
    }
)


Reader = Callable[[bytes], Decoded]
Apart = Callable[[str, bytes], Decoded]  # reads a file of a kind in another process


def _one_apart(kind: str, data: bytes) -> Decoded:
    from corpus.formats.sandbox import read_apart

    return read_apart(kind, data)


def _recognised(data: bytes) -> Decoded:
    from corpus.formats.sandbox import OCR_LIMITS, read_apart

    return read_apart("ocr", data, OCR_LIMITS)


# Add a reader here; it takes the bytes, imports its library inside, and raises UnreadableFile: a reason, a remedy.
# A word is a kind that is read apart.
READERS: Mapping[str, Reader | str] = MappingProxyType(
    {
        ".txt": decode,
        ".md": read_markdown,
        ".markdown": read_markdown,
        ".html": "html",
        ".htm": "html",
        ".pdf": "pdf",
        ".docx": "docx",
    }
)


def read_source(path: Path, *, ocr: bool = False, apart: Apart = _one_apart) -> SourceText:
    """Read one file by the reader of its suffix; a scanned PDF by recognition when `ocr`.

    `apart` reads what is not safe to read in this process.

    Raises UnreadableFile with the reason.
    """
    suffix = path.suffix.lower()
    reader = READERS.get(suffix)
    try:
        if reader is None:
            remedy = _REMEDIES.get(suffix, f"能读的是 {'、'.join(READERS)}")
            raise UnreadableFile(f"不支持 {suffix or '没有后缀的'} 文件，{remedy}")
        data = read_bytes(path)
        if not data:
            raise UnreadableFile("文件是空的，请检查是否保存完整")
        try:
            decoded = apart(reader, data) if isinstance(reader, str) else reader(data)
        except ScannedFile:
            if not ocr:
                raise
            decoded = _recognised(data)
        if not decoded.text.strip():
            raise UnreadableFile("里面没有文字，请放入有正文的文件")
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}：{error}。") from error
    return SourceText(
        path.name,
        decoded.text,
        suffix.lstrip("."),
        decoded.encoding,
        hashlib.sha256(data).hexdigest(),
        decoded.marks,
        decoded.about,
        decoded.warnings,
    )


def read_bytes(path: Path) -> bytes:
    """Read a regular file of at most MAX_BYTES; a pipe or a device would never end. Raises UnreadableFile."""
    try:
        # Not to block on a pipe that nobody writes to; Windows has no such flag.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISDIR(mode):
                raise UnreadableFile(_REASONS[errno.EISDIR])
            if not stat.S_ISREG(mode):
                raise UnreadableFile("不是普通文件，请换成文件本身")
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, f"打不开（{error.strerror}），请检查磁盘")
        raise UnreadableFile(reason) from error
    if len(data) > MAX_BYTES:
        raise UnreadableFile(f"文件超过 {MAX_BYTES // 1_000_000} MB，请拆成单篇文章")
    return data
