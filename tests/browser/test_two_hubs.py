"""Two hubs talk to each other by Amplitude-style webhooks: all seven types, each from its own cause, over real HTTP."""

import http.client
import json
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from amplitude import Amplitude, BaseEvent, EventOptions, Identify
from playwright.sync_api import Browser, Page, expect

from events.dialects.amplitude_webhooks import TYPES
from tests.browser.hands import Mouse
from tests.browser.test_annotations import annotate
from tests.browser.test_whole_way import sign_in
from tests.faults.books import Log
from tests.hub import Hub, hub
from tests.node import needs_node, started
from tests.sdk.arrival import wait_for
from tests.sdk.installed import FOLDER, missing

pytestmark = [
    pytest.mark.processes,
    pytest.mark.timeout(400),
    needs_node,
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
HERE, THERE = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
SECRET, BACK = "what both hubs know", "what they know for the way back"
USER = "user-ünï-1"
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
ORDERS = 3
EXPOSURE = {"flag_key": "größe", "variant": "b", "experiment_key": "exp-1", "metadata": {"deployment_name": "web"}}
# What came of an event on its way to the other hub's table.
SAME = ("uuid", "event_time", "user_id", "event_type")


@dataclass
class Shop:
    """The project of the first hub."""

    running: Hub
    path: str = "/p/shop/"


@pytest.fixture(scope="module")
def hubs() -> Iterator[tuple[Hub, Hub]]:
    with hub() as first, hub() as second:
        yield first, second


def test_all_seven_types(hubs: tuple[Hub, Hub], browser: Browser) -> None:
    first, second = hubs
    here, there = Log("", first.data), Log("", second.data)
    with started("receiver.js", SECRET, "http") as node:
        declare(first, second, int(node.line()))
        cause_all(first, here, browser)
        wait_for(lambda: settled(here, there), 60)
        sent, arrived = events_of(here), events_of(there)
        told = [json.loads(node.line()) for events in sent.values() for _ in events]
    assert [one["type"] for one in told if not one["verified"]] == []
    assert {one["type"] for one in told} == set(TYPES)
    # None came twice, though all of them went back.
    once = dict.fromkeys(TYPES, 1) | {"event.track": ORDERS, "cohort.computed": len(sent["cohort.computed"])}
    assert {topic: len(events) for topic, events in sent.items()} == once
    check_causes(sent)
    check_arrived(sent, arrived)
    flip_a_byte(here, second)


def declare(first: Hub, second: Hub, javascript: int) -> None:
    def webhooks(name: str, url: str, secret: str) -> dict[str, Any]:
        parameters, signing = {"receiver_url": url}, {"secrets": [{"value": secret}]}
        kind = "amplitude-webhooks"
        return {"name": name, "kind": kind, "parameters": parameters, "signing": signing, "enabled": True}

    def takes(secret: str) -> dict[str, Any]:
        return {"secrets": [{"value": secret}]}

    there = webhooks("The other hub", f"http://127.0.0.1:{second.port}/hooks/amplitude/{THERE}", SECRET)
    corsair = webhooks("Node.js", f"http://127.0.0.1:{javascript}/", SECRET)
    many = {"name": "Many orders ✓", "metric": "events", "event_type": "Order Placed", "window": 300}
    many |= {"condition": "above", "threshold": ORDERS - 1, "tells_recovery": False}
    buyers = {"name": "Käufer", "definition": {"conditions": [{"did": "Order Placed", "times": "exactly", "count": 3}]}}
    shop = {"name": "Shop", "api_key": HERE, "incoming_webhooks": takes(BACK), "destinations": [there, corsair]}
    first.apply({"projects": [shop | {"monitors": [many], "cohorts": [buyers]}]})
    # And back again: what has gone in a circle is known.
    back = webhooks("The first hub", f"http://127.0.0.1:{first.port}/hooks/amplitude/{HERE}", BACK)
    shop = {"name": "Shop", "api_key": THERE, "incoming_webhooks": takes(SECRET), "destinations": [back]}
    second.apply({"projects": [shop]})


def cause_all(first: Hub, here: Log, browser: Browser) -> None:
    track_and_identify(first)
    expose(first)
    context = browser.new_context(base_url=f"http://127.0.0.1:{first.port}", viewport={"width": 1440, "height": 900})
    context.set_default_timeout(10_000)
    page = context.new_page()
    try:
        sign_in(Mouse(page), Shop(first))  # type: ignore[arg-type]
        annotate(page, "Größe 🚀", "Releases")
        change_the_annotation(page)
        compute(page)
    finally:
        context.close()
    wait_for(lambda: bool(here.query("SELECT 1 FROM events_event WHERE topic = 'monitor.alert'")), 30)


def track_and_identify(first: Hub) -> None:
    """By the official SDK: the traffic that the monitor looks at, and that the cohort asks for."""
    client = Amplitude(HERE)
    client.configuration.server_url = f"http://127.0.0.1:{first.port}/2/httpapi"
    client.identify(Identify().set("plan", "pro ✓").add("visits", 1.5), EventOptions(user_id=USER))
    for future in client.flush():
        future.result()
    for _ in range(ORDERS):
        client.track(BaseEvent("Order Placed", user_id=USER, event_properties=PROPERTIES, app_version="4"))
    client.flush()
    client.shutdown()


def expose(first: Hub) -> None:
    environment = {"PATH": os.environ["PATH"], "HUB": f"http://127.0.0.1:{first.port}", "API_KEY": HERE}
    environment |= {"USER_ID": USER, "EXPOSURE": json.dumps(EXPOSURE)}
    command = ["node", str(FOLDER / "amplitude_node.mjs")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def change_the_annotation(page: Page) -> None:
    go_to(page, "Annotations")
    page.get_by_role("link", name="Größe 🚀").click()
    page.get_by_label("What happened").fill("Größe")
    page.get_by_label("Details").fill("€ 5")
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator(".sh-toast")).to_be_visible()


def compute(page: Page) -> None:
    """The rule, now that there is somebody whom it finds."""
    go_to(page, "Cohorts")
    page.get_by_role("link", name="Käufer").click()
    page.get_by_role("button", name="Compute now").click()
    expect(page.locator("#found")).to_contain_text(USER, timeout=15_000)


def go_to(page: Page, section: str) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name=section, exact=True).click()


def settled(here: Log, there: Log) -> bool:
    """All that the one has is at the other, and nothing is under way any more."""
    query = "SELECT topic, count(*) FROM events_event GROUP BY topic ORDER BY topic"
    topics = here.query(query)
    return len(topics) == len(TYPES) and topics == there.query(query) and here.open() + there.open() == 0


def events_of(books: Log) -> dict[str, list[dict[str, Any]]]:
    found = defaultdict(list)
    for topic, data in books.query("SELECT topic, CAST(data AS text) FROM events_event ORDER BY id"):
        found[topic].append(json.loads(data))
    return found


def check_causes(sent: dict[str, list[dict[str, Any]]]) -> None:
    (created,), (updated,) = announced(sent, "annotation.created"), announced(sent, "annotation.updated")
    assert (created["label"], created["source"], created["author"]) == ("Größe 🚀", "browser", "admin")
    assert (updated["label"], updated["details"]) == ("Größe", "€ 5")
    (alert,) = announced(sent, "monitor.alert")
    assert (alert["monitor_name"], alert["alert_type"], alert["threshold"]) == ("Many orders ✓", "fired", ORDERS - 1)
    assert alert["value"] == ORDERS
    computed = announced(sent, "cohort.computed")[-1]
    assert (computed["cohort_name"], computed["size"]) == ("Käufer", 1)
    assert sent["experiment.exposure"][0]["library"].startswith("amplitude-node-ts/")
    assert sent["event.track"][0]["library"].startswith("amplitude-python/")


def check_arrived(sent: dict[str, list[dict[str, Any]]], arrived: dict[str, list[dict[str, Any]]]) -> None:
    for topic in ("event.track", "event.identify", "experiment.exposure"):
        assert values(arrived[topic], SAME) == values(sent[topic], SAME)
    for order in arrived["event.track"]:
        assert order["event_properties"] == ARRIVED
        assert list(order["event_properties"])[:2] == ["9", "10"]
    for topic in set(TYPES) - {"event.track"}:
        assert properties(arrived[topic]) == properties(sent[topic])
    (exposure,) = arrived["experiment.exposure"]
    assert exposure["user_properties"] == {"plan": "pro ✓", "visits": 1.5, "[Experiment] größe": "b"}


def announced(events: dict[str, list[dict[str, Any]]], topic: str) -> list[dict[str, Any]]:
    return [event["event_properties"] for event in events[topic]]


def values(events: list[dict[str, Any]], names: tuple[str, ...]) -> list[list[Any]]:
    return sorted([event[name] for name in names] for event in events)


def properties(events: list[dict[str, Any]]) -> list[Any]:
    """In an order of their own: both hubs store what comes at once as it comes."""
    return sorted((event.get("event_properties") for event in events), key=str)


def flip_a_byte(here: Log, second: Hub) -> None:
    """The very requests of the first hub, by its log, changed a little and not at all."""
    rows = here.query(
        "SELECT CAST(a.request_body AS text), CAST(a.request_headers AS text) FROM delivery_attempt a "
        "JOIN delivery_delivery d ON d.id = a.delivery_id "
        "JOIN destinations_destination x ON x.id = d.destination_id WHERE x.name = 'The other hub'"
    )
    assert {json.loads(body)["type"] for body, _ in rows} == set(TYPES)
    for body, headers in rows:
        signature = dict(json.loads(headers))["X-Amplitude-Signature"]
        flipped = bytearray(body.encode())
        flipped[len(flipped) // 2] ^= 1
        status, answer = post(second, bytes(flipped), signature)
        assert (status, answer["success"]) == (401, False)
        assert post(second, body.encode(), signature) == (200, {"success": True})


def post(running: Hub, body: bytes, signature: str) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    headers = {"Content-Type": "application/json", "X-Amplitude-Signature": signature}
    try:
        connection.request("POST", f"/hooks/amplitude/{THERE}", body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
