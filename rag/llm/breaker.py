"""When to leave an endpoint alone: a circuit breaker, and a budget for trying again. Safe to call from several threads.

Source: Nygard, "Release It!", 2nd ed. 2018, ch. 5 (circuit breaker); Beyer et al., "Site Reliability Engineering",
2016, ch. 21 (retry budgets).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic


class State(StrEnum):
    CLOSED = "closed"  # requests pass
    OPEN = "open"  # none passes
    HALF_OPEN = "half-open"  # one passes, as a probe


@dataclass(frozen=True, slots=True)
class Health:
    """What the breaker has seen: its state, failures in a row, and how often it let pass, refused and opened."""

    state: State
    failures: int
    passed: int
    refused: int
    opened: int


class Breaker:
    """Opens after `threshold` failures in a row; after `rest` seconds lets one probe pass, which closes or reopens it."""

    def __init__(self, threshold: int = 5, rest: float = 30.0, clock: Callable[[], float] = monotonic) -> None:
        self._threshold = threshold
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = self._passed = self._refused = self._opened = 0
        self._until: float | None = None  # None: closed
        self._probing = False

    def allow(self) -> bool:
        """Whether a request may go out now. Whoever may must report `succeeded`, `failed` or `abandoned`."""
        with self._lock:
            if self._until is not None:
                if self._probing or self._clock() < self._until:
                    self._refused += 1
                    return False
                self._probing = True
            self._passed += 1
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures, self._until, self._probing = 0, None, False

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._probing or (self._until is None and self._failures >= self._threshold):
                self._until = self._clock() + self._rest
                self._opened += 1
            self._probing = False

    def abandoned(self) -> None:
        """The request says nothing about the endpoint: stopped by the reader, or refused for what was asked."""
        with self._lock:
            self._probing = False

    @property
    def health(self) -> Health:
        with self._lock:
            state = State.CLOSED
            if self._until is not None:
                state = State.OPEN if self._clock() < self._until else State.HALF_OPEN
            return Health(state, self._failures, self._passed, self._refused, self._opened)


class RetryBudget:
    """Retries of the last minute: at most a share of the requests, and never fewer than `floor`."""

    def __init__(self, share: float = 0.1, floor: int = 6, clock: Callable[[], float] = monotonic) -> None:
        self._share = share
        self._floor = floor
        self._clock = clock
        self._lock = threading.Lock()
        self._requests: deque[float] = deque()
        self._retries: deque[float] = deque()

    def asked(self) -> None:
        """Count a first attempt."""
        with self._lock:
            self._requests.append(self._clock())

    def take(self) -> bool:
        """Count a retry and return True, or return False when there have been enough."""
        with self._lock:
            now = self._clock()
            for times in (self._requests, self._retries):
                while times and times[0] < now - 60:
                    times.popleft()
            if len(self._retries) >= max(self._floor, self._share * len(self._requests)):
                return False
            self._retries.append(now)
            return True
