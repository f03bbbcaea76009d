"""Two hubs talk to each other by Amplitude-style webhooks: all seven types, each from its own cause, over real HTTP."""

import base64
import http.client
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from delivery.hooks.secrets import sign
from events.dialects.amplitude_webhooks import TYPES
from tests.faults.books import Log
from tests.hub import Hub, hub
from tests.node import needs_node, started

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes"), pytest.mark.timeout(400)]
HERE, THERE = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
SECRET_KEY = "shk_of_the_first_hub"
AT = "2026-03-14T09:26:53.589Z"
SECRET, FOREIGN = "what both hubs know", "what the third one knows"
PROPERTIES = {
    "city": "Zürich ✓ 🚀", "small": 1e-07, "smaller": 1.5e-05, "whole": 130.0, "large": 1e21, "negative": -0.0,
    "10": "ten", "9": "nine", "01": "text", "serial": 9007199254740993, "line\u2028": "\x00\x7f\\/\"",
}  # fmt: skip
ARRIVED = PROPERTIES | {
    "whole": 130,
    "negative": 0,
    "serial": "9007199254740993",
    "large": "1" + "0" * 21,
    "line\u2028": '\ufffd\x7f\\/"',
}


@pytest.fixture(scope="module")
def hubs() -> Iterator[tuple[Hub, Hub]]:
    with hub() as first, hub() as second:
        yield first, second


def post(running: Hub, path: str, body: bytes, method: str = "POST", **headers: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    given = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, given)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or b"null")
    finally:
        connection.close()


def declare(first: Hub, second: Hub, javascript: int) -> None:
    def webhooks(name: str, url: str) -> dict[str, Any]:
        signing = {"secrets": [{"value": SECRET}]}
        parameters = {"receiver_url": url}
        kind = "amplitude-webhooks"
        return {"name": name, "kind": kind, "parameters": parameters, "signing": signing, "enabled": True}

    def takes(secret: str) -> dict[str, Any]:
        return {"secrets": [{"value": secret}]}

    there = webhooks("The other hub", f"http://127.0.0.1:{second.port}/hooks/amplitude/{THERE}")
    corsair = webhooks("Node.js", f"http://127.0.0.1:{javascript}/")
    shop = {"name": "Shop", "api_key": HERE, "secret_key": SECRET_KEY, "incoming_webhooks": takes(FOREIGN)}
    first.apply({"projects": [shop | {"destinations": [there, corsair]}]})
    # And back again: what has gone in a circle is known.
    back = webhooks("The first hub", f"http://127.0.0.1:{first.port}/hooks/amplitude/{HERE}")
    back["signing"] = takes(FOREIGN)
    shop = {"name": "Shop", "api_key": THERE, "incoming_webhooks": takes(SECRET)}
    second.apply({"projects": [shop | {"destinations": [back]}]})


def cause_all(first: Hub) -> None:
    """Events as an SDK sends them, a cohort that is filled, an annotation made and changed, and another hub's alert."""
    user = {"user_id": "user_1001", "time": 1773480413589}
    events = [
        {"event_type": "Order Placed", **user, "insert_id": "o-1", "event_properties": PROPERTIES, "app_version": "4"},
        {"event_type": "$identify", **user, "insert_id": "i-1", "user_properties": {"$set": {"plan": "pro"}}},
        {"event_type": "$exposure", **user, "event_properties": {"flag_key": "checkout", "variant": "b"}},
    ]
    call(first, "POST", "/2/httpapi", {"api_key": HERE, "events": events})
    cohort = {
        "name": "Listed ✓",
        "app_id": 1,
        "id_type": "BY_USER_ID",
        "ids": ["user_1001"],
        "owner": "",
        "published": True,
    }
    call(first, "POST", "/api/3/cohorts/upload", cohort)
    made = call(first, "POST", "/api/3/annotations", {"label": "Größe 🚀", "start": "2026-03-14T12:00:00Z"})
    call(first, "PUT", f"/api/3/annotations/{made['data']['id']}", {"label": "Größe", "details": "€ 5"})
    data = {"monitor_id": "4", "monitor_name": "M", "alert_type": "alert", "triggered_at": AT, "value": 0.5}
    body = json.dumps({"type": "monitor.alert", "created_at": AT, "data": data}).encode()
    assert post(first, f"/hooks/amplitude/{HERE}", body, X_Amplitude_Signature=sign(FOREIGN, body))[0] == 200


def call(running: Hub, method: str, path: str, content: Any) -> Any:
    """With the project's keys."""
    keys = base64.b64encode(f"{HERE}:{SECRET_KEY}".encode()).decode()
    status, answer = post(running, path, json.dumps(content).encode(), method, Authorization=f"Basic {keys}")
    assert status in (200, 201), answer
    return answer


def settled(books: Log) -> bool:
    """All seven have come there, and nothing is under way any more."""
    ((topics,),) = books.query("SELECT count(DISTINCT topic) FROM events_event")
    return topics == len(TYPES) and books.open() == 0


def wait_for(condition: Any, *given: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not all(condition(one) for one in given):
        assert time.monotonic() < end, [one.query("SELECT topic, event_type FROM events_event") for one in given]
        time.sleep(0.1)


def events_of(books: Log) -> dict[str, dict[str, Any]]:
    rows = books.query("SELECT topic, CAST(data AS text) FROM events_event ORDER BY id")
    assert len({topic for topic, _ in rows}) == len(rows), [topic for topic, _ in rows]
    return {topic: json.loads(data) for topic, data in rows}


@needs_node
def test_all_seven_types(hubs: tuple[Hub, Hub]) -> None:
    first, second = hubs
    here, there = Log("", first.data), Log("", second.data)
    with started("receiver.js", SECRET, "http") as node:
        declare(first, second, int(node.line()))
        cause_all(first)
        wait_for(settled, here, there)
        seen = {one["type"]: one for one in (json.loads(node.line()) for _ in TYPES)}
    assert set(seen) == set(TYPES)
    assert {topic for topic, one in seen.items() if not one["verified"]} == set()
    sent, arrived = events_of(here), events_of(there)  # none came twice, though all of them went back
    assert set(sent) == set(arrived) == set(TYPES)
    assert arrived["event.track"]["event_properties"] == ARRIVED
    assert list(arrived["event.track"]["event_properties"])[:2] == ["9", "10"]
    for topic in ("event.track", "event.identify", "experiment.exposure"):
        assert [arrived[topic][name] for name in SAME] == [sent[topic][name] for name in SAME]
    for topic in set(TYPES) - {"event.track"}:
        assert arrived[topic].get("event_properties") == sent[topic].get("event_properties")
    assert arrived["experiment.exposure"]["user_properties"] == {"plan": "pro", "[Experiment] checkout": "b"}
    flip_a_byte(here, second)


SAME = ("uuid", "event_time", "user_id", "event_type")


def flip_a_byte(here: Log, second: Hub) -> None:
    """The very requests of the first hub, by its log, changed a little and not at all."""
    rows = here.query(
        "SELECT CAST(a.request_body AS text), CAST(a.request_headers AS text) FROM delivery_attempt a "
        "JOIN delivery_delivery d ON d.id = a.delivery_id "
        "JOIN destinations_destination x ON x.id = d.destination_id WHERE x.name = 'The other hub'"
    )
    assert len(rows) == len(TYPES)
    for body, headers in rows:
        signature = dict(json.loads(headers))["X-Amplitude-Signature"]
        flipped = bytearray(body.encode())
        flipped[len(flipped) // 2] ^= 1
        address = f"/hooks/amplitude/{THERE}"
        status, answer = post(second, address, bytes(flipped), X_Amplitude_Signature=signature)
        assert (status, answer["success"]) == (401, False)
        assert post(second, address, body.encode(), X_Amplitude_Signature=signature) == (200, {"success": True})
