"""Untrusted files are parsed in a child process: what goes wrong there, crash or flood, ends there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.decoding import About, Decoded, Mark, Told
from corpus.errors import ScannedFile, UnreadableFile
from corpus.records import BlockKind, Span

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
_SIMPLER = "请拆成单篇文章或另存为 .txt 后重试"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: bytes of address space, seconds on the processor, seconds by the clock.

    The clock only ends what waits for ever; on a busy machine a good file takes ten times its own seconds.
    """

    memory: int = 1_000_000_000
    cpu: int = 20
    wall: float = 60.0


OCR_LIMITS = Limits(memory=6_000_000_000, cpu=1800, wall=3600.0)  # recognising a page takes seconds on every processor


def read_apart(kind: str, data: bytes, limits: Limits | None = None) -> Decoded:
    """Read a file of `kind` (html, pdf, docx; ocr for a scanned PDF) in a child process.

    Raises UnreadableFile when it cannot be read, or not within `limits`; ScannedFile when it has no text to read.
    """
    return _decoded(answer_apart("corpus.formats.child", kind, data, limits or Limits()))


def answer_apart(module: str, kind: str, data: bytes, limits: Limits) -> dict[str, Any]:
    """Return what `python -m module KIND MEMORY_BYTES CPU_SECONDS` answers in JSON to `data`. Raises UnreadableFile."""
    command = [sys.executable, "-P", "-m", module, kind, str(limits.memory), str(limits.cpu)]
    # The child inherits no keys and no settings, only what it takes to start.
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = str(_ROOT)
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.wall, env=environment)
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"解析超过 {limits.wall:.0f} 秒，已停止，{_SIMPLER}") from error
    except OSError as error:
        raise UnreadableFile(f"无法启动解析进程（{error.strerror}），请检查内存和进程数") from error
    if done.returncode in (-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGKILL", 9)):
        raise UnreadableFile(f"解析占用处理器超过 {limits.cpu} 秒，已停止，{_SIMPLER}")
    try:
        answer = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableFile(f"解析中断，文件可能已损坏，{_SIMPLER}") from error
    if "refused" in answer:
        refusal = ScannedFile if answer.get("scanned") else UnreadableFile
        raise refusal(str(answer["refused"]))
    found: dict[str, Any] = answer
    return found


def _decoded(answer: dict[str, Any]) -> Decoded:
    marks = tuple(
        Mark(
            BlockKind(kind), start, end, table,
            tuple((Span(a, b), Span(c, d)) for a, b, c, d in cells),
        )
        for kind, start, end, table, cells in answer["marks"]
    )  # fmt: skip
    about = About(**{name: told and Told(*told) for name, told in answer["about"].items()})
    return Decoded(str(answer["text"]), str(answer["encoding"]), marks, about, tuple(answer["warnings"]))
