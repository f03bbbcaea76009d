"""Server SDKs, unchanged: what they send arrives at a receiver behind a RudderStack webhook destination.

Each makes the calls of calls.json: nested and unicode values, and a message twice where an SDK lets one say its id.
"""

import os
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import rudderstack.analytics.client as rudderstack
import segment.analytics.client as segment
from pytest_django.live_server_helper import LiveServer

from events.models import Profile, Project
from tests.sdk.arrival import CALLS, USER, check_calls, check_completed, through
from tests.sdk.installed import FOLDER, missing

pytestmark = pytest.mark.django_db(transaction=True)

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
