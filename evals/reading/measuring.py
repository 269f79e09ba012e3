"""How much of made-up files is read and answered, beside plain readers of the same kind."""

from __future__ import annotations

import io
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean

from corpus.benchmark import agreement
from corpus.chinese.text import fold
from corpus.decoding import decode
from corpus.loading import load_corpus
from corpus.records import Article, BlockKind
from evals.reading.making import Made
from index.search.embedding import load_embedder
from index.storage.store import build_index, open_index
from rag.answerer import ExtractiveAnswerer
from rag.reading.finder import Models


@dataclass(slots=True)
class TextsRead:
    """What became of texts: mean P, R and F1 of the character 5-grams for each reader, and what was told exactly."""

    files: int
    scores: dict[str, tuple[float, float, float]]
    below: int
    headlines: int
    days: int
    flagged: int
    seconds: float


@dataclass(slots=True)
class TablesRead:
    """What became of tables and lists: cells and lists there are, read as such, answered; `missed` names the rest."""

    cells: int = 0
    cells_read: int = 0
    cells_answered: int = 0
    lists: int = 0
    lists_read: int = 0
    lists_answered: int = 0
    plain: int = 0  # cells that pdfplumber by itself puts into the row of their name
    missed: list[str] = field(default_factory=list)


def measure_texts(made: Sequence[Made]) -> TextsRead:
    """Read the texts; raises CorpusError when none can be read."""
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.perf_counter()
        articles = _read(made, Path(scratch))
        seconds = (time.perf_counter() - begun) / len(made)
    ours = [agreement(_said(articles[one.name]) if one.name in articles else "", one.text) for one in made]
    plain = [agreement(_PLAIN[_kind(one)](one.data), one.text) for one in made]
    found = [(one, articles[one.name]) for one in made if one.name in articles]
    return TextsRead(
        len(made),
        {"linping": _means(ours), _PLAIN[_kind(made[0])].__name__.strip("_"): _means(plain)},
        sum(f1 < 0.5 for _, _, f1 in ours),
        sum(_bare(article.headline) == _bare(one.headline) for one, article in found),
        sum(
            bool(a.published and a.published.first == a.published.last and a.published.first.isoformat() == one.day)
            for one, a in found
        ),
        sum(bool(article.reading.warnings) for _, article in found) + len(made) - len(found),
        seconds,
    )


def _said(article: Article) -> str:
    """Return an article without what it holds to be no text of it: running heads, and when and where it appeared."""
    kept = [block for block in article.blocks if block.kind not in (BlockKind.BYLINE, BlockKind.COLUMN)]
    return "\n".join(article.text[block.start : block.end] for block in kept)


def measure_tables(made: Sequence[Made]) -> TablesRead:
    """Read and index the files, and ask for every cell and every list."""
    found = TablesRead()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        articles = _read(made, folder / "articles")
        embedder = load_embedder()
        build_index(load_corpus(folder / "articles"), folder / "index", embedder)
        answerer = ExtractiveAnswerer(open_index(folder / "index", embedder), Models.built_in())
        for one in made:
            _cells(one, articles[one.name], answerer, found)
            _lists(one, articles[one.name], answerer, found)
            found.plain += _in_plain_rows(one) if _kind(one) == "pdf" else 0
    return found


def _cells(one: Made, article: Article, answerer: ExtractiveAnswerer, found: TablesRead) -> None:
    told = [
        (
            fold(article.text[row.start : row.end]),
            fold(article.text[cell.header.start : cell.header.end]),
            article.text[cell.value.start : cell.value.end],
        )
        for row in article.rows
        for cell in row.cells
    ]
    for cell in one.cells:
        found.cells += 1
        value = cell.value + cell.unit
        found.cells_read += any(
            cell.row in row and header == fold(cell.column) and said == value for row, header, said in told
        )
        question = f"{cell.row}{cell.column}是多少？"
        short = answerer.answer(question).short_answer or ""
        if short == value:
            found.cells_answered += 1
        else:
            found.missed.append(f"{one.name}：{question} {value} → {short or '没有回答'}")


def _lists(one: Made, article: Article, answerer: ExtractiveAnswerer, found: TablesRead) -> None:
    listed = [article.text[block.start : block.end] for block in article.blocks if block.kind is BlockKind.LIST]
    for wanted in one.lists:
        found.lists += 1
        found.lists_read += any(all(item in text for item in wanted.items) for text in listed)
        answer = answerer.answer(wanted.question).answer
        if all(item in answer for item in wanted.items):
            found.lists_answered += 1
        else:
            found.missed.append(f"{one.name}：{wanted.question} → {answer[:40]}")


def _in_plain_rows(one: Made) -> int:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(one.data)) as pdf:
        rows = [
            [_bare(cell or "") for cell in row]
            for page in pdf.pages
            for table in page.extract_tables()
            for row in table
        ]
    return sum(any(cell.row in row and cell.value in row for row in rows) for cell in one.cells)


def _read(made: Sequence[Made], folder: Path) -> dict[str, Article]:
    folder.mkdir(parents=True, exist_ok=True)
    for one in made:
        (folder / one.name).write_bytes(one.data)
    return {article.file_name: article for article in load_corpus(folder).articles}


def _kind(one: Made) -> str:
    return one.name.rpartition(".")[2]


def _means(scores: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    precision, recall, f1 = (fmean(column) for column in zip(*scores, strict=True))
    return precision, recall, f1


def _bare(text: str) -> str:
    return "".join(text.split())


def _as_it_stands(data: bytes) -> str:
    return decode(data).text


def _trafilatura(data: bytes) -> str:
    import trafilatura

    return trafilatura.extract(data.decode("utf-8"), include_comments=False) or ""


def _python_docx(data: bytes) -> str:
    import docx

    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


def _pdfplumber(data: bytes) -> str:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as pdf:
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


_PLAIN: dict[str, Callable[[bytes], str]] = {
    "txt": _as_it_stands,
    "md": _as_it_stands,
    "html": _trafilatura,
    "docx": _python_docx,
    "pdf": _pdfplumber,
}
