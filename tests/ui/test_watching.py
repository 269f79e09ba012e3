"""What operators watch: spans that tell no secret, and a board whose every number there is."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from corpus.errors import QuestionError, SettingsError
from rag.llm.breaker import Health, State
from tests.fakes_ui import ScriptedAnswerer
from ui.service import tracing
from ui.service.desk import Desk
from ui.service.editions import Edition
from ui.service.limits import Visitor
from ui.service.metering import Meter

BOARD = Path(__file__).resolve().parents[2] / "deploy" / "grafana.json"
QUESTION = "青溪2028工业目标是多少?"


def exposed() -> dict[str, set[str]]:
    """Return each sample that /metrics can give, with its labels, after one of everything has happened."""
    meter = Meter()
    meter.answered("page", "answered", "extractive")
    meter.rejected("page", "rate")
    meter.failed("page")
    meter.looked_up(found=True)
    meter.switched()
    meter.thumb("up")
    with meter.running("page"):
        pass
    text = meter.exposition(Edition(ScriptedAnswerer()), model=Health(State.CLOSED, 0, 0, 0, 0)).decode()
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
        found.setdefault(family.name, set())  # named, though nothing has been counted yet
    return found


def test_every_number_on_the_board_is_one_that_there_is() -> None:
    there = exposed()
    board = json.loads(BOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    named = {name for expression in asked for name in re.findall(r"\blinping_\w+", expression)}
    assert len(named) >= 12
    assert named <= there.keys()
    for expression in asked:
        (name, *_) = re.findall(r"\blinping_\w+", expression)
        labels = {label.strip() for group in re.findall(r"by \(([^)]+)\)", expression) for label in group.split(",")}
        assert labels <= there[name] | {"le"} and (name.endswith("_bucket") or "le" not in labels), expression
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """An exporter that keeps what is sent, in memory."""
    sdk = pytest.importorskip("opentelemetry.sdk.trace")
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    provider = sdk.TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing.trace, "get_tracer", provider.get_tracer)
    yield exporter
    provider.shutdown()


def test_an_answer_is_one_span_without_a_word_of_it(spans: object) -> None:
    desk = Desk(Edition(ScriptedAnswerer()))
    answer = list(desk.replies(QUESTION, (), Visitor("127.0.0.1", local=True), "page"))[-1]
    (span,) = spans.get_finished_spans()  # type: ignore[attr-defined]
    assert span.name == "linping.answer"
    assert span.attributes["linping.door"] == "page"
    assert span.attributes["linping.status"] == answer.status.value
    written = span.to_json()
    for secret in (QUESTION, "青溪", answer.short_answer or answer.answer, "127.0.0.1"):
        assert secret not in written, secret
        assert json.dumps(secret)[1:-1] not in written, secret


def test_a_failure_is_told_by_its_kind_alone(spans: object) -> None:
    with pytest.raises(QuestionError), tracing.answering("api", "gen-000001"):
        raise QuestionError(QUESTION)
    (span,) = spans.get_finished_spans()  # type: ignore[attr-defined]
    assert span.attributes["error.type"] == "QuestionError"
    assert not span.status.is_ok
    assert not span.events and QUESTION not in str(span.to_json())
    assert span.status.description is None


def test_traces_without_the_extra_are_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match="linping-qa\\[traces\\]"):
        tracing.configure("http://127.0.0.1:4318/v1/traces")


def test_nothing_is_sent_until_a_collector_is_named() -> None:
    with tracing.answering("page", "gen-000001") as span:
        assert not span.is_recording()
