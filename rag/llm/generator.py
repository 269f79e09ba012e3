"""Text from a language model behind an OpenAI-compatible endpoint: the only module that imports a LangChain chat model.

`langchain_openai` is imported when the first request goes out, in the thread that reads the answer; building a
LanguageModel touches neither it nor the network. One event loop in one background thread reads all streams, so that a
stream can be closed at any moment, whatever it is waiting for.
"""

from __future__ import annotations

import asyncio
import json
import logging
import queue
import random
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import SecretStr

from rag.llm.breaker import Breaker, RetryBudget
from rag.llm.endpoints import Endpoint, masked
from rag.llm.prompt import Message

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage
    from langchain_openai.chat_models.base import BaseChatOpenAI

log = logging.getLogger(__name__)

_MAX_BYTES = 4 << 20  # of one response, whatever it is
_MAX_TOKENS = 1200
_FAREWELL = 1.0  # seconds
_RETRIES = 2
_RETRY_FIRST, _RETRY_LONGEST = 0.5, 4.0  # seconds: full jitter between the first and what doubling gives
_PATIENCE = 10.0  # seconds that a server may ask us to wait (Retry-After)
_TRANSIENT = frozenset({408, 409, 429})
_OURS = frozenset({400, 404, 413, 422})  # says nothing about whether the endpoint lives


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, to the first token, between two, and for the whole answer with its retries."""

    connect: float = 3.0
    first: float = 15.0
    gap: float = 10.0
    total: float = 60.0


class Trouble(StrEnum):
    """Why there is no (complete) answer."""

    RESTING = "resting"  # the breaker is open
    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BUSY = "busy"  # 429
    BROKEN = "broken"  # 5xx
    KEY = "key"  # 401, 403
    UNKNOWN_MODEL = "unknown model"  # 404
    REFUSED = "refused"  # another 4xx
    TOO_LONG = "prompt too long"
    GARBAGE = "garbage"
    CUT = "cut"  # the stream ended without finish_reason
    MISSING = "missing"  # the package is not installed


_TOLD = {
    Trouble.RESTING: "语言模型连续失败，暂停请求片刻",
    Trouble.UNREACHABLE: "连不上语言模型服务，请检查地址和网络",
    Trouble.SLOW: "语言模型服务超时",
    Trouble.BUSY: "语言模型服务限流",
    Trouble.BROKEN: "语言模型服务出错",
    Trouble.KEY: "语言模型服务不接受密钥，请检查环境变量 LINPING_MODEL_KEY 或设置 model_key_file 指定的文件",
    Trouble.UNKNOWN_MODEL: "语言模型服务没有这个模型或地址，请检查设置 model 和 base_url",
    Trouble.REFUSED: "语言模型服务拒绝了请求",
    Trouble.TOO_LONG: "提示超过了语言模型的上下文长度",
    Trouble.GARBAGE: "语言模型服务的回复不是约定的格式，请检查设置 base_url",
    Trouble.CUT: "语言模型的回复中途断了",
    Trouble.MISSING: "没有安装 langchain-openai，请运行 pip install langchain-openai",
}


@dataclass(frozen=True, slots=True)
class Text:
    """The next piece of the answer; empty while the model thinks without writing."""

    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The model ended by itself. `reason` is its finish_reason: stop, length, content_filter, …"""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """There will be no more text. `begun` when some had come."""

    trouble: Trouble
    begun: bool = False


Event = Text | Finished | Failed


class Generation(Protocol):
    """One answer on its way."""

    def next(self, timeout: float) -> Event | None:
        """Return the next event; None when `timeout` seconds pass without one. After Finished or Failed none comes."""
        ...

    def close(self) -> None:
        """Stop: the request is closed at once. Does nothing when all has come."""
        ...


class Generator(Protocol):
    """Whatever writes answers."""

    @property
    def name(self) -> str: ...

    def start(self, messages: Sequence[Message]) -> Generation: ...


class LanguageModel:
    """A model behind an endpoint. Building one needs no endpoint; safe to use from several threads.

    Nothing it logs holds a key, a prompt or what a server said.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        timeouts: Timeouts | None = None,
        *,
        breaker: Breaker | None = None,
        budget: RetryBudget | None = None,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        """Take where the model is. `jitter(low, high)` chooses how long to wait before trying again."""
        self._endpoint = endpoint
        self._timeouts = timeouts or Timeouts()
        self.breaker = breaker or Breaker()
        self._budget = budget or RetryBudget()
        self._jitter = jitter
        self._lock = threading.Lock()
        self._building = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: BaseChatOpenAI | None = None

    @property
    def name(self) -> str:
        return f"{self._endpoint.model}@{self._endpoint.base_url}"

    def start(self, messages: Sequence[Message]) -> Generation:
        """Send `messages`. Returns at once; every trouble is an event."""
        generation = _Generation(self._running_loop())
        generation.run(self._speak(tuple(messages), generation))
        return generation

    def warm(self) -> BaseChatOpenAI:
        """Import the client and build it, once; nothing is sent. Raises ImportError."""
        with self._building:
            if self._client is None:
                self._client = self._chat_model()
            return self._client

    def close(self) -> None:
        """Close all connections and end the background thread; the next `start` begins anew."""
        with self._lock:
            loop, client, self._loop, self._client = self._loop, self._client, None, None
        if loop is None:
            return

        async def end() -> None:
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            if client is not None:
                with suppress(Exception):
                    await client.root_async_client.close()

        with suppress(Exception):
            asyncio.run_coroutine_threadsafe(end(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                loop = asyncio.new_event_loop()
                threading.Thread(target=_run, args=(loop,), name="language-model", daemon=True).start()
                self._loop = loop
            return self._loop

    # ------------------------------------------------------------------------------- in the background thread from here

    async def _speak(self, messages: Sequence[Message], generation: _Generation) -> None:
        try:
            await asyncio.to_thread(self.warm)  # seconds the first time, which are not the server's
        except ImportError:
            log.warning(_TOLD[Trouble.MISSING])
            return generation.put(Failed(Trouble.MISSING))
        started = monotonic()
        self._budget.asked()
        for attempt in range(_RETRIES + 1):
            if not self.breaker.allow():
                return generation.put(Failed(Trouble.RESTING))
            problem = await self._attempt(messages, generation, started)
            if problem is None:
                return None
            if not problem.may_retry or attempt == _RETRIES or not self._budget.take():
                return generation.put(Failed(problem.trouble, problem.begun))
            wait = self._wait(attempt, problem.retry_after)
            if wait is None or monotonic() - started + wait >= self._timeouts.total:
                return generation.put(Failed(problem.trouble))
            await asyncio.sleep(wait)
        return None

    def _wait(self, attempt: int, asked: float | None) -> float | None:
        """Return how long to wait before trying again; None when the server asks for more patience than we have."""
        if asked is not None:
            return asked if asked <= _PATIENCE else None
        return self._jitter(_RETRY_FIRST, min(_RETRY_LONGEST, _RETRY_FIRST * 2 ** (attempt + 1)))

    async def _attempt(self, messages: Sequence[Message], generation: _Generation, started: float) -> _Problem | None:
        """Read one response to its end. Whatever happens, the breaker hears of it once."""
        begun = False
        try:
            pieces = self._pieces(messages)
            while True:
                left = self._timeouts.total - (monotonic() - started)
                patience = min(left, self._timeouts.gap if begun else self._timeouts.first)
                async with asyncio.timeout(max(0.0, patience)):
                    text, finish = await anext(pieces)
                begun = True
                if text:
                    generation.put(Text(text))
                if finish:
                    self.breaker.succeeded()
                    generation.put(Finished(finish))
                    await _drain(pieces)
                    return None
        except asyncio.CancelledError:
            self.breaker.abandoned()
            raise
        except StopAsyncIteration:
            problem = _Problem(Trouble.CUT if begun else Trouble.GARBAGE, begun=begun)
        except TimeoutError:
            problem = _Problem(Trouble.SLOW, begun=begun)
        except Exception as error:
            problem = _problem(error, begun)
        if problem.status in _OURS or problem.trouble is Trouble.TOO_LONG:
            self.breaker.abandoned()
        else:
            self.breaker.failed()
        status = f"（{problem.status}）" if problem.status else ""
        log.warning("%s%s；服务：%s", _TOLD[problem.trouble], status, masked(self._endpoint.base_url))
        return problem

    async def _pieces(self, messages: Sequence[Message]) -> AsyncIterator[tuple[str, str]]:
        """Yield (text, finish_reason or nothing) as they come."""
        from langsmith import tracing_context

        client = self.warm()
        with tracing_context(enabled=False):  # an environment variable must not send questions elsewhere
            stream = client.astream(_as_langchain(messages))
            try:
                async for chunk in stream:
                    content = chunk.content if isinstance(chunk.content, str) else ""
                    yield content, str(chunk.response_metadata.get("finish_reason") or "")
            finally:
                await stream.aclose()  # type: ignore[attr-defined]

    def _chat_model(self) -> BaseChatOpenAI:
        import httpx2
        import openai
        from langchain_openai.chat_models.base import BaseChatOpenAI

        timeout = httpx2.Timeout(self._timeouts.total, connect=self._timeouts.connect)
        http = openai.DefaultAsyncHttpxClient(
            timeout=timeout,
            trust_env=not self._endpoint.is_local,  # a proxy is for the world outside
            follow_redirects=False,  # a key goes nowhere but where it was meant to go
            event_hooks={"response": [_limit]},
        )
        return BaseChatOpenAI(
            model=self._endpoint.model,
            base_url=self._endpoint.base_url,
            api_key=self._endpoint.key or SecretStr(_NO_KEY),
            openai_proxy=None,  # httpx reads the usual variables; this one would clash with our client
            timeout=timeout,
            temperature=0.0,
            max_tokens=_MAX_TOKENS,
            max_retries=0,
            stream_usage=False,
            stream_chunk_timeout=None,
            http_async_client=http,
            cache=False,
        )


class _Generation:
    """The events of one answer, from the background thread to whoever asked."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._future: Any = None

    def run(self, work: Any) -> None:
        self._future = asyncio.run_coroutine_threadsafe(self._guarded(work), self._loop)

    async def _guarded(self, work: Any) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception:  # a fault of ours must not leave the reader waiting
            log.exception("reading a language model's answer failed")
            self.put(Failed(Trouble.GARBAGE))

    def put(self, event: Event) -> None:
        self._events.put(event)

    def next(self, timeout: float) -> Event | None:
        try:
            return self._events.get(timeout=timeout)
        except queue.Empty:
            return None

    def close(self) -> None:
        self._future.cancel()


async def _drain(pieces: AsyncIterator[tuple[str, str]]) -> None:
    """Read what follows the end, [DONE] as a rule, so that the connection can serve again; not for long."""
    with suppress(Exception):
        async with asyncio.timeout(_FAREWELL):
            async for _ in pieces:
                pass


@dataclass(frozen=True, slots=True)
class _Problem:
    trouble: Trouble
    status: int = 0
    begun: bool = False
    retry_after: float | None = None
    transient: bool = False

    @property
    def may_retry(self) -> bool:
        return self.transient and not self.begun


def _run(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    loop.run_forever()
    loop.close()


def _as_langchain(messages: Sequence[Message]) -> list[BaseMessage]:
    from langchain_core.messages import HumanMessage, SystemMessage

    kinds = {"system": SystemMessage, "user": HumanMessage}
    return [kinds[message.role](content=message.content) for message in messages]


def _problem(error: Exception, begun: bool) -> _Problem:
    """Tell what an exception of the client means. Its text may hold anything, so none of it is kept."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return _Problem(Trouble.UNREACHABLE if not begun else Trouble.SLOW, begun=begun)
    if isinstance(error, openai.APIConnectionError):
        if _in_chain(error, "_TooLarge"):
            return _Problem(Trouble.GARBAGE, begun=begun)
        trouble = Trouble.CUT if begun else Trouble.UNREACHABLE
        return _Problem(trouble, begun=begun, transient=True)
    if isinstance(error, openai.APIStatusError):
        return _status_problem(error.status_code, error.response.headers.get("retry-after"), error.message, begun)
    if isinstance(error, openai.APIError):  # an error event inside the stream
        return _Problem(Trouble.BROKEN, begun=begun, transient=True)
    if isinstance(error, OSError) and not isinstance(error, TimeoutError):
        return _Problem(Trouble.CUT if begun else Trouble.UNREACHABLE, begun=begun, transient=True)
    if not isinstance(error, (json.JSONDecodeError, UnicodeDecodeError)):
        log.debug("a language model's answer could not be read: %s", type(error).__name__)
    return _Problem(Trouble.GARBAGE, begun=begun)


def _in_chain(error: BaseException | None, name: str) -> bool:
    while error is not None:
        if type(error).__name__ == name:
            return True
        error = error.__cause__ or error.__context__
    return False


def _status_problem(status: int, retry_after: str | None, message: str, begun: bool) -> _Problem:
    if status in (400, 413) and any(
        words in message.lower()
        for words in (
            "context",
            "too long",
            "maximum length",
            "token limit",
            "max_tokens",
            "input length",
            "上下文",
            "超长",
        )
    ):
        return _Problem(Trouble.TOO_LONG, status, begun)
    troubles = {401: Trouble.KEY, 403: Trouble.KEY, 404: Trouble.UNKNOWN_MODEL, 429: Trouble.BUSY}
    if status in troubles:
        trouble = troubles[status]
    elif status == 407:
        trouble = Trouble.UNREACHABLE
    else:
        trouble = Trouble.BROKEN if status >= 500 else Trouble.REFUSED
    transient = status in _TRANSIENT or status >= 500
    return _Problem(trouble, status, begun, _seconds(retry_after), transient)


def _seconds(retry_after: str | None) -> float | None:
    try:
        return max(0.0, float(retry_after)) if retry_after else None
    except ValueError:  # a date: longer than a reader waits
        return None


class _TooLarge(Exception):
    """A response that is no answer to anything."""


async def _limit(response: Any) -> None:
    """Let a response grow no larger than an answer can be."""
    import httpx2

    inner = response.stream

    class Limited(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for chunk in inner:
                size += len(chunk)
                if size > _MAX_BYTES:
                    raise _TooLarge
                yield chunk

        async def aclose(self) -> None:
            await inner.aclose()

    response.stream = Limited()


_NO_KEY = "none"  # sent where no key is needed; left out, the client would look for another vendor's in the environment
