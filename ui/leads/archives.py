"""Is a package of an office program safe to open? Looked at before any library touches it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Final

from corpus.errors import UnreadableFile
from corpus.formats.docx import MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED
from ui.leads import wording

_MAIN: Final = {"xlsx": b"spreadsheetml.sheet.main+xml", "docx": b"wordprocessingml.document.main+xml"}
_OLD: Final = {"xlsx": "xls", "docx": "doc"}
_SMALL: Final = 1_000_000  # bytes; below this a high ratio harms nobody
_MACROS: Final = re.compile(r"vbaproject|macrosheets?/|activex|vbadata", re.IGNORECASE)
_MACRO_TYPES: Final = re.compile(rb"macroEnabled|vbaProject|intlmacrosheet", re.IGNORECASE)
_RELATION: Final = re.compile(rb"<(?:\w{1,20}:)?Relationship\b[^>]{0,4000}>")
_DDE: Final = re.compile(rb"<[^>]{0,200}instrText[^>]{0,200}>\s{0,50}\"?DDE|ddeLink", re.IGNORECASE)


def check_package(data: bytes, kind: str) -> None:
    """Raise UnreadableFile when `data` is no package of `kind` (xlsx, docx), would not unpack safely, or is not inert."""
    save = wording.SAVE_AS[kind]
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(wording.LOCKED.format(old=_OLD[kind], kind=kind))
    if data.startswith(b"%PDF-"):
        raise UnreadableFile(wording.IS_PDF)
    if not data.startswith(b"PK") and b"\x00" not in data[:1000]:
        raise UnreadableFile(wording.IS_TEXT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check_names(package.infolist(), kind)
            for entry in package.infolist():
                if entry.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_markup(entry.filename, package.read(entry), kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, NotImplementedError) as error:
        raise UnreadableFile(wording.BROKEN.format(kind=kind, save=save)) from error


def _check_names(entries: list[zipfile.ZipInfo], kind: str) -> None:
    save = wording.SAVE_AS[kind]
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if len(entries) > MAX_ENTRIES or unpacked > MAX_UNPACKED or (unpacked > _SMALL and unpacked > MAX_RATIO * packed):
        raise UnreadableFile(wording.BOMB)
    names = [entry.filename.replace("\\", "/") for entry in entries]
    for name, entry in zip(names, entries, strict=True):
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise UnreadableFile(wording.ESCAPING.format(save=save))
        if entry.flag_bits & 1:
            raise UnreadableFile(wording.LOCKED.format(old=_OLD[kind], kind=kind))
        if _MACROS.search(name):
            raise UnreadableFile(wording.MACROS.format(save=save))
        if name.lower().startswith(("xl/externallinks/", "xl/connections", "xl/querytables")):
            raise UnreadableFile(wording.LINKED)
    if len(set(names)) < len(names) or "[Content_Types].xml" not in names:  # two of one name: readers would differ
        raise UnreadableFile(wording.BROKEN.format(kind=kind, save=save))


def _check_markup(name: str, markup: bytes, kind: str) -> None:
    """Raise for entities, macros, data from elsewhere, or another kind of document."""
    save = wording.SAVE_AS[kind]
    if b"<!DOCTYPE" in markup or b"<!ENTITY" in markup or markup[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in markup:
        raise UnreadableFile(wording.ENTITIES.format(save=save))
    if name == "[Content_Types].xml":
        if _MACRO_TYPES.search(markup):
            raise UnreadableFile(wording.MACROS.format(save=save))
        if _MAIN[kind] not in markup:
            other = next((one for one, main in _MAIN.items() if main in markup), None)
            if other:
                raise UnreadableFile(wording.IS_OTHER.format(what=wording.OFFICE[other], kind=other))
            raise UnreadableFile(wording.BROKEN.format(kind=kind, save=save))
    if name.lower().endswith(".rels"):
        for relation in _RELATION.findall(markup):
            if re.search(rb"TargetMode\s*=\s*[\"']External", relation) and b"/hyperlink" not in relation:
                raise UnreadableFile(wording.LINKED)
    if _DDE.search(markup):
        raise UnreadableFile(wording.LINKED)
