"""Six SDKs, unchanged: what they send arrives at a receiver behind a RudderStack webhook destination.

Each makes the calls of calls.json: nested and unicode values, and a message twice where an SDK lets one say its id.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from threading import Thread
from typing import Any

import pytest
import rudderstack.analytics.client as rudderstack
import segment.analytics.client as segment
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from delivery.models import Delivery, State
from delivery.transports import make_transport
from destinations.specification import save
from events.models import Event, Group, Profile, Project
from tests.browser.conftest import browser
from tests.delivery.road import run_fresh
from tests.receiver import receiver
from tests.sdk.installed import FOLDER, MODULES, missing

__all__ = ["browser"]
pytestmark = pytest.mark.django_db(transaction=True)

Message = dict[str, Any]
CALLS: list[tuple[str, Message]] = json.loads((FOLDER / "calls.json").read_text())
USER = "user-ünï-1"
LIBRARIES = {
    "rudder-sdk-python": "analytics-python",
    "segment-analytics-python": "analytics-python",
    "@rudderstack/rudder-sdk-node": "analytics-node",
    "@segment/analytics-node": "@segment/analytics-node",
}

needs_node = pytest.mark.skipif(bool(missing()), reason=missing())


def python_sdk(client: Any) -> None:
    names = {"messageId": "message_id", "groupId": "group_id", "previousId": "previous_id"}
    for call, fields in CALLS:
        getattr(client, call)(user_id=USER, **{names.get(name, name): value for name, value in fields.items()})
    client.shutdown()


def send_rudder_python(hub: str, key: str) -> None:
    failures: list[Exception] = []
    python_sdk(rudderstack.Client(key, host=hub, on_error=lambda error, batch: failures.append(error)))
    assert failures == []


def send_segment_python(hub: str, key: str) -> None:
    failures: list[Exception] = []
    python_sdk(segment.Client(key, host=hub, gzip=True, on_error=lambda error, batch: failures.append(error)))
    assert failures == []


def send_node(script: str) -> Callable[[str, str], None]:
    def run(hub: str, key: str) -> None:
        environment = {"PATH": os.environ["PATH"], "HUB": hub, "WRITE_KEY": key, "USER_ID": USER}
        command = ["node", str(FOLDER / script)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, "")

    return run


@pytest.mark.parametrize(
    ("package", "send"),
    [
        ("rudder-sdk-python", send_rudder_python),
        ("segment-analytics-python", send_segment_python),
        pytest.param("@rudderstack/rudder-sdk-node", send_node("rudder_node.mjs"), marks=needs_node),
        pytest.param("@segment/analytics-node", send_node("segment_node.mjs"), marks=needs_node),
    ],
)
def test_server_sdk(live_server: LiveServer, project: Project, package: str, send: Callable[[str, str], None]) -> None:
    send(live_server.url, project.api_key)
    bodies = through(project)
    assert sorted(body["type"] for body in bodies) == ["alias", "group", "identify", "page", "track"]
    for body in bodies:
        check_completed(body)
        assert body["context"]["library"]["name"] == LIBRARIES[package]
    check_calls(bodies)
    assert Profile.objects.get(identity=f"u:{USER}").groups == {"group": ["acme"]}


RUDDER_CALLS = """([key, hub, user, calls]) => {
  const sdk = new rudderanalytics.RudderAnalytics();
  sdk.load(key, hub, { configUrl: hub });
  make(sdk, user, calls);
}"""
SEGMENT_CALLS = """([key, hub, user, calls]) => {
  const sdk = AnalyticsNext.AnalyticsBrowser.load({ writeKey: key, cdnURL: hub });
  make(sdk, user, calls);
}"""


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@needs_node
@pytest.mark.parametrize(
    ("page_of", "calls", "library"),
    [
        ("rudder.html", RUDDER_CALLS, "RudderLabs JavaScript SDK"),
        ("segment.html", SEGMENT_CALLS, "analytics.js"),
    ],
)
def test_browser_sdk(
    live_server: LiveServer, project: Project, browser: Browser, shop: str, page_of: str, calls: str, library: str
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{shop}/{page_of}")
    page.evaluate(calls, [project.api_key, live_server.url, USER, CALLS])
    wait_for(lambda: Event.objects.count() >= len(CALLS))
    context.close()
    bodies = through(project)
    assert sorted(body["type"] for body in bodies) == ["alias", "group", "identify", "page", "track", "track"]
    for body in bodies:
        check_completed(body)
        assert body["context"]["library"]["name"] == library
        assert body["anonymousId"]
    check_calls(bodies)


def through(project: Project) -> list[Message]:
    """What a receiver gets of the stored events by way of a RudderStack webhook destination."""
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    with receiver() as hook:
        given = {"name": "All", "kind": "rudderstack-webhook", "url": hook.url, "method": "POST", "enabled": True}
        save(project, given)
        run_fresh(transport)
    transport.close()
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}
    assert {one.headers["User-Agent"] for one in hook.requests} == {"RudderLabs"}
    return [json.loads(body) for body in hook.bodies]


def check_completed(body: Message) -> None:
    added = {"messageId", "receivedAt", "request_ip", "rudderId", "originalTimestamp", "sentAt", "timestamp"}
    assert body.keys() >= added
    assert "writeKey" not in body
    assert None not in body.values()
    assert body["userId"] == USER
    assert body["context"]["ip"] == body["request_ip"] == "127.0.0.1"


def check_calls(bodies: list[Message]) -> None:
    """What the caller said is there, to the last nested value."""
    found = {body["type"]: body for body in bodies}
    calls = dict(CALLS)
    assert (found["identify"].get("traits") or found["identify"]["context"]["traits"]) == calls["identify"]["traits"]
    assert found["track"]["event"] == calls["track"]["event"]
    assert found["track"]["properties"].items() >= calls["track"]["properties"].items()
    assert (found["page"]["category"], found["page"]["name"]) == ("Shop", "Home")
    assert found["page"]["properties"].items() >= calls["page"]["properties"].items()
    assert (found["group"]["groupId"], found["group"]["traits"]) == ("acme", calls["group"]["traits"])
    assert found["alias"]["previousId"] == "anon-1"
    assert Group.objects.get().properties == calls["group"]["traits"]
    assert Profile.objects.get(identity=f"u:{USER}").properties == calls["identify"]["traits"]


def wait_for(holds: Callable[[], bool], seconds: float = 15) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come in time"
        time.sleep(0.05)


@pytest.fixture
def shop() -> Iterator[str]:
    """A web page of somebody else's, on an origin of its own."""

    class Handler(SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            """Pages from here; scripts, and the parts that they load later, from the SDKs as they were installed."""
            return str(FOLDER / path[1:] if path.endswith(".html") else MODULES / path[1:])

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
