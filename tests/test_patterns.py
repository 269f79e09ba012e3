"""F47: nothing that repeats makes a question or a file take long: no pattern of ours begins anew at every place."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import pytest

from corpus.decoding import Decoded, SourceText, decode
from corpus.errors import LinpingError
from corpus.formats.html import read_html
from corpus.formats.markdown import read_markdown
from corpus.repair.repairing import repair
from index.search.embedding import STATIC, load_embedder
from rag.reading.finder import Models
from tests.indexes import answerer_of, write_articles
from ui.leads.texts import parse_csv, parse_mail

LONG = 20_000  # characters of a file; a question has at most 1,000
SECONDS = 20.0  # of the processor, for what takes about one; what grows with the square takes minutes
PIECES = (
    "1",
    "１",
    "一",
    "十",
    "1,",
    "1.",
    "1-",
    "%",
    "1年",
    "1月1日",
    "万",
    "亿元",
    "第一",
    "a",
    "a ",
    " ",
    "\u3000",
    "\n",
    "。",
    "，",
    "、",
    "和",
    "《",
    "》",
    "“",
    "（",
    "(",
    "<",
    "<a ",
    "-",
    "——",
    "|",
    "*",
    "#",
    "[1]",
    "&",
    "=",
    "？",
    "多少",
    "的",
    "临平",
    "企业",
    "：",
    "/",
    "\\",
    "@",
    "_",
    "说",
    "注",
    "表",
    "单位：",
    "ﷺ",
    "e\u0301",
)


class TooLong(Exception):
    pass


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise TooLong


@contextmanager
def clock(seconds: float) -> Iterator[None]:
    """Raise TooLong when the block takes more of the processor."""
    before = signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def too_long(work: Callable[[str], object], texts: list[str], seconds: float = SECONDS) -> list[str]:
    """Return the beginnings of the texts that `work` is not done with in time."""
    found = []
    for text in texts:
        try:
            with clock(seconds):
                work(text)
        except LinpingError:
            continue
        except TooLong:
            found.append(text[:12])
    return found


def test_the_clock_stops_a_pattern_that_would_take_years() -> None:
    import re

    assert too_long(re.compile(r"(a+)+$").match, ["a" * 60 + "!"], 0.2) == ["a" * 12]


def _article(decoded: Decoded) -> None:
    repair(
        SourceText(
            "a.txt", decoded.text, "txt", decoded.encoding, "0" * 64, decoded.marks, decoded.about, decoded.warnings
        )
    )


READERS: dict[str, Callable[[str], object]] = {
    "txt": lambda text: _article(decode(text.encode())),
    "md": lambda text: _article(read_markdown(text.encode())),
    "html": lambda text: _article(read_html(f"<html><body><p>{text}</p></body></html>".encode())),
    "mail": parse_mail,
    "csv": lambda text: parse_csv(text.encode()),
}


@pytest.mark.slow
@pytest.mark.parametrize("reader", READERS)
def test_f47_a_file_of_whatever_repeats_is_read_or_refused_soon(reader: str) -> None:
    assert too_long(READERS[reader], [f"临平新闻\n\n{(piece * LONG)[:LONG]}\n完。" for piece in PIECES]) == []


@pytest.mark.slow
def test_f47_a_question_of_whatever_repeats_is_answered_soon(tmp_path: Path, models: Models) -> None:
    text = "石泉镇游泳馆改建竣工\n\n石泉晚报2025年3月8日讯 石泉镇游泳馆改建竣工，总投资2600万元，设泳道10条。\n"
    articles = write_articles(tmp_path / "articles", {"a.txt": text})
    answerer = answerer_of(articles, tmp_path / "index", models, load_embedder(STATIC))
    assert too_long(answerer.answer, [f"{(piece * 990)[:990]}临平" for piece in PIECES]) == []
