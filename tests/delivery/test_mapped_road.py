"""Destinations whose requests are mapped from messages, on the whole road and on their pages."""

import json

import pytest
from django.urls import reverse

from delivery.models import Attempt, Delivery, State
from delivery.requests import RequestBuilder
from delivery.transports import make_transport
from destinations import catalog
from destinations.addresses import parse_networks
from destinations.kind_parameters import parameters_of
from destinations.models import Destination
from destinations.specification import InvalidDestination, describe, missing, save
from events.jsontext import dumps
from events.models import Event
from tests.delivery.road import run_fresh
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = {
    "type": "track",
    "event": "Order Completed",
    "userId": "ann",
    "messageId": "m-1",
    "properties": {"id": "A 1", "total": 9.5, "host": "https://elsewhere.example"},
}
MAPPED = {
    "method": "PUT",
    "body": "mapped",
    "path": [{"path": "orders"}, {"path": "$.properties.id"}],
    "properties": [{"from": "$.event", "to": "$.name"}, {"from": "$.properties.total", "to": "$.order.total"}],
    "query": [{"from": "$.userId", "to": "user"}],
    "headers": [{"from": "$.messageId", "to": "Idempotency-Key"}],
    "auth": "api_key",
    "api_key_name": "X-Shop-Key",
    "secret": "very-secret-key",
}


@pytest.fixture
def transport():
    transport = make_transport("curl", allowed_networks=parse_networks("127.0.0.0/8"))
    yield transport
    transport.close()


@pytest.fixture
def make(project):
    def make(url, enabled=True, sending=None, **values):
        given = {"name": "Shop API", "kind": "http-webhook", "parameters": {"base_url": url} | values}
        return save(project, given | {"enabled": enabled, "sending": sending or {}})[0]

    return make


def came_as(events, *messages):
    for event, message in zip(events, messages, strict=True):
        Event.objects.filter(pk=event.pk).update(message=message)


def test_a_message_arrives_as_it_was_mapped_and_its_key_is_not_shown(transport, make, make_events):
    with receiver() as hook:
        make(hook.url, **MAPPED)
        came_as(make_events(1), MESSAGE)
        run_fresh(transport)
    (request,) = hook.requests
    assert (request.method, request.path) == ("PUT", "/hook/orders/A%201?user=ann")
    assert json.loads(request.body) == {"name": "Order Completed", "order": {"total": 9.5}}
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert (headers["x-shop-key"], headers["idempotency-key"]) == ("very-secret-key", "m-1")
    assert headers["content-type"] == "application/json"
    assert "very-secret" not in str(Attempt.objects.get().request_headers)


def test_an_event_of_another_sdk_is_read_as_the_message_that_says_the_same(transport, make, make_events):
    with receiver() as hook:
        make(hook.url, body="mapped", properties=[{"from": "$.event", "to": "$.e"}, {"from": "$.userId", "to": "$.u"}])
        make_events(1)
        run_fresh(transport)
    assert [json.loads(body) for body in hook.bodies] == [{"e": "Order Placed", "u": "user-1"}]


def test_up_to_a_hundred_bodies_share_a_request_where_everything_else_is_the_same(transport, make, make_events):
    with receiver() as hook:
        make(hook.url, sending={"batch": {"wait": 0}}, body="event", query=[{"from": "$.userId", "to": "u"}])
        came_as(make_events(103), *({"userId": "ann" if n < 101 else "bob", "n": n} for n in range(103)))
        run_fresh(transport)
    sizes = sorted((one.path, len(json.loads(one.body))) for one in hook.requests)
    assert sizes == [("/hook?u=ann", 1), ("/hook?u=ann", 100), ("/hook?u=bob", 2)]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"path": [{"path": "$.properties.none"}]}, "Path not found in the object."),
        (
            {"headers": [{"from": "$.properties.total", "to": "X-Total"}]},
            'Header "X-Total" has a non-string value of type "number"',
        ),
    ],
)
def test_what_is_refused_fails_at_once_and_says_why(transport, make, make_events, values, words):
    with receiver() as hook:
        make(hook.url, **values)
        came_as(make_events(1), MESSAGE)
        run_fresh(transport)
    assert hook.requests == []
    assert Delivery.objects.get().state == State.FAILED
    assert words in Attempt.objects.get().error


def test_no_value_of_an_event_moves_the_request(make):
    values = {
        "path": [{"path": "$.properties.host"}],
        "query": [{"from": "$.properties.host", "to": "@h"}],
        "body": "event",
    }
    made = RequestBuilder(make("https://api.example.com", **values)).make({}, MESSAGE)
    assert made.url == "https://api.example.com/https%3A%2F%2Felsewhere.example?%40h=https%3A%2F%2Felsewhere.example"


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_mapped_body_goes_with_any_method_and_a_template_s_does_not(make, method):
    assert RequestBuilder(make("https://a.example.com", method=method, body="event")).make({}, MESSAGE).body
    Destination.objects.all().delete()
    assert RequestBuilder(make("https://a.example.com", method=method)).make({"uuid": "1"}, MESSAGE).body == b""


def test_a_destination_of_before_sends_what_it_sent(make):
    """Its stored values know nothing of what the kind has learnt since."""
    destination = make("https://api.example.com/v1", resource="users", with_user=True, auth="bearer", secret="KEY-123")
    destination.payload_mode = "raw"
    destination.parameters = dumps(
        {"base_url": "https://api.example.com/v1", "resource": "users", "auth": "api_key", "secret": "KEY-123"}
    )
    made = RequestBuilder(destination).make({"event_type": "A", "user_id": "ann"})
    assert (made.method, made.url) == ("POST", "https://api.example.com/v1/users")
    assert {name.lower(): value for name, value in made.headers}["x-api-key"] == "KEY-123"
    assert json.loads(made.body)["event_type"] == "A"


def test_as_a_file_it_is_the_same_again(make, project):
    made = make("https://api.example.com", **MAPPED)
    described = describe(made, with_secrets=True)
    assert described["parameters"]["properties"] == MAPPED["properties"]
    assert save(project, described, made)[1] == "unchanged"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"auth": "basic"}, "parameters.user", "User is required."),
        ({"auth": "bearer"}, "parameters.secret", "is required."),
        ({"properties": [{"from": "$.a[", "to": "$.b"}]}, "parameters.properties", "Error in custom mappings"),
        ({"properties": [{"form": "$.a"}]}, "parameters.properties", "none of its columns: from, to"),
        ({"properties": [{"from": "a\nb", "to": "$.b"}]}, "parameters.properties", "Row 1: Character 2"),
        ({"properties": [{"from": "$.a", "to": "$.b"}] * 101}, "parameters.properties", "at most 100"),
        ({"properties": 5}, "parameters.properties", "Write a list of rows"),
    ],
)
def test_what_is_refused_at_save(make, values, field, words):
    with pytest.raises(InvalidDestination) as told:
        make("https://api.example.com", **values)
    assert [(problem.field, words in problem.message) for problem in told.value.problems] == [(field, True)]


def test_a_header_of_its_own_is_not_mapped_as_well(make, project):
    made = make("https://api.example.com", **MAPPED)
    for name in ("idempotency-key", "X-Shop-Key"):
        with pytest.raises(InvalidDestination, match="the kind sets it"):
            save(project, describe(made) | {"headers": [{"name": name, "value": "x"}]}, made)


def test_batches_are_json(make):
    with pytest.raises(InvalidDestination, match="Batches are JSON"):
        make("https://api.example.com", format="XML", sending={"batch": True})


def test_without_its_url_it_is_not_ready(project):
    made, _ = save(project, {"name": "N", "kind": "http-webhook"})
    assert "API URL is required." in [problem.message for problem in missing(made)]


class TestPages:
    def test_rows_are_typed_shown_again_and_removed(self, admin_client, make, project):
        made = make("https://api.example.com", enabled=False)
        url = reverse("destination", args=[project.slug, made.pk])
        typed = _form(made) | {
            "parameter-body": "mapped",
            "parameter-properties-0-from": "$.event",
            "parameter-properties-0-to": "$.name",
            "parameter-properties-3-from": " ",
            "parameter-properties-3-to": "",
            "parameter-properties-7-from": "5",
            "parameter-properties-7-to": "$.version",
        }
        assert "Saved." in admin_client.post(url, typed, follow=True).content.decode()
        made = Destination.objects.get()
        assert parameters_of(made)["properties"] == [
            {"from": "$.event", "to": "$.name"},
            {"from": "5", "to": "$.version"},
        ]
        page = admin_client.get(url).content.decode()
        assert 'name="parameter-properties-1-to" value="$.version"' in page
        assert 'name="parameter-properties-2-to" value=""' in page
        assert reverse("destination_payload", args=[project.slug, made.pk]) not in page
        admin_client.post(url, _form(made) | {"parameter-body": "event"})
        assert "properties" not in parameters_of(Destination.objects.get())

    def test_what_is_wrong_with_a_row_is_said_and_the_rows_stay(self, admin_client, make, project):
        made = make("https://api.example.com", enabled=False)
        typed = _form(made) | {"parameter-properties-0-from": "$.a[", "parameter-properties-0-to": "$.b"}
        page = admin_client.post(reverse("destination", args=[project.slug, made.pk]), typed).content.decode()
        assert "Row 1: Error in custom mappings" in page
        assert 'value="$.a["' in page

    def test_the_test_tab_shows_the_request(self, admin_client, make, make_events, project):
        made = make("https://api.example.com", **MAPPED)
        came_as(make_events(1), MESSAGE)
        page = admin_client.get(reverse("destination_test", args=[project.slug, made.pk])).content.decode()
        assert "orders/A%201?user=ann" in page
        assert "very-secret" not in page


def _form(destination):
    kind = catalog.of(destination)
    values = {f"parameter-{one.name}": str(one.default or "") for one in kind.parameters if one.type != "rows"}
    values |= {"parameter-base_url": "https://api.example.com", "parameter-with_user": "false"}
    return values | {"name": destination.name, "connect_timeout": "5", "total_timeout": "10"}
