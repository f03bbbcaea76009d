"""Ids, signatures and authentication on the road: what arrives, again and again, and what the log says of it."""

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from delivery.hub_transport import hub_transport
from delivery.models import Delivery, State
from delivery.repair import retry_now
from delivery.requests import RequestBuilder
from delivery.transports import make_transport
from destinations import specification
from destinations.models import Destination
from destinations.signing_rules import new_secret
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.delivery.token_server import token_server
from tests.receiver import receiver

LOOPBACK = (ip_network("127.0.0.0/8"),)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["curl", "requests"])
def transport(request):
    transport = make_transport(request.param, allowed_networks=LOOPBACK)
    yield transport
    transport.close()


@pytest.fixture
def authorized(settings):
    settings.ALLOWED_NETWORKS = LOOPBACK
    transport = hub_transport(20)
    yield transport
    transport.close()


def standard(*values):
    end = "2099-01-01T00:00:00Z"
    secrets = [{"value": value, "until": end if number else None} for number, value in enumerate(values)]
    return {"scheme": "standard", "secrets": secrets}


def verified(secret, request) -> bool:
    try:
        Webhook(secret).verify(request.body, request.headers)
    except WebhookVerificationError:
        return False
    return True


def test_an_id_is_the_same_in_every_try_retry_and_replay(transport, make_destination, make_events):
    with receiver(lambda number: 503 if number < 6 else 200) as hook:
        make_destination(url=hook.url)
        make_events(1)
        run_fresh(transport)  # three tries
        Delivery.objects.update(state=State.EXPIRED, next_attempt_at=None)
        retry_now(Delivery.objects.get())
        run_retries(transport)
        assert Delivery.objects.get().state == State.DELIVERED
    ids = [request.headers["webhook-id"] for request in hook.requests]
    assert len(ids) == 6
    assert len(set(ids)) == 1
    assert ids[0].startswith("msg_")
    assert ids[0].removeprefix("msg_").isalnum()


def test_each_event_and_each_destination_has_an_id_of_its_own(transport, make_destination, make_events):
    with receiver() as hook:
        make_destination(url=hook.url, id_header="X-Message-Id")
        make_destination(url=hook.url, id_header="X-Message-Id")
        make_events(3)
        run_fresh(transport)
    assert len({request.headers["X-Message-Id"] for request in hook.requests}) == 6


PAYLOADS = {
    "the event": {},
    "beyond ASCII": {"payload": {"mode": "template", "language": "jinja2", "template": '{"city": "Zürich ✓ 🚀"}'}},
    "a big one": {"payload": {"mode": "template", "template": '{"a": "' + 50_000 * "x" + '"}'}},
    "PUT": {"method": "PUT"},
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_receiver_verifies_what_arrives(transport, make_destination, make_events, name):
    secret, old, other = (new_secret("standard") for _ in range(3))
    with receiver() as hook:
        make_destination(url=hook.url, signing=standard(secret, old), **PAYLOADS[name])
        make_events(2)
        run_fresh(transport)
    for request in hook.requests:
        assert verified(secret, request)
        assert verified(old, request)
        assert not verified(other, request)
        assert not verified(secret, replace(request, body=request.body + b" "))


def test_every_try_is_signed_anew(transport, make_destination, make_events):
    secret = new_secret("standard")
    with receiver(lambda number: 503 if number == 1 else 200) as hook:
        make_destination(url=hook.url, signing=standard(secret))
        make_events(1)
        run_fresh(transport)
    first, second = hook.requests
    assert verified(secret, first)
    assert verified(secret, second)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"])


def test_a_request_that_waited_before_it_was_sent_is_fresh(transport, make_destination, make_events):
    """The signature is made as the try begins: neither when the payload is rendered nor when it is queued."""
    secret = new_secret("standard")
    with receiver() as hook:
        destination = make_destination(url=hook.url, signing=standard(secret))
        (event,) = make_events(1)
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=20), tick=True):
            request = RequestBuilder(destination).build(event.data)
        transport.submit(request)
        while transport.in_flight:
            transport.wait(1)
    assert verified(secret, hook.requests[0])


def test_an_hmac_header_of_ones_own(transport, make_destination, make_events):
    signing = {
        "scheme": "hmac",
        "header": "X-Signature",
        "algorithm": "sha512",
        "encoding": "base64",
        "prefix": "sha512=",
        "timestamp_header": "X-Time",
        "content": "{timestamp}.{body}",
        "secrets": [{"value": "a shared secret"}],
    }
    with receiver() as hook:
        make_destination(url=hook.url, signing=signing)
        make_events(1)
        run_fresh(transport)
    (request,) = hook.requests
    content = request.headers["X-Time"].encode() + b"." + request.body
    digest = hmac.new(b"a shared secret", content, hashlib.sha512).digest()
    assert request.headers["X-Signature"] == "sha512=" + base64.b64encode(digest).decode()


AUTH = {
    "basic": (
        {"kind": "basic", "username": "hüb", "password": "päss-word"},
        "Authorization",
        "Basic aMO8Yjpww6Rzcy13b3Jk",
    ),
    "bearer": ({"kind": "bearer", "token": "tok-12345678"}, "Authorization", "Bearer tok-12345678"),
    "API key": ({"kind": "api_key", "header": "X-Key", "value": "key-12345678"}, "X-Key", "key-12345678"),
}


@pytest.mark.parametrize("kind", AUTH)
def test_who_sends_it_is_told_and_not_written_down(transport, make_destination, make_events, kind):
    auth, header, value = AUTH[kind]
    with receiver() as hook:
        hook.answer = json.dumps({"you sent": value, "without the word": value.split(" ")[-1]}).encode()
        make_destination(url=hook.url, auth=auth)
        make_events(1)
        run_fresh(transport)
    assert hook.requests[0].headers[header] == value
    attempt = Delivery.objects.get().attempts.get()
    written = f"{attempt.request_headers} {attempt.response_body} {attempt.response_headers}"
    assert value.split(" ")[-1] not in written
    assert [header, "••••••••" + value[-4:]] in attempt.request_headers


def test_the_log_shows_what_was_sent_and_no_secret(transport, make_destination, make_events):
    secret = new_secret("standard")
    with receiver() as hook:
        hook.answer = json.dumps({"secret": secret}).encode()
        make_destination(url=hook.url, signing=standard(secret))
        make_events(1)
        run_fresh(transport)
    attempt = Delivery.objects.get().attempts.get()
    shown = dict(attempt.request_headers)
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        assert shown[name] == hook.requests[0].headers[name]
    assert secret not in attempt.response_body


def test_an_access_token_on_the_road(authorized, make_destination, make_events):
    with token_server() as server, receiver() as hook:
        auth = {"kind": "oauth2", "token_url": server.url, "client_id": "hub", "client_secret": "very-secret-one"}
        make_destination(url=hook.url, auth=auth, signing=standard(new_secret("standard")))
        make_events(5)
        run_fresh(authorized)
    assert len(server.asked) == 1
    assert {request.headers["Authorization"] for request in hook.requests} == {"Bearer token-1-abcdefgh"}
    attempt = Delivery.objects.first().attempts.get()
    assert dict(attempt.request_headers)["Authorization"] == "••••••••efgh"


def test_a_failed_token_is_a_failed_attempt_that_is_retried(authorized, make_destination, make_events):
    answers = [(400, {"error": "invalid_scope"}), (200, {"access_token": "abcdefgh12345678"})]
    with token_server(lambda number: answers[min(number, 2) - 1]) as server, receiver() as hook:
        auth = {"kind": "oauth2", "token_url": server.url, "client_id": "hub", "client_secret": "very-secret-one"}
        make_destination(url=hook.url, auth=auth)
        make_events(1)
        run_fresh(authorized)
        delivery = Delivery.objects.get()
        attempt = delivery.attempts.get()
        assert (delivery.state, attempt.error_kind, attempt.request_method) == (State.RETRYING, "token", "")
        assert "invalid_scope" in attempt.error
        pass_time(hours=5)
        with time_machine.travel(datetime.now(UTC) + timedelta(minutes=1), tick=True):
            run_retries(authorized)
        delivery.refresh_from_db()
    assert delivery.state == State.DELIVERED
    assert len(hook.requests) == 1


def test_other_lanes_go_on_while_a_token_endpoint_hangs(authorized, make_destination, make_events, monkeypatch):
    monkeypatch.setattr("delivery.oauth.grant.FETCH_SECONDS", 1.0)
    with token_server(lambda number: None) as server, receiver() as hook, receiver() as locked:
        auth = {"kind": "oauth2", "token_url": server.url, "client_id": "hub", "client_secret": "very-secret-one"}
        make_destination(url=locked.url, auth=auth, name="Locked")
        make_destination(url=hook.url, name="Open")
        make_events(30)
        run_fresh(authorized)
    assert len(hook.requests) == 30
    assert locked.requests == []
    opened = Delivery.objects.filter(destination__name="Open")
    waited = Delivery.objects.filter(destination__name="Locked").first().attempts.get()
    assert max(one.attempts.get().started_at for one in opened) < waited.started_at


def test_a_header_of_the_same_name_from_before_ids_were_sent_stays(transport, make_destination, make_events):
    with receiver() as hook:
        made = make_destination(url=hook.url, headers=[{"name": "X-Id", "value": "mine"}])
        Destination.objects.filter(pk=made.pk).update(id_header="x-id")
        make_events(1)
        run_fresh(transport)
    assert hook.requests[0].headers["X-Id"] == "mine"
    (problem,) = specification.missing(Destination.objects.get(pk=made.pk))
    assert problem.message == "The header X-Id cannot be set here: it carries the message's id. Remove it."
