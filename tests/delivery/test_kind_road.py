"""Destinations of a kind through the delivery loop: what arrives, what is skipped, what is refused within a 200."""

from ipaddress import ip_network

import orjson
import pytest

from delivery.models import Delivery, LaneCount, State
from delivery.transports import make_transport
from destinations.specification import save
from tests.delivery.road import run_fresh
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "key-1234567890"


@pytest.fixture
def transport():
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    yield transport
    transport.close()


def rudderstack(project, hook):
    given = {"name": "R", "kind": "rudderstack", "enabled": True}
    url = hook.url.removesuffix("/hook")
    return save(project, given | {"parameters": {"data_plane_url": url, "write_key": SECRET}})[0]


def test_an_event_arrives_in_the_kinds_shape(transport, project, make_events):
    with receiver() as hook:
        rudderstack(project, hook)
        (event,) = make_events(1)
        run_fresh(transport)
    (request,) = hook.requests
    assert request.path.endswith("/v1/track")
    assert request.headers["Authorization"].startswith("Basic ")
    assert orjson.loads(request.body)["messageId"] == event.input["uuid"]
    delivery = Delivery.objects.get()
    assert delivery.state == State.DELIVERED
    shown = delivery.attempts.get().request_headers
    assert request.headers["Authorization"] not in str(shown)


def test_an_event_that_lacks_something_is_skipped_and_does_no_harm(transport, project, make_events):
    with receiver() as hook:
        destination = rudderstack(project, hook)
        (event,) = make_events(1)
        event.data.pop("user_id")
        event.save()
        run_fresh(transport)
    assert hook.requests == []
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_status) == (State.CANCELLED, None)
    assert delivery.last_error == "Skipped: user_id and device_id are empty."
    assert not LaneCount.objects.filter(destination=destination, answers_none__gt=0).exists()


def test_a_200_that_says_no_ends_the_delivery(transport, project, make_events):
    with receiver() as hook:
        hook.answer = b'{"status": "no"}'
        url = hook.url
        given = {"name": "P", "kind": "slack", "enabled": True, "parameters": {"webhook_url": url}}
        save(project, given)
        make_events(1)
        run_fresh(transport)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.last_status) == (State.FAILED, 200)
    assert delivery.last_error == "200 OK: The answer’s body is not ok."
    assert delivery.attempts.get().request_url.endswith("/hidden")


def test_a_status_that_waiting_does_not_cure(transport, project, make_events):
    with receiver(lambda number: 401) as hook:
        rudderstack(project, hook)
        make_events(1)
        run_fresh(transport)
    assert Delivery.objects.get().state == State.FAILED
