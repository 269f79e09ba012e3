"""Spans for OpenTelemetry: how long an answer took, at which door, how it ended. No question, no answer, no visitor.

Without `configure` the tracer of the API does nothing, and costs nothing worth measuring.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata

from opentelemetry import trace
from opentelemetry.trace import Span, StatusCode

from corpus.errors import SettingsError
from ui.service import wording

_NAME = "linping"


def configure(collector: str) -> None:
    """Send spans to an OTLP collector over HTTP, such as http://127.0.0.1:4318/v1/traces. Raises SettingsError without the extra."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(wording.NO_TRACES) from error
    resource = Resource.create({"service.name": "linping-qa", "service.version": metadata.version("linping-qa")})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector)))
    trace.set_tracer_provider(provider)


@contextmanager
def answering(door: str, generation: str) -> Iterator[Span]:
    """Span one question. Of a failure it tells the kind alone: its message could quote what was asked.

    It is nobody's current span: an answer grows in whichever thread asks for more of it.
    """
    attributes = {"linping.door": door, "linping.generation": generation}
    span = trace.get_tracer(_NAME).start_span("linping.answer", attributes=attributes)
    try:
        yield span
    except GeneratorExit:
        span.set_attribute("linping.left", True)
        raise
    except BaseException as error:
        span.set_attribute("error.type", type(error).__name__)
        span.set_status(StatusCode.ERROR)
        raise
    finally:
        span.end()
