"""A stand-in for the engine of a local language model: what it writes is scripted, its chunks are llama.cpp's."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rag.llm.model_file import ModelFile

Chunk = Mapping[str, Any]
Play = Callable[[Mapping[str, Any]], Iterable[Chunk]]


def progress(processed: int, total: int) -> Chunk:
    """Return what comes while a prompt is read."""
    told = {"total": total, "cache": 0, "processed": processed, "time_ms": 1}
    return {"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}}], "prompt_progress": told}


def piece(text: str) -> Chunk:
    return {"choices": [{"index": 0, "finish_reason": None, "delta": {"content": text}}]}


def thought(text: str) -> Chunk:
    return {"choices": [{"index": 0, "finish_reason": None, "delta": {"reasoning_content": text}}]}


def end(reason: str = "stop") -> Chunk:
    timings = {"prompt_n": 300, "prompt_ms": 6000.0, "predicted_n": 20, "predicted_ms": 2500.0}
    return {"choices": [{"index": 0, "finish_reason": reason, "delta": {}}], "timings": timings}


def failure(kind: str) -> Chunk:
    return {"error": {"code": 400, "message": "request (9000 tokens) exceeds …", "type": kind}}


def saying(*texts: str, reason: str = "stop") -> Play:
    """Read the prompt, then write `texts`, then end."""
    return lambda _: [progress(0, 2), progress(2, 2), *map(piece, texts), end(reason)]


class ScriptedEngine:
    """Plays `play` for every request, in the caller's thread as the real one does. Give `load` to a LocalModel."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.requests: list[Mapping[str, Any]] = []
        self.stopped = 0
        self.loads = 0
        self.at_once = 0
        self._running = threading.Semaphore(1)

    def load(self, file: ModelFile, *, context: int, threads: int) -> ScriptedEngine:
        assert context > 0
        assert threads > 0
        self.loads += 1
        return self

    def handle_chat_completions(self, prompt: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> None:
        assert self._running.acquire(blocking=False), "one answer at a time"
        try:
            self.requests.append(prompt)
            for chunk in self.play(prompt):
                if callback(dict(chunk)):
                    self.stopped += 1
                    return
        finally:
            self._running.release()
