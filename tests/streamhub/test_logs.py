"""Log lines: ids of requests and deliveries, JSON on demand, and never a secret."""

import json
import logging
from collections.abc import Callable
from contextlib import contextmanager
from io import StringIO

import pytest
from django.urls import reverse

from delivery.jobs import transport
from delivery.lanes import Lanes
from delivery.models import State
from delivery.routing import Router
from streamhub.log_lines import BLANK, JsonLines, TextLines, WithRequestId, blanked
from tests.receiver import receiver

FORMATTERS = {"json": JsonLines, "text": lambda: TextLines("{levelname} {name}: {message}", style="{")}


@contextmanager
def lines(format: str = "json"):
    """What the root logger writes meanwhile, from INFO on."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(FORMATTERS[format]())
    handler.addFilter(WithRequestId())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    found: list = []
    try:
        yield found
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        text = written.getvalue().splitlines()
        found += [json.loads(line) for line in text] if format == "json" else text


def of(found: list[dict], logger: str) -> list[dict]:
    return [line for line in found if line["logger"] == logger]


def test_each_request_has_an_id_and_a_line(client, project):
    with lines() as found:
        answer = client.post("/2/httpapi?api_key=hidden", b"{}", content_type="application/json")
    line = of(found, "streamhub.request_ids")[0]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert (line["method"], line["path"], line["status"], line["level"]) == ("POST", "/2/httpapi", 400, "INFO")
    assert line["time"].endswith("+00:00")
    assert "hidden" not in str(found)


@pytest.mark.parametrize(
    ("given", "taken"),
    [("0123abcd-ef", True), ("short", False), ("x" * 65, False), ('a"b c\td/e!', False)],
)
def test_an_id_of_a_proxy_is_taken_over_if_it_looks_like_one(client, given, taken):
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) == taken


def test_addresses_that_open_a_door_are_not_logged(client, project):
    with lines() as found:
        client.post(f"/inbox/{project.inbox_token}", b"{}", content_type="application/json")
    assert of(found, "streamhub.request_ids")[0]["path"] == "/inbox/…"
    assert project.inbox_token not in str(found)


def test_attempts_with_the_ids_of_delivery_and_destination(make_events, make_destination):
    header = {"name": "Authorization", "value": "Bearer sesame-open", "secret": True}
    with receiver(lambda number: 503) as hook, lines() as found:
        destination = make_destination(url=hook.url, headers=[header])
        event = make_events()[0]
        Lanes(State.QUEUED, transport(), Router()).run()
    delivery = destination.delivery_set.get()
    line = of(found, "delivery.attempt_log")[0]
    about = ("delivery", "destination", "event", "attempt", "state", "status")
    assert tuple(line[name] for name in about) == (delivery.pk, destination.pk, event.pk, 1, "retrying", 503)
    assert line["message"] == f"Delivery {delivery.pk}, attempt 1: retrying (503 Service Unavailable)"
    assert "sesame" not in str(found)


def test_a_page_that_breaks_tells_its_request(client, db, monkeypatch):
    def broken(request):
        raise RuntimeError("redis://:hunter2@redis.internal:6379 said token=abc123")

    monkeypatch.setattr("streamhub.pages.health._ask_database", lambda: None)
    monkeypatch.setattr("streamhub.pages.metrics._is_near", broken)
    client.raise_request_exception = False
    with lines() as found:
        answer = client.get(reverse("metrics"))
    line = of(found, "django.request")[0]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert f"redis://{BLANK}@redis.internal:6379 said token={BLANK}" in line["exc_info"]
    assert "hunter2" not in str(found)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("with shk_abcDEF123 and whsec_a+/b=", f"with {BLANK} and {BLANK}"),
        ("Authorization: Bearer abc.def", f"Authorization: Bearer {BLANK}"),
        ("authorization: basic dXNlcjpwYXNz", f"authorization: basic {BLANK}"),
        ("postgres://hub:pass@db/x", f"postgres://{BLANK}@db/x"),
        ("?api_key=0123&x=1", f"?api_key={BLANK}&x=1"),
        ('{"client_secret": "s3"}', f'{{"client_secret": "{BLANK}"}}'),
        ("Password='x y'", f"Password='{BLANK} y'"),
        ("a keyboard token ring at http://host:8000/a@b", "a keyboard token ring at http://host:8000/a@b"),
    ],
)
def test_secrets_are_blanked(text, shown):
    assert blanked(text) == shown


def test_data_cannot_fake_a_line():
    with lines("text") as found:
        logging.getLogger("x").warning("user %s", "a\nERROR root: all is lost\x1b[2J")
    assert found == ["WARNING x: user a\\nERROR root: all is lost\\x1b[2J"]


class TestTraces:
    @pytest.fixture
    def spans(self, monkeypatch) -> Callable[[], list]:
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import SimpleSpanProcessor
        from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

        from events import spans

        exporter, provider = InMemorySpanExporter(), TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(exporter))
        monkeypatch.setattr(spans, "_tracer", provider.get_tracer("test"))
        monkeypatch.setattr(trace, "get_tracer", provider.get_tracer)
        return exporter.get_finished_spans

    def test_the_road(self, spans, make_events, make_destination):
        with receiver() as hook:
            destination = make_destination(url=hook.url)
            make_events(3)
            Lanes(State.QUEUED, transport(), Router()).run()
        found = {span.name: dict(span.attributes) for span in spans()}
        assert found["route"] == {"events": 3, "deliveries": 3}
        assert found["record"]["attempts"] >= 1
        assert (found["attempt"]["destination"], found["attempt"]["status"]) == (destination.pk, 200)

    def test_a_request_is_a_child_of_the_sender_s_span(self, spans, client, settings):
        settings.MIDDLEWARE = ["streamhub.tracing.TracingMiddleware", *settings.MIDDLEWARE]
        trace = "0af7651916cd43dd8448eb211c80319c"
        client.get("/healthz", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        (span,) = spans()
        assert (span.name, format(span.context.trace_id, "032x")) == ("GET healthz", trace)
        assert span.attributes["http.response.status_code"] == 200

    @pytest.mark.parametrize(
        ("variables", "wanted"),
        [
            ({}, False),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}, True),
            ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://collector:4318/v1/traces"}, True),
            ({"OTEL_TRACES_EXPORTER": "console"}, True),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
            ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_SDK_DISABLED": "true"}, False),
        ],
    )
    def test_on_by_the_standard_variables(self, monkeypatch, variables, wanted):
        from streamhub import tracing

        for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        assert tracing.is_wanted() == wanted
        assert bool(tracing.middleware()) == wanted

    def test_nothing_is_imported_while_they_are_off(self):
        """The Redis client looks for OpenTelemetry by itself; its tracing is ours to leave alone."""
        import subprocess
        import sys

        program = (
            "import sys, django; django.setup(); import streamhub.wsgi, delivery.jobs; "
            "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk.tr', 'opentelemetry.ex'))])"
        )
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=_plain_environment())
        assert done.stdout.strip() == "[]", done.stderr


def _plain_environment() -> dict[str, str]:
    import os

    from tests.hub import without_settings

    return without_settings(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "streamhub.settings",
        "STREAMHUB_DATA": os.environ["STREAMHUB_DATA"],
    }
