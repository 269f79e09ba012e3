"""A folder of articles → a Corpus. One bad file is refused by name; the others go on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from corpus.errors import CorpusError, UnreadableFile
from corpus.metadata import FILE_NAME, ArticleMetadata, read_metadata
from corpus.reading import SourceText, read_source
from corpus.records import Article
from corpus.repairing import repair


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


def load_corpus(folder: Path, on_file: Callable[[int, int], None] | None = None) -> Corpus:
    """Read every article under `folder`; hidden files and articles.toml are none.

    `on_file(done, total)` is called after each file. Raises CorpusError when the folder is missing, holds no readable
    article, or its articles.toml is wrong.
    """
    if not folder.is_dir():
        what = "不是文件夹" if folder.exists() else "不存在"
        raise CorpusError(f"文章文件夹 {folder} {what}，请用 --corpus 指定放文章的文件夹。")
    metadata = {entry.file: entry for entry in read_metadata(folder)}
    paths = _files(folder)
    sources: dict[str, SourceText] = {}
    refused: list[RefusedFile] = []
    seen: dict[str, str] = {}
    # Files that people described come first, so that of two equal ones the described one stays.
    for done, name in enumerate(sorted(paths, key=lambda name: (name not in metadata, name)), 1):
        try:
            source = replace(read_source(paths[name]), file_name=name)
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


def _files(folder: Path) -> dict[str, Path]:
    """Return the files below `folder` by their name relative to it, with forward slashes."""
    found: dict[str, Path] = {}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        article = path.is_file() or not path.exists()  # a link to nowhere is a missing file, which must be named
        if article and inside.name != FILE_NAME and not any(part.startswith(".") for part in inside.parts):
            found[inside.as_posix()] = path
    return found


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
        about = (article.id, article.source_sha256, article.headline_inferred, *said, article.gaps, blocks)
        whole.update(hashlib.sha256(repr((about, article.text)).encode("utf-8", "surrogatepass")).digest())
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
