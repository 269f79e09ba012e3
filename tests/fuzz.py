"""`python -m tests.fuzz WHAT --minutes N`: throw things at the questions, the doors or the readers until the time is up.

The strategies are hypothesis's; with `--atheris`, in Python 3.11 or later and where it is installed, the readers are led by
what of their code has been reached. What is found is printed as small as it can be made, and ends the run with 1.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from corpus.errors import LinpingError, QuestionError
from tests.corpus import papers
from tests.ui.leads import files

_MEMORY: Final = 4_000_000_000
_AT_ONCE: Final = 50


def until(minutes: float, round_of: Callable[[int], int]) -> int:
    """Call `round_of` with ever new seeds until the time is up; return how many examples there were."""
    end, done, number = time.monotonic() + minutes * 60, 0, 0
    while time.monotonic() < end:
        done += round_of(number)
        number += 1
    return done


def rounds(strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> Callable[[int], int]:
    """Return a round: so many examples of `strategy`, each given to `check`."""

    def one(number: int) -> int:
        count = 0

        @seed(number)
        @settings(
            max_examples=_AT_ONCE,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        @given(strategy)
        def run(example: Any) -> None:
            nonlocal count
            count += 1
            check(example)

        run()
        return count

    return one


# ── questions ───────────────────────────────────────────────────────────────────────────────────────────────────────

_ODD: Final = (
    "2028年",
    "去年",
    "到2028年",
    "1/0",
    "0",
    "-1",
    "99999999999999999999",
    "１２",
    "三分之一",
    "百分之",
    "零点五",
    "第〇",
    "万亿亿",
    "%",
    "‰",
    "?" * 40,
    "《",
    "》",
    "“",
    "（（（",
    "[1]",
    "{context}",
    "</article>",
    "$$",
    "\\",
    "\u3000",
    "\u200b",
    "\U0001f468\u200d\U0001f469",
    "e\u0301",
    "ﷺ",
    "臨平",
    "linping",
    "lin ping",
    "和",
    "或",
    "比",
    "多少",
    "几",
    "哪些",
    "为什么",
    "不是",
    "吗",
    "经开区",
    "全区",
    "上半年",
    "同比",
    "增长",
    "合计",
    "一共",
    "相差",
    "其中",
    "它",
    "那里",
    "第二个",
    "刚才",
    "谁",
    "；",
    "。",
    "\n",
    "1. ",
    "2、",
)


def questions() -> st.SearchStrategy[Any]:
    """Return questions cut from real ones and odd pieces, each with up to two that came before."""
    from ui.trials.serving import ASKED

    pieces = [part for one in ASKED for part in (one, one[: len(one) // 2], one[len(one) // 2 :])]
    words = st.lists(st.sampled_from([*pieces, *_ODD]) | st.text(max_size=8), min_size=1, max_size=8).map("".join)
    return st.tuples(words, st.lists(words, max_size=2))


def ask_anything() -> Callable[[Any], None]:
    """Return a check: an answer that holds against the articles, or a refusal in words."""
    from rag.citing import faults
    from rag.reading.finder import Models
    from tests.indexes import answerer_of
    from ui.page import render
    from ui.settings import Settings
    from ui.web.api_openai import content_of

    with tempfile.TemporaryDirectory(prefix="linping-fuzz-") as folder:
        answerer = answerer_of(Settings().corpus, Path(folder), Models.built_in())

    def check(example: tuple[str, list[str]]) -> None:
        question, before = example
        history: list[tuple[str, str]] = []
        for asked in [*before, question]:
            try:
                answer = answerer.answer(asked, history)
            except QuestionError:
                continue
            wrong = faults(answer, answerer.articles)
            assert not wrong, (asked, history, wrong)
            render.answer_turn("t1", answer, answerer.articles)
            json.dumps(content_of(answer)).encode()
            history.append((asked, answer.answer))

    return check


# ── doors ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def doors() -> tuple[st.SearchStrategy[Any], Callable[[Any], None]]:
    from starlette.testclient import TestClient

    from tests.fakes_ui import ScriptedAnswerer, site
    from tests.ui import test_fuzz
    from ui.service.hosting import Hosting
    from ui.service.limits import ServerLimits
    from ui.web.server import build_server

    bodies = {
        "/v1/chat/completions": test_fuzz.CHAT | test_fuzz.JSON,
        "/v1/embeddings": test_fuzz.TEXTS | test_fuzz.JSON,
        "/api/ask": test_fuzz.ASK | test_fuzz.JSON,
        "/mcp": test_fuzz.RPC | st.lists(test_fuzz.RPC, max_size=2) | test_fuzz.JSON,
        "/page/export/md": test_fuzz.JSON,
        "/page/export/docx": test_fuzz.JSON,
        "/page/why": test_fuzz.JSON,
        "/page/feedback": test_fuzz.JSON,
        "/gradio_api/queue/join": test_fuzz.JSON
        | st.fixed_dictionaries(
            {"data": st.lists(test_fuzz.JSON, max_size=5), "fn_index": test_fuzz.JSON, "session_hash": test_fuzz.WORDS}
        ),
    }
    sent = st.one_of(
        *(
            st.tuples(st.just(path), body.map(test_fuzz.as_body) | st.binary(max_size=100))
            for path, body in bodies.items()
        )
    )
    app = build_server(ScriptedAnswerer(), site(hosting=Hosting(limits=ServerLimits(seconds=2.0))))
    client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000), raise_server_exceptions=False)
    client.__enter__()
    return sent, lambda example: test_fuzz.sent(client, *example)


# ── readers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def papers_of_all_kinds() -> list[tuple[str, bytes]]:
    """Return a whole file of each kind that is read, with the name of its reader."""
    text = papers.as_text().encode()
    return [
        ("txt", text),
        ("txt", papers.as_text().encode("gb18030")),
        ("md", text),
        ("html", papers.as_html().encode()),
        ("docx", papers.as_docx()),
        ("pdf", papers.as_pdf()),
        ("desk xlsx", files.sheet()),
        ("desk docx", files.word()),
        ("desk pdf", files.pdf()),
        ("desk csv", "问题,答复\n面积多大？,\n".encode()),
        ("desk txt", "您好：\n1. 面积多大？\n2、有多少企业？\n".encode()),
    ]


def read(kind: str, data: bytes) -> None:
    """Read a file of a kind in this process: text, or a refusal in words; anything else is a fault."""
    from corpus.decoding import Decoded, SourceText, decode
    from corpus.formats.child import _read
    from corpus.formats.markdown import read_markdown
    from corpus.repair.repairing import repair
    from ui.leads import questionnaires

    readers: dict[str, Callable[[bytes], Decoded]] = {"txt": decode, "md": read_markdown}
    try:
        if kind.startswith("desk "):
            suffix = kind.removeprefix("desk ")
            parsed = (
                parsed_here(suffix, data)
                if suffix in ("xlsx", "docx", "pdf")
                else questionnaires._parsed(suffix, f".{suffix}", data)
            )
            questionnaires._questionnaire(f"a.{suffix}", suffix, parsed, {})
            return
        decoded = readers[kind](data) if kind in readers else _read(kind, data)
        article = repair(
            SourceText(
                f"a.{kind}",
                decoded.text,
                kind,
                decoded.encoding,
                "0" * 64,
                decoded.marks,
                decoded.about,
                decoded.warnings,
            )
        )
        assert all(0 <= one.start <= one.end <= len(article.text) for one in article.blocks)
    except (LinpingError, MemoryError, RecursionError):
        return


def parsed_here(kind: str, data: bytes) -> Any:
    """Parse a document of the desk as its child process does. Raises UnreadableFile, too for what its library breaks over."""
    from corpus.errors import UnreadableFile
    from ui.leads.archives import check_package
    from ui.leads.pdf_questions import read_pdf
    from ui.leads.sheets import read_sheets
    from ui.leads.words import read_words

    if kind != "pdf":
        check_package(data, kind)
    try:
        return {"pdf": read_pdf, "xlsx": read_sheets, "docx": read_words}[kind](data)
    except Exception as error:
        raise UnreadableFile("damaged") from error


@st.composite
def damaged(draw: st.DrawFn, whole: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Draw a file with pieces overwritten, cut out, put in or repeated."""
    kind, data = draw(st.sampled_from(whole))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        length = draw(st.integers(0, 64))
        piece = draw(
            st.binary(max_size=16)
            | st.sampled_from(
                [
                    b"",
                    b"\0",
                    b"\xff\xfe",
                    b"<",
                    b">",
                    b"&#0;",
                    b"<!--",
                    b"</p>",
                    b"<table>",
                    b"|",
                    b"```",
                    b"\n" * 20,
                    "　".encode(),
                    b"%PDF-",
                    b"PK\x03\x04",
                ]
            )
        )
        how = draw(st.integers(0, 2))
        data = (
            data[:at]
            + piece
            + (data[at + length :] if how == 0 else data[at:] if how == 1 else data[max(0, at - length) :])
        )
    return kind, data


def led_by_coverage(minutes: float) -> int:
    """Let atheris lead, in a process that it may end as it likes; return how that ended: with 77 for what it found.

    What it found lies in the system's temporary folder; what it tried on the way goes with the process.
    """
    with tempfile.TemporaryDirectory(prefix="linping-seeds-") as seeds:
        child = os.fork()
        if not child:
            _lead(minutes, Path(seeds))
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _lead(minutes: float, seeds: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["corpus", "ui.leads", "docx", "openpyxl", "pdfplumber", "markdown_it"]):
        import ui.leads.questionnaires  # noqa: F401
    whole = papers_of_all_kinds()
    for number, (_, data) in enumerate(whole):
        (seeds / str(number)).write_bytes(bytes([number]) + data)

    def one(data: bytes) -> None:
        if data:
            read(whole[data[0] % len(whole)][0], data[1:])

    atheris.Setup(
        [
            sys.argv[0],
            f"-max_total_time={int(minutes * 60)}",
            "-max_len=65536",
            "-rss_limit_mb=3000",
            "-timeout=60",
            f"-artifact_prefix={tempfile.gettempdir()}/linping-",
            str(seeds),
        ],
        one,
    )
    atheris.Fuzz()


@click.command()
@click.argument("what", type=click.Choice(["questions", "doors", "readers"]))
@click.option("--minutes", default=60.0, show_default=True, type=click.FloatRange(0.05, 600))
@click.option("--atheris", "led", is_flag=True, help="readers: led by what of their code has been reached")
def main(what: str, minutes: float, led: bool) -> None:
    """Print how many examples there were; an example that breaks something ends the run."""
    logging.disable(logging.CRITICAL)  # the libraries have much to say of damaged files
    if what == "readers" and led:
        raise SystemExit(led_by_coverage(minutes))
    strategy: st.SearchStrategy[Any]
    if what == "questions":
        strategy, check = questions(), ask_anything()
    elif what == "doors":
        strategy, check = doors()
    else:
        strategy, check = damaged(papers_of_all_kinds()), lambda example: read(*example)
    done = until(minutes, rounds(strategy, check))
    click.echo(f"{what}: {done} examples in {minutes:g} minutes, nothing broke")


if __name__ == "__main__":
    main()
