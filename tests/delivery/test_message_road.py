"""Messages through the whole road to a real receiver, with both transports."""

import json
from datetime import UTC, datetime
from ipaddress import ip_network
from uuid import uuid4

import pytest

from delivery.models import Delivery, State
from delivery.transports import make_transport
from destinations.specification import save
from events.accept import Incoming, accept
from events.shape import time_text
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.destinations.messages.samples import MESSAGES, QUERIES
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["curl", "requests"])
def transport(request):
    made = make_transport(request.param, allowed_networks=(ip_network("127.0.0.0/8"),))
    yield made
    made.close()


@pytest.fixture
def accepted(project):
    """Accepts a message as a dialect would that keeps it beside the event."""

    def accept_message(message):
        moment, uuid = datetime.now(UTC), uuid4()
        event_type = message.get("event", message["type"])
        data = {
            "event_type": event_type,
            "event_time": time_text(moment),
            "uuid": str(uuid),
            "user_id": message["userId"],
        }
        topic = f"event.{message['type']}"
        accept(
            project, [Incoming(topic, event_type, message["userId"], None, moment, uuid, data, message=message)], moment
        )

    return accept_message


def test_each_message_arrives_as_the_body_or_as_the_query(transport, project, accepted):
    with receiver() as hook:
        for method in ("POST", "GET"):
            given = {"name": method, "kind": "rudderstack-webhook", "url": hook.url, "method": method, "enabled": True}
            save(project, given)
        for message in MESSAGES.values():
            accepted(message | {"request_ip": "203.0.113.7"})
        run_fresh(transport)
    bodies = {json.loads(one.body)["type"]: one for one in hook.requests if one.method == "POST"}
    for name, message in MESSAGES.items():
        context = message["context"] | {"ip": "203.0.113.7"}
        assert json.loads(bodies[name].body) == message | {"request_ip": "203.0.113.7", "context": context}
        assert bodies[name].headers["User-Agent"] == "RudderLabs"
        assert bodies[name].headers["Content-Type"] == "application/json"
    gets = [one for one in hook.requests if one.method == "GET"]
    assert {one.path for one in gets} == {f"/hook?{query}" for query in QUERIES.values()}
    assert all(one.body == b"" and "Content-Type" not in one.headers for one in gets)
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


def test_a_retry_sends_the_same_message(transport, project, accepted):
    with receiver(lambda number: 503 if number <= 3 else 200) as hook:
        save(project, {"name": "R", "kind": "rudderstack-webhook", "url": hook.url, "enabled": True})
        accepted(MESSAGES["track"])
        run_fresh(transport)
        pass_time(days=1)
        run_retries(transport)
    assert len(set(hook.bodies)) == 1
    assert len({one.headers["webhook-id"] for one in hook.requests}) == 1


def test_one_line_for_each_header_and_what_it_says_is_text(transport, project, accepted):
    header = {"Content-Type": "text/x", "X-Number": 10, "X-Empty": "", "X-Name": "Zoë"}
    with receiver() as hook:
        given = {"name": "R", "kind": "rudderstack-webhook", "url": hook.url, "enabled": True, "event_controls": True}
        save(project, given)
        accepted(MESSAGES["track"] | {"header": header, "appendPath": "/orders/1"})
        run_fresh(transport)
    (request,) = hook.requests
    assert request.path == "/hook/orders/1"
    sent = {name.lower(): value for name, value in request.headers.items()}
    assert (sent["content-type"], sent["x-number"], sent["x-empty"]) == ("text/x", "10", "")
    assert sent["x-name"].encode("latin-1").decode() == "Zoë"
