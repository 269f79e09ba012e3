"""Sixty questions to a real model over the whole wire: `python -m tests.rag.wire_questions FILE.gguf|URL [OUT.jsonl]`.

`… --again OUT.jsonl` tells what the model wrote then to the product as it is now, without a model.

A file is served by xllamacpp on 127.0.0.1, in a process of its own; an address is asked as it is. 45 questions of `dev.jsonl`
that the articles answer and 15 that they leave open, drawn by the hash of their words. Prints the table of docs/llm.md; what
the model wrote, and what was shown of it, goes to OUT: questions that OUT has already are not asked again.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import monotonic
from urllib.request import urlopen

from corpus.chinese.facts import quantities
from rag.records import Answer, Mode, Status

ANSWERED, OPEN = 45, 15
PATIENCE = 1800.0  # seconds for an answer: a busy machine is slow, not wrong
EVIDENCE = 500  # characters: a busy processor reads few words a second


@dataclass(slots=True)
class Row:
    """One question. `first` and `whole` are seconds to the model's first word and to the end, `sentence` to the first shown."""

    id: str
    question: str
    answerable: bool
    text: str = ""
    trouble: str = ""
    first: float = 0.0
    sentence: float = 0.0
    whole: float = 0.0
    status: str = ""
    mode: str = ""
    right: bool = False
    shown: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    notices: tuple[str, ...] = ()


def serve(file: str, port: int) -> None:
    """Serve a model on 127.0.0.1 until the process ends."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.hostnames, params.port = ["127.0.0.1"], port
    params.n_ctx, params.n_parallel, params.cache_ram_mib = 8192, 1, 0
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = (
        1  # a thread that waits for a busy neighbour stops the others
    )
    params.sampling.temp, params.sampling.seed = 0.0, 1
    params.ui = params.warmup = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


@contextmanager
def served(file: str) -> Iterator[str]:
    """Serve a file in a process of its own; give its address."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    command = [sys.executable, "-m", "tests.rag.wire_questions", "--serve", file, str(port)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    try:
        until = monotonic() + 300
        while not _is_ready(port):
            if server.poll() is not None or monotonic() > until:
                raise RuntimeError(f"{file} is not served")
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        server.terminate()
        server.wait(20)


def _is_ready(port: int) -> bool:
    """Whether the model is loaded: the server listens before that."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def chosen(answered: int = ANSWERED, unanswered: int = OPEN):  # type: ignore[no-untyped-def]
    """Return the questions: all kinds of them, drawn by the hash of their words."""
    from evals.cases import SETS, read_cases

    drawn = sorted(read_cases(SETS / "dev.jsonl"), key=lambda case: sha256(case.question.encode()).digest())
    drawn = [case for case in drawn if not case.history and not case.attack]
    there = [case for case in drawn if case.expected == "answered"][:answered]
    return [*there, *[case for case in drawn if case.expected == "refused"][:unanswered]]


def ask(base, url: str, cases: Sequence, heard: Callable[[Row], None]) -> list[Row]:  # type: ignore[no-untyped-def, type-arg]
    """Put every question to the model at `url` and return what came of each."""
    from rag.llm.endpoints import Endpoint
    from rag.llm.generator import LanguageModel, Timeouts

    return put(base, LanguageModel(Endpoint("default", url), Timeouts(10, PATIENCE, PATIENCE, PATIENCE)), cases, heard)


def put(base, model, cases: Sequence, heard: Callable[[Row], None]) -> list[Row]:  # type: ignore[no-untyped-def, type-arg]
    """Put every question to a model and return what came of each."""
    from evals.run.scoring import is_right
    from rag.llm.answerer import GenerativeAnswerer

    rows: list[Row] = []
    listening = Listening(model)
    product = GenerativeAnswerer(base, listening, characters=EVIDENCE)
    try:
        for case in cases:
            row = listening.row = Row(case.id, case.question, case.expected == "answered")
            listening.started = started = monotonic()
            for answer in product.stream(case.question):
                if answer.mode is Mode.LLM and answer.claims and not row.sentence:
                    row.sentence = monotonic() - started
            row.whole = monotonic() - started
            row.status, row.mode, row.notices = answer.status.value, answer.mode.value, answer.notices
            row.right = is_right(case, answer, base.articles) == 1
            row.shown = [claim.text for claim in answer.claims] if answer.mode is Mode.LLM else []
            row.unproven = unproven(answer, case.question)
            rows.append(row)
            heard(row)
    finally:
        model.close()
    return rows


def unproven(answer: Answer, question: str) -> list[str]:
    """Return the figures of an answer that neither its citations nor its question print, nor its calculation reckons out."""
    if answer.status is not Status.ANSWERED:
        return []
    there = "".join([*(one.quote for one in answer.citations), question, answer.calculation])
    known = [one.base and (one.low, one.base) for one in quantities(there)]
    return [
        one.text
        for claim in answer.claims
        for one in quantities(claim.text)
        if (one.low, one.base) not in known and one.text not in there
    ]


class Listening:
    """A model whose words are noted down on their way."""

    def __init__(self, model) -> None:  # type: ignore[no-untyped-def]
        self.model = model
        self.name = "wire"
        self.row = Row("", "", False)
        self.started = 0.0

    def start(self, messages):  # type: ignore[no-untyped-def]
        """Begin an answer; what an earlier try wrote is forgotten."""
        self.row.text, self.row.first = "", 0.0
        return _Noted(self.model.start(messages), self)


class Retelling:
    """In a model's place: writes once more what was written, answer by answer."""

    name = "again"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = iter(texts)

    def start(self, messages):  # type: ignore[no-untyped-def]
        """Begin the next answer."""
        from rag.llm.generator import Finished, Text

        return _Told([Finished("stop"), Text(next(self._texts))])

    def close(self) -> None:
        """Nothing is open."""


class _Told:
    def __init__(self, events) -> None:  # type: ignore[no-untyped-def]
        self._events = events

    def next(self, timeout: float):  # type: ignore[no-untyped-def]
        return self._events.pop()

    def close(self) -> None:
        self._events.clear()


class _Noted:
    def __init__(self, inner, to: Listening) -> None:  # type: ignore[no-untyped-def]
        self._inner = inner
        self._to = to

    def next(self, timeout: float):  # type: ignore[no-untyped-def]
        from rag.llm.generator import Failed, Text

        event, row = self._inner.next(timeout), self._to.row
        if isinstance(event, Text):
            row.first = row.first or monotonic() - self._to.started
            row.text += event.text
        elif isinstance(event, Failed):
            row.trouble = event.trouble.value
        return event

    def close(self) -> None:
        self._inner.close()


def table(rows: Sequence[Row]) -> str:
    """Return what became of the questions, as Markdown."""
    told = ["| | answerable | open |", "|---|--:|--:|"]
    counts: list[tuple[str, Callable[[Row], bool]]] = [
        ("asked", lambda row: True),
        ("errors", lambda row: bool(row.trouble)),
        ("the model's sentences shown", lambda row: bool(row.shown)),
        ("the articles' own sentences shown", lambda row: row.status == "answered" and not row.shown),
        ("refused", lambda row: row.status == "refused"),
        ("right", lambda row: row.right),
        ("with a figure that nothing proves", lambda row: bool(row.unproven)),
    ]
    groups = [[row for row in rows if row.answerable is kind] for kind in (True, False)]
    told += [f"| {name} | {' | '.join(str(sum(map(true, group))) for group in groups)} |" for name, true in counts]
    for name, seconds in (("first word", "first"), ("first sentence shown", "sentence"), ("whole answer", "whole")):
        medians = [[getattr(row, seconds) for row in group if getattr(row, seconds)] for group in groups]
        told.append(
            f"| seconds to the {name}, median | {' | '.join(f'{median(one):.0f}' if one else '–' for one in medians)} |"
        )
    return "\n".join(told)


def main(where: str, out: Path | None) -> None:
    """Ask, and print the table."""
    from rag.reading.finder import Models
    from tests.indexes import answerer_of

    done = (
        [Row(**json.loads(line)) for line in out.read_text(encoding="utf-8").splitlines()]
        if out and out.exists()
        else []
    )
    cases = [case for case in chosen() if case.id not in {row.id for row in done}]

    def heard(row: Row) -> None:
        if out is not None:
            with out.open("a", encoding="utf-8") as kept:
                kept.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")

    if where == "--again":
        written, done, out = done, [], None
        known = {case.id: case for case in chosen()}
        cases = [known[row.id] for row in written]

    with TemporaryDirectory() as folder:
        articles = Path(__file__).resolve().parents[2] / "corpus" / "articles"
        base = answerer_of(articles, Path(folder) / "index", Models.built_in())
        if where == "--again":
            rows = put(base, Retelling([row.text for row in written]), cases, heard)
            for row, old in zip(rows, written, strict=True):
                row.first, row.sentence, row.whole, row.trouble = old.first, old.sentence, old.whole, old.trouble
        elif where.startswith("http"):
            rows = ask(base, where, cases, heard)
        else:
            with served(where) as url:
                rows = ask(base, url, cases, heard)
    print(table([*done, *rows]))


if __name__ == "__main__":
    if sys.argv[1] == "--serve":
        serve(sys.argv[2], int(sys.argv[3]))
    else:
        main(sys.argv[1], Path(sys.argv[2]) if len(sys.argv) > 2 else None)
