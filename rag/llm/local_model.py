"""A language model inside this process, from one GGUF file: no endpoint, no key, no network. The only xllamacpp import.

Text comes out of the same `Generation` as from an endpoint, so every sentence passes the same proof. One answer is
written at a time, for the processors are shared; who would wait behind too many others hears so at once. The library
serves HTTP whether one wants it or not: here on a Unix socket in a folder of our own that is gone before anybody is
answered, so that no port is ever open and nothing can connect.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import re
import secrets
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from math import inf
from time import monotonic
from typing import Any, Protocol

from corpus.errors import ModelError
from rag.llm.generator import Event, Failed, Finished, Generation, Text, Trouble
from rag.llm.model_file import ModelFile
from rag.llm.prompt import Message, answer_messages

log = logging.getLogger(__name__)

CONTEXT = 8192  # tokens: the longest prompt is 6,000 characters, and then the answer
PATIENCE = 240.0  # seconds
WAITING = 4  # answers under way and waiting
_MAX_TOKENS = 600
_BATCH = 128  # tokens of a prompt that are read before a stop is heard
_FAREWELL = 15.0  # seconds
_PACKAGE = "xllamacpp"
_MISSING = '没有安装运行本机语言模型的组件 xllamacpp，请在项目文件夹里运行 .venv/bin/pip install -e ".[local]"。'


class Engine(Protocol):
    """What runs a model: xllamacpp's Server. Calls `callback` with each chunk in the calling thread; True stops it."""

    def handle_chat_completions(self, prompt: dict[str, Any], callback: Callable[[dict[str, Any]], bool]) -> Any: ...


class Loader(Protocol):
    """Loads a model: `context` and `threads` as numbers of tokens and of processors."""

    def __call__(self, file: ModelFile, *, context: int, threads: int) -> Engine: ...


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one answer: tokens and seconds of the prompt that was read (what was known already not counted) and written."""

    read: int
    reading: float
    written: int
    writing: float


def engine_version() -> str:
    """Return the version of the engine. Raises ModelError when it is not installed."""
    try:
        return version(_PACKAGE)
    except PackageNotFoundError as error:
        raise ModelError(_MISSING) from error


def load_engine(file: ModelFile, *, context: int, threads: int) -> Engine:
    """Load the model; seconds, in which no other thread of Python runs. Raises ModelError."""
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelError(_MISSING) from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file.path)
    params.n_ctx, params.n_parallel = context, 1
    params.n_batch = params.n_ubatch = _BATCH
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.enable_reasoning = 0  # thoughts would take minutes
    params.cache_ram_mib = 0  # else up to 8 GiB of past prompts
    params.n_ctx_checkpoints = 2
    params.fit_params = params.warmup = False
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE  # mapped, the weights would lie in memory twice
    params.verbosity = -1
    params.offline = True
    params.n_threads_http = 1
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.api_keys = [secrets.token_hex()]
    with tempfile.TemporaryDirectory(prefix="linping-") as private:
        params.hostnames = [f"{private}/none.sock"]
        try:
            engine: Engine = xllamacpp.Server(params)
        except Exception as error:
            raise ModelError(
                f"载入不了模型文件 {file.path}：文件损坏、内存不够，或 xllamacpp {engine_version()} 还不认识这种模型"
                f"（{file.architecture}）；请运行 linping model check 查看，或换一个文件。"
            ) from error
    return engine


class LocalModel:
    """A model in this process. Building one loads nothing; safe to use from several threads."""

    def __init__(
        self,
        file: ModelFile,
        *,
        patience: float = PATIENCE,
        threads: int = 0,
        waiting: int = WAITING,
        load: Loader = load_engine,
    ) -> None:
        """Take the file. `patience` is how many seconds an answer may take, waiting for its turn included; 0 `threads`
        takes every processor that this process may use."""
        self.file = file
        self.context = min(CONTEXT, file.context or CONTEXT)
        self.speed: Speed | None = None  # of the last complete answer
        self._patience = patience
        self._threads = threads or _processors()
        self._waiting = waiting
        self._load = load
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._engine: Engine | None = None
        self._broken: ModelError | None = None
        self._loaded = inf
        self._jobs: queue.SimpleQueue[_LocalGeneration | None] = queue.SimpleQueue()
        self._under_way: list[_LocalGeneration] = []
        self._thread: threading.Thread | None = None
        found = "|".join(re.escape(one) for one in sorted(file.controls, key=len, reverse=True))
        self._controls = re.compile(found) if found else None

    @property
    def name(self) -> str:
        return f"{self.file.path.name}:{self.file.size}"

    def start(self, messages: Sequence[Message]) -> Generation:
        """Let the model answer as soon as it is its turn. Returns at once; every trouble is an event."""
        generation = _LocalGeneration(self._told(messages), self._deadline(monotonic()))
        with self._lock:
            waiting = [one for one in self._under_way if not one.idle]
            if len(waiting) >= self._waiting:
                log.warning("本机语言模型前面还有 %d 个问题，这一个没有请它回答", len(waiting))
                generation.put(Failed(Trouble.BUSY))
                return generation
            for one in self._under_way:
                if one.idle:
                    one.close()  # what it has read of the rules is kept all the same
            self._enqueue(generation)
        return generation

    def load(self) -> None:
        """Load the model, once. Raises ModelError, the same again when it could not be loaded before."""
        with self._loading:
            if self._broken is not None:
                raise self._broken
            if self._engine is None:
                try:
                    self._engine = self._load(self.file, context=self.context, threads=self._threads)
                except ModelError as error:
                    self._broken = error
                    raise
                self._loaded = monotonic()
                atexit.register(self.close)

    def warm(self) -> None:
        """Load the model and let it read the rules that begin every prompt, so that nobody waits for that. Raises ModelError."""
        self.load()
        rules = [answer_messages("", (), ())[0]]
        with self._lock:
            if not self._under_way:
                self._enqueue(_LocalGeneration(self._told(rules), self._deadline(monotonic()), idle=True))

    def close(self) -> None:
        """Stop what is written and free the memory; the next `start` begins anew."""
        atexit.unregister(self.close)
        with self._lock:
            thread, self._thread = self._thread, None
            under_way, self._under_way = self._under_way, []
        for one in under_way:
            one.close()
        if thread is not None:
            self._jobs.put(None)
            thread.join(_FAREWELL)
        with self._loading:
            self._engine, self._loaded = None, inf

    def _deadline(self, asked: float) -> Callable[[], float]:
        """Return when an answer must be there: loading does not count."""
        return lambda: inf if self._loaded == inf else max(asked, self._loaded) + self._patience

    def _enqueue(self, generation: _LocalGeneration) -> None:
        self._under_way.append(generation)
        self._jobs.put(generation)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="local-model", daemon=True)
            self._thread.start()

    def _told(self, messages: Sequence[Message]) -> list[dict[str, str]]:
        """Return the messages as the engine takes them. A piece that steers the model loses its first sign's width."""
        return [{"role": one.role, "content": self._harmless(one.content)} for one in messages]

    def _harmless(self, text: str) -> str:
        if self._controls is None:
            return text
        return self._controls.sub(lambda found: _wide(found[0]), text)

    # ------------------------------------------------------------------------------------ in the model's own thread from here

    def _work(self) -> None:
        while (generation := self._jobs.get()) is not None:
            try:
                self._answer(generation)
            except Exception:  # a fault of ours must not leave the reader waiting
                log.exception("running a local language model failed")
                generation.put(Failed(Trouble.BROKEN, generation.begun))
            finally:
                with self._lock, suppress(ValueError):
                    self._under_way.remove(generation)

    def _answer(self, generation: _LocalGeneration) -> None:
        if generation.over:
            return None
        try:
            self.load()
        except ModelError as error:
            log.warning("%s", error)
            return generation.put(Failed(Trouble.BROKEN))
        engine = self._engine
        if engine is None:
            return generation.put(Failed(Trouble.BROKEN))
        reader = _ChunkReader(generation)
        request = {
            "messages": generation.messages,
            "stream": True,
            "max_tokens": 1 if generation.idle else _MAX_TOKENS,
            "temperature": 0.0,
            "seed": 1,
            "cache_prompt": True,
            "return_progress": True,
        }
        try:
            engine.handle_chat_completions(request, reader.hear)
        except Exception as error:  # the engine's words may hold the prompt: none of them is kept
            log.warning("本机语言模型出错（%s）", type(error).__name__)
            return generation.put(Failed(Trouble.BROKEN, generation.begun))
        if reader.speed is not None and not generation.idle:
            self.speed = reader.speed
        return generation.put(reader.end())


class _LocalGeneration:
    """One answer, on its way from the model's thread to whoever asked. `idle` when nobody did."""

    def __init__(self, messages: list[dict[str, str]], deadline: Callable[[], float], *, idle: bool = False) -> None:
        self.messages = messages
        self.idle = idle
        self.begun = False
        self._deadline = deadline
        self._closed = threading.Event()
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._ended = False

    @property
    def over(self) -> bool:
        """Whether nobody waits for more."""
        return self._closed.is_set() or monotonic() >= self._deadline()

    def put(self, event: Event) -> None:
        self.begun = self.begun or isinstance(event, Text)
        self._events.put(event)

    def next(self, timeout: float) -> Event | None:
        if self._ended:
            return None
        left = self._deadline() - monotonic()
        try:
            event = self._events.get(timeout=max(0.0, min(timeout, left)))
        except queue.Empty:
            if monotonic() < self._deadline():
                return None
            log.warning("本机语言模型在规定的时间里没有答完，请换小一些的模型，或调大设置 local_timeout")
            event = Failed(Trouble.SLOW, self.begun)
        if not isinstance(event, Text):
            self._ended = True
            self._closed.set()
        return event

    def close(self) -> None:
        self._closed.set()


class _ChunkReader:
    """Hears the chunks of one answer, in the form of llama.cpp's server."""

    def __init__(self, generation: _LocalGeneration) -> None:
        self._generation = generation
        self._finish = ""
        self._trouble: Trouble | None = None
        self.speed: Speed | None = None

    def hear(self, chunk: Mapping[str, Any]) -> bool:
        """Hand on what a chunk brings; True when there is no need to go on."""
        if self._generation.over:
            return True
        if (error := chunk.get("error")) is not None:
            told = error if isinstance(error, dict) else {}
            log.warning("本机语言模型没有回答（%s）", told.get("type", "error"))
            too_long = told.get("type") == "exceed_context_size_error"
            self._trouble = Trouble.TOO_LONG if too_long else Trouble.BROKEN
            return True
        if isinstance(timings := chunk.get("timings"), dict):
            self.speed = _speed(timings)
        for choice in chunk.get("choices") or ():
            text = (choice.get("delta") or {}).get("content")
            if isinstance(text, str) and text:
                self._generation.put(Text(text))
            self._finish = choice.get("finish_reason") or self._finish
        return False

    def end(self) -> Event:
        """Return the last event."""
        if self._trouble is not None:
            return Failed(self._trouble, self._generation.begun)
        if self._finish:
            return Finished(self._finish)
        slow = self._generation.over
        return Failed(Trouble.SLOW if slow else Trouble.CUT, self._generation.begun)


def _speed(timings: Mapping[str, Any]) -> Speed:
    read, reading, written, writing = (
        float(timings.get(name) or 0) for name in ("prompt_n", "prompt_ms", "predicted_n", "predicted_ms")
    )
    return Speed(int(read), reading / 1000, int(written), writing / 1000)


def _wide(piece: str) -> str:
    """Return a piece with its first sign in full width: <|end|> → ＜|end|>; nothing when it has no such form."""
    return chr(ord(piece[0]) + 0xFEE0) + piece[1:] if "!" <= piece[0] <= "~" else ""


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
