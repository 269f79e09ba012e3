"""The process that parses files: «KIND LENGTH», a line, and the bytes on standard input, a line of JSON on standard output.

Limits come first, before any parser is imported; the time begins anew with every file.
`python -m corpus.formats.child MEMORY_BYTES CPU_SECONDS`
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import fields
from typing import Any

from corpus.decoding import About, Decoded, Told
from corpus.errors import ScannedFile, UnreadableFile


def main(arguments: list[str]) -> None:
    memory, cpu = int(arguments[0]), int(arguments[1])
    _limit(memory)
    # Whatever a library prints goes nowhere; the answers have the pipe to themselves.
    answer_to = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    with os.fdopen(answer_to, "wb") as pipe:
        while line := sys.stdin.buffer.readline():
            kind, length = line.split()
            _limit_time(cpu)
            answer = _answered(kind.decode("ascii"), sys.stdin.buffer.read(int(length)), memory)
            pipe.write(json.dumps(answer).encode("ascii") + b"\n")
            pipe.flush()


def _answered(kind: str, data: bytes, memory: int) -> dict[str, Any]:
    """Return what the parent is told of one file; `ended`: this process is fit for no other."""
    try:
        return to_answer(_read(kind, data))
    except UnreadableFile as refusal:
        return {"refused": str(refusal), "scanned": isinstance(refusal, ScannedFile)}
    except MemoryError:
        what = f"解析需要的内存超过 {memory // 1_000_000} MB，请拆成单篇文章或另存为 .txt 后重试"
        return {"refused": what, "ended": True}
    except RecursionError:
        return {"refused": "内部嵌套太深，请另存为 .txt 后重试", "ended": True}


def to_answer(decoded: Decoded) -> dict[str, Any]:
    """Return what was read as plain lists and strings; `sandbox` turns them back into records."""
    return {
        "text": decoded.text,
        "encoding": decoded.encoding,
        "marks": [
            [
                mark.kind.value,
                mark.start,
                mark.end,
                mark.table,
                [[a.start, a.end, b.start, b.end] for a, b in mark.cells],
            ]
            for mark in decoded.marks
        ],
        "about": {name: told and [told.value, told.how, told.confidence] for name, told in _told(decoded.about)},
        "warnings": list(decoded.warnings),
    }


def _told(about: About) -> list[tuple[str, Told | None]]:
    return [(field.name, getattr(about, field.name)) for field in fields(About)]


def limit(memory: int, cpu: int) -> None:
    """Let this process take so many bytes of address space and seconds of the processor, and write no file."""
    _limit(memory)
    _limit_time(cpu)


def _limit(memory: int) -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    limits = ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, memory))
    for what, most in limits:
        with contextlib.suppress(ValueError, OSError):  # a system may know some of them only
            resource.setrlimit(what, (most, most))


def _limit_time(cpu: int) -> None:
    """Allow `cpu` more seconds on the processor than were used so far."""
    try:
        import resource
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + cpu, hard))


def _read(kind: str, data: bytes) -> Decoded:
    if kind == "html":
        from corpus.formats.html import read_html

        return read_html(data)
    if kind == "ocr":
        from corpus.formats.ocr import read_scanned

        return read_scanned(data)
    if kind == "pdf":
        from corpus.formats.pdf import read_pdf

        return read_pdf(data)
    from corpus.formats.docx import read_docx

    return read_docx(data)


if __name__ == "__main__":
    main(sys.argv[1:])
