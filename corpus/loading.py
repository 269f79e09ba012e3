"""A folder of articles → a Corpus. One bad file is refused by name; the others go on."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from queue import SimpleQueue

from corpus.decoding import SourceText
from corpus.errors import CorpusError, UnreadableFile
from corpus.reading import read_source
from corpus.records import Article
from corpus.repair.metadata import FILE_NAME, ArticleMetadata, read_metadata
from corpus.repair.repairing import repair


@dataclass(frozen=True, slots=True)
class RefusedFile:
    """A file that is not in the corpus, and why, in one sentence."""

    file_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """Articles in the order of their file names.

    `digest` is the SHA-256 of everything that answers depend on; the order of the files does not change it.
    `notices` are sentences about what was found odd but loaded all the same.
    """

    articles: tuple[Article, ...]
    refused: tuple[RefusedFile, ...]
    digest: str
    notices: tuple[str, ...] = ()


def load_corpus(folder: Path, on_file: Callable[[int, int], None] | None = None, *, ocr: bool = False) -> Corpus:
    """Read every article under `folder`; hidden files and articles.toml are none.

    `on_file(done, total)` is called after each file; `ocr` as in `read_source`. Raises CorpusError when the folder is missing, holds no readable
    article, or its articles.toml is wrong.
    """
    if not folder.is_dir():
        what = "不是文件夹" if folder.exists() else "不存在"
        raise CorpusError(f"文章文件夹 {folder} {what}，请用 --corpus 指定放文章的文件夹。")
    metadata = {entry.file: entry for entry in read_metadata(folder)}
    refused: list[RefusedFile] = []
    paths = _files(folder, refused)
    sources: dict[str, SourceText] = {}
    seen: dict[str, str] = {}
    # Files that people described come first, so that of two equal ones the described one stays.
    names = sorted(paths, key=lambda name: (name not in metadata, name))
    for done, (name, read) in enumerate(_read_all(names, paths, ocr), 1):
        try:
            if isinstance(read, UnreadableFile):
                raise read
            source = replace(read, file_name=name)
            if source.sha256 in seen:
                raise UnreadableFile(f"{name}：内容与 {seen[source.sha256]} 完全相同，只收一份。")
        except UnreadableFile as error:
            refused.append(RefusedFile(name, str(error)))
        else:
            seen[source.sha256] = name
            sources[name] = source
        if on_file:
            on_file(done, len(paths))
    if not sources:
        raise CorpusError(_nothing(folder, refused))
    ids = _ids(sorted(sources), metadata)
    articles = []
    for name in sorted(sources):
        entry = metadata.get(name) or ArticleMetadata(file=name, id=ids[name])
        articles.append(repair(sources[name], entry))
    refused.sort(key=lambda file: file.file_name)
    return Corpus(tuple(articles), tuple(refused), _digest(articles), tuple(_notices(sources, paths, metadata)))


def load_files(folder: Path, names: Sequence[str], *, ocr: bool = False) -> tuple[Article, ...]:
    """Read some files of a folder as `load_corpus` would; those of equal stems or contents are not looked for.

    Raises UnreadableFile, CorpusError when articles.toml is wrong.
    """
    metadata = {entry.file: entry for entry in read_metadata(folder)}
    read = [replace(read_source(folder / name, ocr=ocr), file_name=name) for name in names]
    return tuple(
        repair(one, metadata.get(one.file_name) or ArticleMetadata(file=one.file_name, id=Path(one.file_name).stem))
        for one in read
    )


_READERS = min(4, os.cpu_count() or 1)  # files that are read at once


def _read_all(names: list[str], paths: dict[str, Path], ocr: bool) -> Iterator[tuple[str, SourceText | UnreadableFile]]:
    """Yield every file as read, or why it was not, in the order of `names`."""
    from corpus.formats.sandbox import Child

    idle: SimpleQueue[Child] = SimpleQueue()
    children = [Child() for _ in range(_READERS)]

    def read(name: str) -> SourceText | UnreadableFile:
        child = idle.get()
        try:
            return read_source(paths[name], ocr=ocr, apart=child.read)
        except UnreadableFile as error:
            return error
        finally:
            idle.put(child)

    for child in children:
        idle.put(child)
    threads = ThreadPoolExecutor(_READERS)
    try:
        yield from zip(names, threads.map(read, names), strict=True)
    finally:
        threads.shutdown(cancel_futures=True)  # whoever stops half-way does not wait for the rest
        for child in children:
            child.close()


def _files(folder: Path, refused: list[RefusedFile]) -> dict[str, Path]:
    """Return the files below `folder` by their name relative to it, with forward slashes.

    What cannot be taken for what it is called goes to `refused`: a name that is no UTF-8, a link that leads out of the
    folder, a folder that cannot be opened.
    """
    found: dict[str, Path] = {}
    root = folder.resolve()

    def unreadable(error: OSError) -> None:
        name = _shown(os.path.relpath(error.filename, folder))
        refused.append(RefusedFile(name, f"{name}：文件夹打不开（{error.strerror}），请检查权限。"))

    for where, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in list(folders):
            path = Path(where, name)
            if path.is_symlink():
                folders.remove(name)
                shown = _shown(path.relative_to(folder).as_posix())
                refused.append(RefusedFile(shown, f"{shown}：是指向别的文件夹的链接，没有跟进去；请放入文件夹本身。"))
        for name in sorted(names):
            path = Path(where, name)
            inside = path.relative_to(folder).as_posix()
            if name == FILE_NAME or name.startswith("."):
                continue
            shown = _shown(inside)
            if shown != inside:
                refused.append(RefusedFile(shown, f"{shown}：文件名里有乱码或看不见的字符，请改名后重试。"))
            elif path.is_symlink() and path.exists() and not path.resolve().is_relative_to(root):
                refused.append(RefusedFile(inside, f"{inside}：链接指向文件夹之外，没有读；请放入文件本身。"))
            else:
                found[inside] = path
    return found


def _shown(name: str) -> str:
    """Return a file's name as it can be printed: bytes that are no UTF-8 as \\xb4, line ends and the like as spaces."""
    printable = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(" " if character in "\n\r\t" else character for character in printable)


def _ids(names: list[str], metadata: dict[str, ArticleMetadata]) -> dict[str, str]:
    """Return an id for every file: as described, else its stem, else (two files of one stem) its whole name."""
    taken = {entry.id for entry in metadata.values()}
    ids: dict[str, str] = {}
    for name in names:
        if name in metadata:
            ids[name] = metadata[name].id
            continue
        ids[name] = Path(name).stem if Path(name).stem not in taken else name
        taken.add(ids[name])
    return ids


def _digest(articles: list[Article]) -> str:
    """SHA-256 over the articles in the order of their ids."""
    whole = hashlib.sha256()
    for article in sorted(articles, key=lambda article: article.id):
        blocks = [(block.kind.value, block.start, block.end, block.level) for block in article.blocks]
        said = (article.headline, article.kicker, article.authors, article.publisher, article.published)
        rows = [(row.table, row.start, row.end, row.cells) for row in article.rows]
        about = (article.id, article.source_sha256, article.headline_inferred, *said, article.gaps, blocks, rows)
        whole.update(
            hashlib.sha256(repr(((*about, article.reading), article.text)).encode("utf-8", "surrogatepass")).digest()
        )
    return whole.hexdigest()


def _notices(sources: dict[str, SourceText], paths: dict[str, Path], metadata: dict[str, ArticleMetadata]) -> list[str]:
    notices = []
    for name, entry in metadata.items():
        if name not in paths:
            notices.append(f"{FILE_NAME} 里写了 {name}，文件夹里没有这个文件。")
        elif name in sources and entry.sha256 and entry.sha256 != sources[name].sha256:
            notices.append(f"{name} 与 {FILE_NAME} 里的 sha256 不符，文件改动过；已按现在的内容收录，请核对。")
    return notices


def _nothing(folder: Path, refused: list[RefusedFile]) -> str:
    if not refused:
        return f"文章文件夹 {folder} 里没有文章，请放入 .txt、.md、.html、.pdf 或 .docx 文件。"
    return f"文章文件夹 {folder} 里的 {len(refused)} 个文件都读不了，例如 {refused[0].reason}"
