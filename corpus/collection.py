"""Adding articles to a folder and taking them out, so that nothing is lost on the way."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from corpus.decoding import decode
from corpus.errors import CorpusError, StorageError
from corpus.fetching import fetch_page
from corpus.lines.bundles import beginnings
from corpus.lines.layout import is_rule, split_lines
from corpus.loading import load_corpus
from corpus.reading import read_bytes, read_source
from corpus.records import Article
from corpus.repair.metadata import (
    ArticleMetadata,
    add_entry,
    change_entry,
    parse_published,
    read_metadata,
    remove_entry,
)
from corpus.repair.repairing import SPLITS, repair

_REMOVED = ".removed"  # hidden: no reader looks into it


def add_article(folder: Path, file: Path, *, ocr: bool = False, address: str = "") -> Article:
    """Copy `file`, which came from `address` if any, into `folder`, enter what can be inferred of it in articles.toml, and return the article.

    Raises UnreadableFile when it cannot be read, CorpusError when the folder holds it already, StorageError.
    """
    source = read_source(file, ocr=ocr)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / file.name
    if target.exists():
        raise CorpusError(f"文章文件夹里已有 {file.name}；请改名后再收入，或先移出原来那篇。")
    present = load_corpus(folder, ocr=ocr).articles if any(folder.iterdir()) else ()
    for article in present:
        if article.source_sha256 == source.sha256:
            raise CorpusError(
                f"{file.name} 与已收入的《{article.headline}》（{article.id}）内容完全相同，没有重复收入。"
            )
    article = repair(source)
    if any(other.id == article.id for other in present):
        raise CorpusError(f"已有编号为 {article.id} 的文章；请给 {file.name} 改名后再收入。")
    try:
        shutil.copyfile(file, target)
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StorageError(f"{target} 写不进去（{error.strerror}），请检查磁盘空间和权限。") from error
    try:
        add_entry(folder, _entry(article, source.sha256, address))
    except Exception:
        target.unlink(missing_ok=True)
        raise
    return article


def add_bytes(folder: Path, name: str, data: bytes, *, ocr: bool = False, address: str = "") -> Article:
    """Add what came under a file name from a page or an upload. Raises as `add_article` does."""
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch, name)
        file.write_bytes(data)
        return add_article(folder, file, ocr=ocr, address=address)


def add_page(folder: Path, address: str, *, ocr: bool = False) -> Article:
    """Fetch one page and add it as it was sent. Raises as `fetch_page` and `add_article` do."""
    fetched = fetch_page(address)
    return add_bytes(folder, fetched.file_name, fetched.data, ocr=ocr, address=fetched.address)


def split_article(folder: Path, file_name: str) -> list[str]:
    """Write each article of a text file of `folder` into a file of its own, move the file itself out of sight, and return the names.

    Raises UnreadableFile when it cannot be read, CorpusError when it holds one article or a name is taken, StorageError.
    """
    file = folder / file_name
    if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
        raise CorpusError(f"文章文件夹里没有 {file_name}；运行 linping articles list 查看全部。")
    parts = articles_within(file)
    if len(parts) < 2:
        raise CorpusError(f"{file_name} 里看不出几篇文章，没有拆；请用文本编辑器拆成单篇。")
    names = [f"{file.stem}-{number}{file.suffix}" for number in range(1, len(parts) + 1)]
    if taken := [name for name in names if file.with_name(name).exists()]:
        raise CorpusError(f"文章文件夹里已有 {taken[0]}；请先把它或 {file_name} 改名。")
    kept = folder / _REMOVED / file_name
    written = []
    try:
        for name, part in zip(names, parts, strict=True):
            written.append(file.with_name(name))
            written[-1].write_text(part, encoding="utf-8")
        kept.parent.mkdir(parents=True, exist_ok=True)
        file.replace(kept)
    except OSError as error:
        for one in written:
            one.unlink(missing_ok=True)
        raise StorageError(f"{file_name} 拆不开（{error.strerror}），原文件没有改动，请检查磁盘空间和权限。") from error
    entry = next((one for one in read_metadata(folder) if one.file == file_name), None)
    if entry is not None:
        remove_entry(folder, entry.id)
    return [one.relative_to(folder).as_posix() for one in written]


def articles_within(file: Path) -> list[str]:
    """Return the articles that one text file holds, word for word; [] when it looks like one, or is of another kind.

    Raises UnreadableFile.
    """
    if file.suffix.lower().lstrip(".") not in SPLITS:
        return []
    text = decode(read_bytes(file)).text
    lines = split_lines(text)
    begins = [lines[at].start for at in beginnings(lines)]
    if not begins:
        return []
    parts = (text[begin:end].rstrip().splitlines() for begin, end in pairwise([0, *begins[1:], len(text)]))
    return ["\n".join(part[:-1] if is_rule(part[-1].strip()) else part).strip() + "\n" for part in parts]


def remove_article(folder: Path, article_id: str, *, ocr: bool = False) -> Path:
    """Move an article's file out of the folder's sight, take it out of articles.toml, and return where the file lies."""
    found = next((article for article in load_corpus(folder, ocr=ocr).articles if article.id == article_id), None)
    if found is None:
        raise CorpusError(f"没有编号为 {article_id} 的文章；运行 linping articles list 查看全部编号。")
    kept = folder / _REMOVED / found.file_name
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        (folder / found.file_name).replace(kept)
    except OSError as error:
        raise StorageError(f"{found.file_name} 移不出来（{error.strerror}），请检查权限。") from error
    if any(entry.id == article_id for entry in read_metadata(folder)):
        remove_entry(folder, article_id)
    return kept


def correct_article(
    folder: Path, article_id: str, *, headline: str = "", published: str = "", publisher: str = "", ocr: bool = False
) -> None:
    """Write into articles.toml what people know better of an article; what is left empty stays as it was.

    `published` is a day, a month, a year or a range, as in articles.toml. Raises CorpusError, StorageError.
    """
    article = next((one for one in load_corpus(folder, ocr=ocr).articles if one.id == article_id), None)
    if article is None:
        raise CorpusError(f"没有编号为 {article_id} 的文章；运行 linping articles list 查看全部编号。")
    try:
        day = parse_published(published.strip()) if published.strip() else None
    except ValueError as error:
        raise CorpusError(f"「{published}」不是日期，请写成 2024-05-06、2024-05、2024 或 2024-05/2024-06。") from error
    known = next((one for one in read_metadata(folder) if one.id == article_id), None) or _entry(
        article, article.source_sha256, ""
    )
    change_entry(
        folder,
        replace(
            known,
            headline=" ".join(headline.split()) or known.headline,
            publisher=" ".join(publisher.split()) or known.publisher,
            published=day or known.published,
        ),
    )


def removed_files(folder: Path) -> list[str]:
    """Return the names of the files that were taken out and can be put back."""
    kept = folder / _REMOVED
    return sorted(str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()) if kept.is_dir() else []


def restore_article(folder: Path, file_name: str) -> None:
    """Put a file back that was taken out. Raises CorpusError, StorageError."""
    if file_name not in removed_files(folder):
        raise CorpusError(f"没有移出过 {file_name}；可以放回的有：{'、'.join(removed_files(folder)) or '无'}。")
    if (folder / file_name).exists():
        raise CorpusError(f"文章文件夹里已有 {file_name}，请先移出那一篇。")
    try:
        (folder / _REMOVED / file_name).replace(folder / file_name)
    except OSError as error:
        raise StorageError(f"{file_name} 放不回去（{error.strerror}），请检查权限。") from error


def _entry(article: Article, sha256: str, address: str) -> ArticleMetadata:
    return ArticleMetadata(
        id=article.id,
        file=article.file_name,
        headline="" if article.headline_inferred else article.headline,  # a guess must go on looking like one
        kicker=article.kicker,
        authors=article.authors,
        publisher=article.publisher,
        published=article.published,
        source=address,
        sha256=sha256,
    )
