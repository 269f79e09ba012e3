"""articles.toml: what people know about the articles of a folder, and the two edits that `linping articles` makes.

The file belongs to people. Reading it needs the standard library alone; editing keeps every comment and blank line.
"""

from __future__ import annotations

import os
import re
import tempfile
import tomllib
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError, StorageError
from corpus.records import Published

if TYPE_CHECKING:
    from tomlkit.items import Table

FILE_NAME = "articles.toml"
GAP_MARK = "|"

_TEXT_FIELDS = ("file", "id", "headline", "kicker", "publisher", "published", "clue", "source", "sha256")
_FIELDS = frozenset((*_TEXT_FIELDS, "authors", "inferred", "gaps", "captions"))
_ENTRY = re.compile(r"^\s*\[\[\s*article\s*\]\]")
_ID = re.compile(r"[\w.\-]{1,120}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_ODD = f"{FILE_NAME} 的写法比较特别，程序改不了，请手工修改；原文件没有改动。"
_BLANK_FILE = "# 这个文件夹里每篇文章的说明；没有列在这里的文章也会收录，标题和日期由正文推定。\n"


@dataclass(frozen=True, slots=True)
class ArticleMetadata:
    """What people say about one file; an empty value means that they do not say.

    `file` is relative to the folder, with forward slashes. `gaps` quote the words on both sides of a place where the
    source lost text, «左边|右边»; `captions` quote lines that are captions. Quotes are matched without white space.
    """

    file: str
    id: str
    headline: str = ""
    kicker: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    published: Published | None = None
    source: str = ""
    sha256: str = ""
    gaps: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()


def read_metadata(folder: Path) -> tuple[ArticleMetadata, ...]:
    """Return the entries of the folder's articles.toml in its order; none when there is no such file.

    Raises CorpusError that names the line.
    """
    path = folder / FILE_NAME
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as error:
        raise CorpusError(f"{FILE_NAME} 不是 UTF-8 文本，请另存为 UTF-8 后重试。") from error
    except OSError as error:
        raise CorpusError(f"{FILE_NAME} 打不开（{error.strerror}），请检查文件权限。") from error
    return parse_metadata(text)


def parse_metadata(text: str) -> tuple[ArticleMetadata, ...]:
    """Return the entries of one articles.toml. Raises CorpusError that names the line."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CorpusError(_syntax_message(error, text)) from error
    for key in data:
        if key != "article":
            raise CorpusError(_at(_line_of(text, -1, key), f"不认识 {key}，文章请写成 [[article]]"))
    rows = data.get("article", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise CorpusError(_at(_line_of(text, -1, "article"), "每篇文章请以 [[article]] 开头，两层方括号"))
    entries: list[ArticleMetadata] = []
    for number, row in enumerate(rows):
        entry = _entry(row, number, text)
        for other in entries:
            if entry.id == other.id:
                raise CorpusError(_at(_line_of(text, number, "id"), f"id「{entry.id}」重复了，请改成不同的 id"))
            if entry.file == other.file:
                raise CorpusError(_at(_line_of(text, number, "file"), f"文件「{entry.file}」写了两次，请删去一处"))
        entries.append(entry)
    return tuple(entries)


def parse_published(written: str, *, inferred: bool = False, clue: str = "") -> Published:
    """Return the span that a day «2024-05-06», a month «2024-05», a year «2024» or a range «2024-05/2024-06» names.

    Raises ValueError for anything else, and for a range that runs backwards.
    """
    first, _, last = written.partition("/")
    begin, _ = _bounds(first)
    _, end = _bounds(last or first)
    return Published(begin, end, inferred, clue)


def write_published(published: Published) -> str:
    """Return the shortest way to write the span; the inverse of `parse_published`."""
    first, last = published.first, published.last
    if first == last:
        return first.isoformat()
    if first.day == 1 and last == _month_end(last.year, last.month):
        begin, end = f"{first:%Y-%m}", f"{last:%Y-%m}"
        return begin if begin == end else f"{begin}/{end}"
    return f"{first.isoformat()}/{last.isoformat()}"


def add_entry(folder: Path, entry: ArticleMetadata) -> None:
    """Append one entry to the folder's articles.toml, which is made if need be; what people wrote stays as it is.

    Raises CorpusError when its id or file is already there, StorageError when the disk refuses.
    """
    known = read_metadata(folder)
    for other in known:
        if other.id == entry.id:
            raise CorpusError(f"{FILE_NAME} 里已有 id「{entry.id}」，请换一个 id。")
        if other.file == entry.file:
            raise CorpusError(f"{FILE_NAME} 里已有文件「{entry.file}」。")
    path = folder / FILE_NAME
    before = path.read_bytes().decode("utf-8-sig") if path.exists() else _BLANK_FILE
    bare = before.rstrip("\n")
    _replace(path, f"{bare}\n\n{_written(entry)}", (*known, entry))


def remove_entry(folder: Path, article_id: str) -> ArticleMetadata:
    """Take one entry out of articles.toml, with the comment right above it, and return it; the rest stays as it is.

    Raises CorpusError when there is no such id, StorageError when the disk refuses.
    """
    entries = read_metadata(folder)
    at = next((number for number, entry in enumerate(entries) if entry.id == article_id), None)
    if at is None:
        raise CorpusError(f"{FILE_NAME} 里没有 id「{article_id}」；用 linping articles list 查看全部 id。")
    path = folder / FILE_NAME
    lines, header, end = _stretch(path, at, len(entries))
    _replace(path, "".join(lines[: _with_comment(lines, header)] + lines[end:]), entries[:at] + entries[at + 1 :])
    return entries[at]


def change_entry(folder: Path, entry: ArticleMetadata) -> None:
    """Write `entry` in place of the one with its id, or at the end where there is none; the rest stays as it is.

    Raises CorpusError when the file is written in a way that cannot be edited, StorageError when the disk refuses.
    """
    entries = read_metadata(folder)
    at = next((number for number, one in enumerate(entries) if one.id == entry.id), None)
    if at is None:
        add_entry(folder, entry)
        return
    path = folder / FILE_NAME
    lines, header, end = _stretch(path, at, len(entries))
    between = ["\n"] if end < len(lines) else []
    text = "".join([*lines[:header], _written(entry), *between, *lines[end:]])
    _replace(path, text, (*entries[:at], entry, *entries[at + 1 :]))


def _stretch(path: Path, at: int, count: int) -> tuple[list[str], int, int]:
    """Return the lines of a file of `count` entries, the header of entry `at`, and where the next entry's comment begins."""
    lines = path.read_bytes().decode("utf-8-sig").splitlines(keepends=True)
    headers = [number for number, line in enumerate(lines) if _ENTRY.match(line)]
    if len(headers) != count:
        raise CorpusError(_ODD)
    return lines, headers[at], _with_comment(lines, headers[at + 1]) if at + 1 < count else len(lines)


def _written(entry: ArticleMetadata) -> str:
    """Return one entry as it stands in the file."""
    import tomlkit

    rows = tomlkit.aot()
    rows.append(_table(entry))
    made = tomlkit.document()
    made.append("article", rows)
    return tomlkit.dumps(made).strip("\n") + "\n"


def _with_comment(lines: list[str], header: int) -> int:
    """Return the first line of the comment that stands right above an entry, else the entry's own."""
    while header > 0 and lines[header - 1].lstrip().startswith("#"):
        header -= 1
    return header


def _entry(row: Mapping[str, Any], number: int, text: str) -> ArticleMetadata:
    def refuse(key: str, what: str) -> CorpusError:
        return CorpusError(_at(_line_of(text, number, key), what))

    for key, value in row.items():
        if key not in _FIELDS:
            raise refuse(key, f"不认识字段 {key}，可用的字段是 {'、'.join(sorted(_FIELDS))}")
        if key == "inferred":
            if not isinstance(value, bool):
                raise refuse(key, "inferred 只能是 true 或 false")
        elif key in ("authors", "gaps", "captions"):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise refuse(key, f'{key} 要写成列表，例如 {key} = ["…"]')
        elif not isinstance(value, str) and not (key == "published" and isinstance(value, date)):
            raise refuse(key, f"{key} 的值要加引号")
    file = row.get("file", "").strip()
    if not file or file.startswith("/") or ".." in file.split("/"):
        raise refuse("file", "缺少 file，请写上文件名" if not file else f"file「{file}」要是文件夹内的文件名")
    article_id = row.get("id", "").strip() or Path(file).stem
    if not _ID.fullmatch(article_id):
        raise refuse("id", f"id「{article_id}」只能用文字、数字、点、短横和下划线，不超过 120 个字")
    sha256 = row.get("sha256", "").strip().lower()
    if sha256 and not _SHA256.fullmatch(sha256):
        raise refuse("sha256", "sha256 要是 64 位十六进制数")
    for quote in row.get("gaps", []):
        left, mark, right = quote.partition(GAP_MARK)
        if not mark or not left.strip() or not right.strip():
            raise refuse("gaps", f"gaps 里的「{quote}」要写成「缺字前的话{GAP_MARK}缺字后的话」")
    return ArticleMetadata(
        file=file,
        id=article_id,
        headline=row.get("headline", "").strip(),
        kicker=row.get("kicker", "").strip(),
        authors=tuple(name.strip() for name in row.get("authors", []) if name.strip()),
        publisher=row.get("publisher", "").strip(),
        published=_published(row, refuse),
        source=row.get("source", "").strip(),
        sha256=sha256,
        gaps=tuple(row.get("gaps", [])),
        captions=tuple(row.get("captions", [])),
    )


def _published(row: Mapping[str, Any], refuse: Any) -> Published | None:
    written = row.get("published", "")
    written = written.isoformat()[:10] if isinstance(written, date) else written.strip()
    if not written:
        return None
    try:
        return parse_published(written, inferred=row.get("inferred", False), clue=row.get("clue", "").strip())
    except ValueError as error:
        what = f"published「{written}」要写成 2024-05-06、2024-05 或 2024-05/2024-06"
        raise refuse("published", what) from error


def _bounds(written: str) -> tuple[date, date]:
    match = re.fullmatch(r"\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\s*", written)
    if not match:
        raise ValueError(f"not a date: {written}")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        return date(year, month, 1), _month_end(year, month)
    return date(year, month, day), date(year, month, day)


def _month_end(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise ValueError(f"not a month: {month}")
    return date(year, month, monthrange(year, month)[1])


def _syntax_message(error: tomllib.TOMLDecodeError, text: str) -> str:
    match = re.search(r"at line (\d+)", str(error))
    line = int(match[1]) if match else text.count("\n") + 1
    return _at(line, "不合 TOML 写法（多半是引号、方括号或等号没写全）")


def _at(line: int, what: str) -> str:
    return f"{FILE_NAME} 第 {line} 行：{what}。"


def _line_of(text: str, entry: int, key: str) -> int:
    """Return the line (from 1) of `key` in the entry with that number; of the entry itself when it lacks the key."""
    seen, where = -1, 1
    for number, line in enumerate(text.splitlines(), 1):
        if _ENTRY.match(line):
            seen += 1
            if seen == entry:
                where = number
            elif seen > entry >= 0:
                break
        elif seen == entry and re.match(rf"\s*\[*\s*[\"']?{re.escape(key)}[\"']?\s*[=\].]", line):
            return number
    return where


def _table(entry: ArticleMetadata) -> Table:
    import tomlkit

    table = tomlkit.table()
    for key in ("file", "id", "headline", "kicker"):
        if getattr(entry, key):
            table[key] = getattr(entry, key)
    if entry.authors:
        table["authors"] = list(entry.authors)
    if entry.publisher:
        table["publisher"] = entry.publisher
    if entry.published:
        table["published"] = write_published(entry.published)
        if entry.published.inferred:
            table["inferred"] = True
        if entry.published.clue:
            table["clue"] = entry.published.clue
    for key in ("source", "sha256"):
        if getattr(entry, key):
            table[key] = getattr(entry, key)
    for key in ("gaps", "captions"):
        if getattr(entry, key):
            table[key] = list(getattr(entry, key))
    return table


def _replace(path: Path, text: str, expected: tuple[ArticleMetadata, ...]) -> None:
    """Write beside the file, then rename over it: a crash leaves the old file whole.

    An edit that does not read back as meant (an entry spelt in a way that the edit does not know) changes nothing.
    """
    if parse_metadata(text) != expected:
        raise CorpusError(_ODD)
    handle = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=".articles-", delete=False) as handle:
            handle.write(text.encode("utf-8"))
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(handle.name).replace(path)
    except OSError as error:
        if handle:
            Path(handle.name).unlink(missing_ok=True)
        raise StorageError(f"{FILE_NAME} 写不进去（{error.strerror}），原文件没有改动，请检查磁盘和权限。") from error
