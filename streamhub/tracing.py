"""OpenTelemetry, by its standard environment variables. Without them none of its packages is imported."""

import logging
import os
from collections.abc import Callable
from importlib.util import find_spec

from django.http import HttpRequest, HttpResponseBase

from events import spans

log = logging.getLogger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def is_wanted() -> bool:
    """By OTEL_SDK_DISABLED, OTEL_TRACES_EXPORTER (none, otlp, console) and the endpoints."""
    if os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return False
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "").lower()
    return exporter != "none" and bool(exporter or any(os.environ.get(name) for name in ENDPOINTS))


def is_installed() -> bool:
    return find_spec("opentelemetry") is not None and find_spec("opentelemetry.sdk") is not None


def begin() -> None:
    """Called as a process starts: installs the tracer if one is wanted."""
    if not is_wanted():
        return
    if not is_installed():
        log.warning("OpenTelemetry is configured and not installed: pip install -r requirements-traces.txt")
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter
    from opentelemetry.trace import set_tracer_provider

    os.environ.setdefault("OTEL_SERVICE_NAME", "streamhub")
    provider = TracerProvider(resource=Resource.create())  # sampler and limits come from the environment too
    console = os.environ.get("OTEL_TRACES_EXPORTER", "").lower() == "console"
    provider.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter() if console else OTLPSpanExporter()))
    set_tracer_provider(provider)
    spans.install(provider.get_tracer("streamhub"))


def middleware() -> list[str]:
    return ["streamhub.tracing.TracingMiddleware"] if is_wanted() and is_installed() else []


class TracingMiddleware:
    """A span for each request, a child of the one that the sender names in `traceparent`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        from opentelemetry.propagate import extract
        from opentelemetry.trace import SpanKind, get_tracer

        self.get_response, self.extract, self.kind = get_response, extract, SpanKind.SERVER
        self.tracer = get_tracer("streamhub")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        parent = self.extract({name.lower(): value for name, value in request.headers.items()})
        with self.tracer.start_as_current_span(request.method or "request", parent, self.kind) as one:
            response = self.get_response(request)
            one.set_attribute("http.request.method", request.method or "")
            one.set_attribute("http.response.status_code", response.status_code)
            if match := request.resolver_match:
                one.set_attribute("http.route", match.route)
                one.update_name(f"{request.method} {match.route}")
            return response
