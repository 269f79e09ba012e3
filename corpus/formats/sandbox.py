"""Untrusted files are parsed in a child process: what goes wrong there, crash or flood, ends there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.decoding import About, Decoded, Mark, Told
from corpus.errors import ScannedFile, UnreadableFile
from corpus.records import BlockKind, Span

_ROOT = Path(__file__).resolve().parents[2]
_KEPT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
_FILES = 50  # that one child reads: what leaks in a parser, or is left behind by a file, does not grow for ever
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
    """Read a file of `kind` (html, pdf, docx; ocr for a scanned PDF) in a child process of its own.

    Raises UnreadableFile when it cannot be read, or not within `limits`; ScannedFile when it has no text to read.
    """
    with Child(limits) as child:
        return child.read(kind, data)


def answer_apart(module: str, kind: str, data: bytes, limits: Limits) -> dict[str, Any]:
    """Return what `python -m module KIND MEMORY_BYTES CPU_SECONDS` answers in JSON to `data`. Raises UnreadableFile."""
    command = [sys.executable, "-P", "-m", module, kind, str(limits.memory), str(limits.cpu)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=limits.wall, env=_environment())
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(f"解析超过 {limits.wall:.0f} 秒，已停止，{_SIMPLER}") from error
    except OSError as error:
        raise UnreadableFile(f"无法启动解析进程（{error.strerror}），请检查内存和进程数") from error
    if done.returncode in (-getattr(signal, "SIGXCPU", 24), -getattr(signal, "SIGKILL", 9)):
        raise UnreadableFile(f"解析占用处理器超过 {limits.cpu} 秒，已停止，{_SIMPLER}")
    try:
        answer: dict[str, Any] = json.loads(done.stdout)
    except ValueError as error:
        raise UnreadableFile(f"解析中断，文件可能已损坏，{_SIMPLER}") from error
    if "refused" in answer:
        raise UnreadableFile(str(answer["refused"]))
    return answer


def _environment() -> dict[str, str]:
    """Return what a child inherits: no keys and no settings, only what it takes to start."""
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {"PYTHONPATH": str(_ROOT)}


class Child:
    """A child process that reads one file after the other: beginning one costs ten times what a page does.

    It is ended with the file that goes wrong in it, and after `_FILES` files; the next one begins anew. One thread at a time.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._read = 0

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, if one runs."""
        process, self._process, self._read = self._process, None, 0
        if process is not None:
            process.kill()
            process.communicate()

    def read(self, kind: str, data: bytes) -> Decoded:
        """Read a file as `read_apart` does."""
        process = self._process or self._begun()
        self._process = process
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        clock = threading.Timer(self._limits.wall, stop)
        clock.start()
        try:
            line = self._answer(process, kind, data)
        finally:
            clock.cancel()
        try:
            answer = json.loads(line)
        except ValueError as error:
            process.kill()
            ended = process.wait()
            self.close()
            raise UnreadableFile(self._why(ended, late.is_set())) from error
        self._read += 1
        if answer.get("ended") or self._read >= _FILES:
            self.close()
        if "refused" in answer:
            refusal = ScannedFile if answer.get("scanned") else UnreadableFile
            raise refusal(str(answer["refused"]))
        return _decoded(answer)

    def _begun(self) -> subprocess.Popen[bytes]:
        limits = self._limits
        command = [sys.executable, "-P", "-m", "corpus.formats.child", str(limits.memory), str(limits.cpu)]
        try:
            pipe = subprocess.PIPE
            return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=_environment())
        except OSError as error:
            raise UnreadableFile(f"无法启动解析进程（{error.strerror}），请检查内存和进程数") from error

    def _answer(self, process: subprocess.Popen[bytes], kind: str, data: bytes) -> bytes:
        """Return the line that the child answers with; nothing when it has ended."""
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(b"%s %d\n" % (kind.encode("ascii"), len(data)) + data)
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:  # it ended before it had read everything
            return b""

    def _why(self, ended: int, late: bool) -> str:
        if late:
            return f"解析超过 {self._limits.wall:.0f} 秒，已停止，{_SIMPLER}"
        if ended == -getattr(signal, "SIGXCPU", 24):
            return f"解析占用处理器超过 {self._limits.cpu} 秒，已停止，{_SIMPLER}"
        return f"解析中断，文件可能已损坏，{_SIMPLER}"


def _decoded(answer: dict[str, Any]) -> Decoded:
    marks = tuple(
        Mark(
            BlockKind(kind),
            start,
            end,
            table,
            tuple((Span(a, b), Span(c, d)) for a, b, c, d in cells),
        )
        for kind, start, end, table, cells in answer["marks"]
    )
    about = About(**{name: told and Told(*told) for name, told in answer["about"].items()})
    return Decoded(str(answer["text"]), str(answer["encoding"]), marks, about, tuple(answer["warnings"]))
