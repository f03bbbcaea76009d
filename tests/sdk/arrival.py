"""What the SDKs of the tests are asked to send, and what has to arrive of it at a receiver."""

import json
import time
from collections.abc import Callable
from ipaddress import ip_network
from typing import Any

from delivery.models import Delivery, State
from delivery.transports import make_transport
from destinations.specification import save
from events.models import Group, Profile, Project
from tests.delivery.road import run_fresh
from tests.receiver import receiver
from tests.sdk.installed import FOLDER

Message = dict[str, Any]
CALLS: list[tuple[str, Message]] = json.loads((FOLDER / "calls.json").read_text())
USER = "user-ünï-1"


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
