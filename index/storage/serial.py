"""Articles and passages as JSON lines: how an index keeps them, so that answering never reads the corpus folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from corpus.records import (
    Article,
    Block,
    BlockKind,
    Cell,
    Inference,
    Passage,
    Precision,
    Published,
    Reading,
    Row,
    Segment,
    Span,
    TimeMention,
)
from index.storage.generations import Damaged


def to_line(article: Article, passages: Sequence[Passage]) -> bytes:
    """Return one line of UTF-8 JSON and its newline; equal records give equal bytes."""
    record = {"article": _article(article), "passages": [_passage(passage) for passage in passages]}
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass") + b"\n"  # a source may hold a lone surrogate; what was printed is kept


def from_line(line: bytes) -> tuple[Article, tuple[Passage, ...]]:
    """Return the records of one line; raises Damaged when the line holds something else."""
    try:
        record = json.loads(line.decode("utf-8", "surrogatepass"))
        article = _read_article(record["article"])
        return article, tuple(_read_passage(passage, article) for passage in record["passages"])
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Damaged(
            "articles.jsonl 里有一篇文章读不懂：请运行 linping doctor 看是哪一代坏了，删去它的文件夹，再运行 linping index"
        ) from error


def _article(article: Article) -> dict[str, Any]:
    published = article.published
    return {
        "id": article.id,
        "text": article.text,
        "blocks": [[block.kind.value, block.start, block.end, block.level] for block in article.blocks],
        "segments": [[segment.start, segment.source_start, segment.length] for segment in article.segments],
        "gaps": list(article.gaps),
        "headline": article.headline,
        "kicker": article.kicker,
        "authors": list(article.authors),
        "publisher": article.publisher,
        "published": published
        and {
            "first": published.first.isoformat(),
            "last": published.last.isoformat(),
            "inferred": published.inferred,
            "clue": published.clue,
        },
        "file_name": article.file_name,
        "source_sha256": article.source_sha256,
        "headline_inferred": article.headline_inferred,
        "rows": [[row.table, row.start, row.end, [_spans(cell) for cell in row.cells]] for row in article.rows],
        "reading": _reading(article.reading),
    }


def _spans(cell: Cell) -> list[int]:
    return [cell.header.start, cell.header.end, cell.value.start, cell.value.end]


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "version": reading.version,
        "format": reading.format,
        "lists": reading.lists,
        "inferences": [[one.what, one.how, one.confidence] for one in reading.inferences],
        "warnings": list(reading.warnings),
    }


def _read_reading(record: dict[str, Any]) -> Reading:
    return Reading(
        record["version"],
        record["format"],
        record["lists"],
        tuple(Inference(*one) for one in record["inferences"]),
        tuple(record["warnings"]),
    )


def _read_article(record: dict[str, Any]) -> Article:
    published = record["published"]
    return Article(
        id=record["id"],
        text=record["text"],
        blocks=tuple(Block(BlockKind(kind), start, end, level) for kind, start, end, level in record["blocks"]),
        segments=tuple(Segment(*segment) for segment in record["segments"]),
        gaps=tuple(record["gaps"]),
        headline=record["headline"],
        kicker=record["kicker"],
        authors=tuple(record["authors"]),
        publisher=record["publisher"],
        published=published
        and Published(
            date.fromisoformat(published["first"]),
            date.fromisoformat(published["last"]),
            published["inferred"],
            published["clue"],
        ),
        file_name=record["file_name"],
        source_sha256=record["source_sha256"],
        headline_inferred=record["headline_inferred"],
        # an index of an earlier version has neither
        rows=tuple(
            Row(table, start, end, tuple(Cell(Span(a, b), Span(c, d)) for a, b, c, d in cells))
            for table, start, end, cells in record.get("rows", ())
        ),
        reading=_read_reading(record["reading"]) if "reading" in record else Reading(),
    )


def _passage(passage: Passage) -> dict[str, Any]:
    """The text is left out: it is the article's."""
    return {
        "start": passage.start,
        "end": passage.end,
        "kind": passage.kind.value,
        "heading_path": list(passage.heading_path),
        "sentences": [[span.start, span.end] for span in passage.sentences],
        "times": [
            [time.start, time.end, time.text, _iso(time.first), _iso(time.last), time.precision.value]
            for time in passage.times
        ],
    }


def _read_passage(record: dict[str, Any], article: Article) -> Passage:
    start, end = record["start"], record["end"]
    return Passage(
        article_id=article.id,
        start=start,
        end=end,
        text=article.text[start:end],
        kind=BlockKind(record["kind"]),
        heading_path=tuple(record["heading_path"]),
        sentences=tuple(Span(*span) for span in record["sentences"]),
        times=tuple(
            TimeMention(begin, stop, text, _date(first), _date(last), Precision(precision))
            for begin, stop, text, first, last, precision in record["times"]
        ),
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
