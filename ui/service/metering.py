"""What the server counts of itself, for Prometheus. Numbers only: no question, no visitor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import perf_counter

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from rag.llm.breaker import Health, State
from ui.service.editions import Edition

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Meter:
    """Counters of one server. `door` is page, api, openai or mcp."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._lock = Lock()
        self.in_flight = 0
        self._answers = Counter(
            "linping_answers",
            "Questions answered, by door and outcome",
            ["door", "status", "mode"],
            registry=self._registry,
        )
        self._rejected = Counter(
            "linping_rejected", "Questions turned away before answering", ["door", "reason"], registry=self._registry
        )
        self._failed = Counter(
            "linping_failures", "Questions that broke the answerer", ["door"], registry=self._registry
        )
        self._seconds = Histogram(
            "linping_answer_seconds",
            "From question to whole answer",
            ["door"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._in_flight = Gauge("linping_in_flight", "Questions being answered", registry=self._registry)
        self._articles = Gauge("linping_articles", "Articles in the index", registry=self._registry)
        self._feedback = Counter("linping_feedback", "Thumbs", ["verdict"], registry=self._registry)
        self._lookups = Counter(
            "linping_cache", "Questions looked up among answers given lately", ["outcome"], registry=self._registry
        )
        self._generation = Gauge(
            "linping_index", "1 for the generation of the index that is served", ["generation"], registry=self._registry
        )
        self._switches = Counter("linping_index_switches", "New generations taken up", registry=self._registry)
        self._notices = Gauge(
            "linping_index_notices",
            "What is wrong with the index that is published; 0 when all is well",
            registry=self._registry,
        )
        self._cached = Gauge("linping_cached_answers", "Answers kept for the next who asks", registry=self._registry)
        self._circuit = Gauge(
            "linping_model_circuit",
            "1 for the state that the language model's breaker is in",
            ["state"],
            registry=self._registry,
        )
        self._opened = Gauge(
            "linping_model_circuit_opened", "How often the breaker has opened", registry=self._registry
        )

    def answered(self, door: str, status: str, mode: str) -> None:
        self._answers.labels(door, status, mode).inc()

    def rejected(self, door: str, reason: str) -> None:
        self._rejected.labels(door, reason).inc()

    def failed(self, door: str) -> None:
        self._failed.labels(door).inc()

    def looked_up(self, *, found: bool) -> None:
        self._lookups.labels("hit" if found else "miss").inc()

    def switched(self) -> None:
        self._switches.inc()

    def thumb(self, verdict: str) -> None:
        self._feedback.labels(verdict).inc()

    @contextmanager
    def running(self, door: str) -> Iterator[None]:
        """Count a question as in flight, and its seconds when it is done."""
        started = perf_counter()
        with self._lock:
            self.in_flight += 1
        self._in_flight.inc()
        try:
            yield
        finally:
            self._in_flight.dec()
            with self._lock:
                self.in_flight -= 1
            self._seconds.labels(door).observe(perf_counter() - started)

    def exposition(self, edition: Edition, notices: int = 0, model: Health | None = None) -> bytes:
        """Return everything in the text format of Prometheus; `model` is how the language model does, where one is set."""
        self._articles.set(len(edition.articles))
        self._generation.clear()
        self._generation.labels(edition.generation).set(1)
        self._notices.set(notices)
        self._cached.set(0 if edition.cache is None else len(edition.cache))
        if model is not None:
            for state in State:
                self._circuit.labels(state.value).set(model.state is state)
            self._opened.set(model.opened)
        return generate_latest(self._registry)
