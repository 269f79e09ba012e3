"""What one visitor may send and how often, enforced on the server before anything is looked up."""

from __future__ import annotations

import re
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from corpus.chinese.text import clean
from corpus.errors import LinpingError, QuestionError
from ui import wording

MAX_QUESTION: Final = 1000  # code points
MAX_MESSAGE: Final = 4000  # of several questions, such as a mail; each of them is at most a question
MAX_BODY: Final = 64 * 1024  # bytes of one request
MAX_TURNS: Final = 20
MAX_REMEMBERED: Final = 8000  # characters of history handed to the answerer
RUN_AT_ONCE: Final = 8
MAX_WAITING: Final = 128  # a hundred people may press Enter in the same second
_MOST_REMEMBERED: Final = 20_000  # visitors whose rate is known; the one seen longest ago is forgotten
_LINE_ENDS: Final = re.compile(
    "[\u0085\u2028\u2029]"
)  # they end a line for some readers of event streams, not for others
_FLOOD: Final = 10  # visitors of full rate that one address may hold


class TooMany(LinpingError):
    """Somebody asks too often, or too many ask at once. `wait` is in seconds."""

    def __init__(self, words: str, wait: float) -> None:
        super().__init__(words)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What a server takes; 0 a minute or a day means without limit. Nobody on this machine itself is counted."""

    per_minute: int = 10
    per_day: int = 200
    at_once: int = RUN_AT_ONCE
    waiting: int = MAX_WAITING
    seconds: float = 60.0  # for one answer
    sessions: int = 2000

    def shown(self) -> dict[str, float]:
        """Return every limit in force, for /healthz."""
        fixed = {"question_characters": MAX_QUESTION, "request_bytes": MAX_BODY, "turns": MAX_TURNS}
        return {**asdict(self), **fixed, "history_characters": MAX_REMEMBERED}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as limits need to know; written down nowhere.

    `local` when it is this machine itself; `keyed` when `address` is the name of a key, which many may share.
    """

    address: str = ""
    session: str = ""
    local: bool = False
    keyed: bool = False


class _Bucket:
    """Tokens that come back evenly, never more than `size`. Source: the token bucket of RFC 2697."""

    __slots__ = ("at", "left")

    def __init__(self, size: int, at: float) -> None:
        self.left = float(size)
        self.at = at

    def wait(self, size: int, period: float, now: float) -> float:
        """Return the seconds until a token is there; 0 when one is."""
        self.left = min(float(size), self.left + (now - self.at) * size / period)
        self.at = now
        return 0.0 if self.left >= 1 else (1 - self.left) * period / size


class Turnstile:
    """Lets each visitor in so often, and each address ten times as often, whatever sessions it invents."""

    def __init__(self, limits: ServerLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._rates = [(limits.per_minute, 60.0), (limits.per_day, 86_400.0)]
        self._clock = clock
        self._buckets: OrderedDict[tuple[str, float], _Bucket] = OrderedDict()
        self._lock = threading.Lock()

    def admit(self, visitor: Visitor) -> None:
        """Count one question. Raises TooMany, which takes no token, when the visitor must wait."""
        if visitor.local:
            return
        now = self._clock()
        with self._lock:
            keys = [(visitor.address, _FLOOD)]
            if not visitor.keyed:
                keys.append((f"{visitor.address} {visitor.session}", 1))
            wanted = [
                (self._bucket((key, period), size * factor, now), size * factor, period)
                for key, factor in keys
                for size, period in self._rates
                if size
            ]
            wait = max((bucket.wait(size, period, now) for bucket, size, period in wanted), default=0.0)
            if wait > 0:
                raise TooMany(wording.too_often(wait), wait)
            for bucket, _, _ in wanted:
                bucket.left -= 1

    def _bucket(self, key: tuple[str, float], size: int, now: float) -> _Bucket:
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(size, now)
            while len(self._buckets) > 4 * _MOST_REMEMBERED:
                self._buckets.popitem(last=False)
        self._buckets.move_to_end(key)
        return bucket


def checked(question: object) -> str:
    """Return the question without control and direction characters.

    Raises QuestionError when it is not text, empty, only unreadable characters, or longer than `MAX_QUESTION`.
    """
    if question is None:  # nothing was typed
        raise QuestionError(wording.EMPTY_QUESTION)
    if not isinstance(question, str):
        raise QuestionError(wording.BAD_REQUEST)
    if len(question) > MAX_QUESTION * 2 or len(unicodedata.normalize("NFC", question)) > MAX_QUESTION:
        raise QuestionError(wording.too_long(MAX_QUESTION))
    if not question.strip():
        raise QuestionError(wording.EMPTY_QUESTION)
    cleaned = clean(_LINE_ENDS.sub(" ", question))
    if not any(map(str.isalnum, cleaned)):
        raise QuestionError(wording.GARBLED_QUESTION)
    return cleaned


def remembered(history: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the latest turns that fit into `MAX_TURNS` and `MAX_REMEMBERED`, oldest first."""
    kept: list[tuple[str, str]] = []
    room = MAX_REMEMBERED
    for said, answered in reversed(history[-MAX_TURNS:]):
        room -= len(said) + len(answered)
        if room < 0:
            break
        kept.append((said, answered))
    return kept[::-1]
