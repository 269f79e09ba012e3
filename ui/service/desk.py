"""Where every question arrives, whichever door it came by: limits, the answerer, what to ask next, the counting."""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from time import monotonic

import anyio
from anyio.to_thread import run_sync

from corpus.errors import QuestionError
from corpus.records import Article
from rag.llm.breaker import Health
from rag.question.limits import Limit
from rag.records import Answer, Mode
from ui import wording
from ui.service.editions import Edition
from ui.service.limits import MAX_TURNS, ServerLimits, TooMany, Turnstile, Visitor, checked, remembered
from ui.service.metering import Meter
from ui.service.narrowing import told_limit
from ui.service.tracing import answering

_FORGOTTEN_AFTER = 4 * 3600  # seconds after the last question
_PATIENCE = 20.0  # seconds that a question waits for its turn
_LONGEST_KEPT = 40_000  # characters of a conversation that a browser hands back
_END = object()


@dataclass(frozen=True, slots=True)
class Turn:
    """One question with what was answered and offered next, as the server remembers it."""

    question: str
    answer: str
    offered: tuple[str, ...] = ()


Conversation = tuple[Turn, ...]


class Desk:
    """Answers for all doors alike. Raises QuestionError for what cannot be asked and TooMany for too often."""

    def __init__(self, edition: Edition, *, limits: ServerLimits | None = None, meter: Meter | None = None) -> None:
        self.limits = limits or ServerLimits()
        self.meter = meter or Meter()
        self._edition = edition
        self._turnstile = Turnstile(self.limits)
        self._waiting = 0
        self._places: anyio.CapacityLimiter | None = None

    @property
    def edition(self) -> Edition:
        """Return what is served now. Whoever needs two things of it takes it once: it may be another a moment later."""
        return self._edition

    def switch(self, edition: Edition) -> None:
        """Serve `edition` from the next question on; answers under way end as they began."""
        self._edition = edition

    @property
    def articles(self) -> Mapping[str, Article]:
        return self._edition.articles

    @property
    def model_health(self) -> Health | None:
        """Return how the language model does; None without one."""
        health = getattr(self._edition.answerer, "health", None)
        return health if isinstance(health, Health) else None

    def admitted(self, question: object, visitor: Visitor, door: str) -> str:
        """Return the question, cleaned, and count it as asked by its visitor."""
        try:
            asked = checked(question)
        except QuestionError:
            self.meter.rejected(door, "question")
            raise
        self.counted(visitor, door)
        return asked

    def counted(self, visitor: Visitor, door: str) -> None:
        """Count something as asked by its visitor."""
        try:
            self._turnstile.admit(visitor)
        except TooMany:
            self.meter.rejected(door, "rate")
            raise

    def busy(self) -> bool:
        """Tell whether anybody is being answered."""
        return self.meter.in_flight > 0

    def replies(
        self,
        question: object,
        before: Conversation,
        visitor: Visitor,
        door: str,
        edition: Edition | None = None,
        limit: Limit | None = None,
    ) -> Iterator[Answer]:
        """Yield ever more complete answers from `edition`, the newest by default; the last carries what to ask next.

        Only what `limit` leaves of the articles answers. Raises QuestionError when it leaves none.
        """
        asked = self.admitted(question, visitor, door)
        edition = edition or self._edition
        with self.meter.running(door), answering(door, edition.generation) as span:
            try:
                if limit:
                    edition = edition.within(limit)
                told = (wording.LIMITED_TO.format(told_limit(limit, edition.articles)),) if limit else ()
                for answer in self._answered(asked, before, door, edition):
                    span.set_attributes({"linping.status": answer.status.value, "linping.mode": answer.mode.value})
                    yield replace(answer, notices=(*told, *answer.notices)) if told else answer
            except QuestionError:
                self.meter.rejected(door, "question")
                raise
            except Exception:
                self.meter.failed(door)
                raise

    def _answered(self, asked: str, before: Conversation, door: str, edition: Edition) -> Iterator[Answer]:
        cache = None if before else edition.cache
        last = None if cache is None else cache.get(asked)
        if cache is not None:
            self.meter.looked_up(found=last is not None)
        if last is None:
            with closing(self._fresh(asked, before, edition)) as growing:
                for last in growing:
                    if last.mode is Mode.LLM:  # what no model writes is whole at once: pieces of it only take time
                        yield last
            if last is None:
                raise RuntimeError("the answerer said nothing")
            if cache is not None and wording.CUT_SHORT not in last.notices:
                cache.put(asked, last)
        self.meter.answered(door, last.status.value, last.mode.value)
        yield self._with_suggestions(last, before, edition)

    def _fresh(self, asked: str, before: Conversation, edition: Edition) -> Generator[Answer]:
        """Yield what the answerer says until its time is up."""
        deadline = monotonic() + self.limits.seconds
        stream = edition.answerer.stream(asked, remembered([(turn.question, turn.answer) for turn in before]))
        try:
            for answer in stream:
                if monotonic() > deadline:
                    yield replace(answer, notices=(*answer.notices, wording.CUT_SHORT))
                    return
                yield answer
        finally:
            if hasattr(stream, "close"):
                stream.close()

    def _with_suggestions(self, answer: Answer, before: Conversation, edition: Edition) -> Answer:
        if edition.suggester is None or answer.suggestions:
            return answer
        told = [said for turn in before for said in (turn.question, *turn.offered)]
        return replace(answer, suggestions=edition.suggester.after(answer, told))

    @asynccontextmanager
    async def place(self, door: str) -> AsyncIterator[None]:
        """Hold one of the places to be answered at. Raises TooMany when the queue is full or too slow."""
        if self._places is None:
            self._places = anyio.CapacityLimiter(self.limits.at_once)
        places, here = self._places, object()
        try:
            places.acquire_on_behalf_of_nowait(here)
        except anyio.WouldBlock:
            await self._wait_for(places, here, door)
        try:
            yield
        finally:
            places.release_on_behalf_of(here)

    async def _wait_for(self, places: anyio.CapacityLimiter, here: object, door: str) -> None:
        if self._waiting >= self.limits.waiting:
            self.meter.rejected(door, "queue")
            raise TooMany(wording.BUSY, 5.0)
        self._waiting += 1
        try:
            with anyio.fail_after(_PATIENCE):
                await places.acquire_on_behalf_of(here)
        except TimeoutError:
            self.meter.rejected(door, "queue")
            raise TooMany(wording.BUSY, 10.0) from None
        finally:
            self._waiting -= 1

    async def stream(
        self, question: object, before: Conversation, visitor: Visitor, door: str, limit: Limit | None = None
    ) -> AsyncIterator[Answer]:
        """Yield what `replies` yields, without holding the event loop; a listener who leaves ends the answering."""
        async with self.place(door):
            replies = self.replies(question, before, visitor, door, limit=limit)
            try:
                while True:
                    answer = await run_sync(next, replies, _END)
                    if not isinstance(answer, Answer):
                        return
                    yield answer
            finally:
                with anyio.CancelScope(shield=True):
                    await run_sync(replies.close)  # type: ignore[attr-defined]

    async def answer(self, question: object, before: Conversation, visitor: Visitor, door: str) -> Answer:
        """Return the whole answer."""
        return await last_of(self.stream(question, before, visitor, door))


async def last_of(answers: AsyncIterator[Answer]) -> Answer:
    """Return the last and most complete answer of a stream, which has at least one."""
    return [answer async for answer in answers][-1]


def grown(before: Conversation, question: str, answer: Answer) -> Conversation:
    """Return the conversation with one more turn, the oldest gone when there are too many."""
    return (*before, Turn(question, answer.answer, answer.suggestions))[-MAX_TURNS:]


def recalled(kept: object, otherwise: Conversation) -> Conversation:
    """Return the conversation that a browser kept, as JSON `[[question, answer, [offered, …]], …]`.

    What cannot be read, or is not there, gives `otherwise`. A visitor who forges it talks to nobody but himself.
    """
    if not isinstance(kept, str) or not kept or len(kept) > _LONGEST_KEPT:
        return otherwise
    try:
        turns = [
            Turn(str(said), str(answered), tuple(map(str, offered))) for said, answered, offered in json.loads(kept)
        ]
    except (ValueError, TypeError, RecursionError):
        return otherwise
    return tuple(turns[-MAX_TURNS:])


class Sessions:
    """Conversations of the API by an id that only the server makes; forgotten when old or when there are too many."""

    def __init__(self, most: int, clock: Callable[[], float] = monotonic) -> None:
        self._most = most
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, Conversation]] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, session: str) -> Conversation | None:
        """Return what was said in a session; None when nobody knows it (any more)."""
        with self._lock:
            found = self._kept.get(session)
            if found is None or found[0] < self._clock() - _FORGOTTEN_AFTER:
                return None
            return found[1]

    def keep(self, session: str, conversation: Conversation) -> None:
        with self._lock:
            self._kept[session] = (self._clock(), conversation)
            self._kept.move_to_end(session)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, session: str) -> Conversation | None:
        """Remove a session and return what was said in it; None when nobody knows it."""
        with self._lock:
            found = self._kept.pop(session, None)
        return None if found is None else found[1]

    @staticmethod
    def fresh() -> str:
        return token_urlsafe(18)

    def __len__(self) -> int:
        return len(self._kept)
