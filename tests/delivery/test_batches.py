"""Several deliveries in one request, on the whole road: what arrives, what each one's row says, what comes again."""

import html
import json
import re
import subprocess
import threading
import time
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now
from standardwebhooks import Webhook

from delivery import batched_request, breaker, log, selection
from delivery.batches import sample_of
from delivery.lane import LEASE_MARGIN, Lane
from delivery.lanes import Lanes
from delivery.models import Attempt, Delivery, LaneCount, LaneHealth, State
from delivery.repair import retry_now
from delivery.requests import RequestBuilder
from delivery.routing import Router
from delivery.selection import Selection
from delivery.transports import make_transport
from destinations import catalog, pausing, specification
from destinations.addresses import parse_networks
from destinations.kind.definition import Answers, BodyCheck
from events.models import Event
from events.shape import complete
from streamhub.api import deliveries
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.receiver import receiver

LOOPBACK = parse_networks("127.0.0.0/8")
ONE_TRY = {"retries": [30, 30]}
TEMPLATE = {"mode": "template", "language": "jinja2", "template": '{"n": {{ input.event_properties.number }}}'}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["curl", "requests"])
def transport(request):
    transport = make_transport(request.param, allowed_networks=LOOPBACK)
    yield transport
    transport.close()


@pytest.fixture
def curl():
    transport = make_transport("curl", allowed_networks=LOOPBACK)
    yield transport
    transport.close()


def batch(**rules):
    return {"wait": 0} | rules


def numbers(request):
    return [one["n"] for one in json.loads(request.body)]


def of_user(make_events, user, count):
    made = make_events(count)
    for event in made:
        Event.objects.filter(pk=event.pk).update(user_id=user, data=event.data | {"user_id": user})


def attempts():
    return list(Attempt.objects.order_by("delivery_id", "pk"))


class TestOneRequest:
    def test_holds_as_many_as_the_size_says_in_their_order(self, transport, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=3), "concurrency": 1})
            make_events(7)
            run_fresh(transport)
        assert [numbers(request) for request in hook.requests] == [[0, 1, 2], [3, 4, 5], [6]]
        assert {one.state for one in Delivery.objects.all()} == {State.DELIVERED}

    def test_every_delivery_has_an_attempt_that_names_the_batch(self, transport, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=3)})
            make_events(3)
            run_fresh(transport)
        (request,) = hook.requests
        made = attempts()
        assert [one.request_body for one in made] == ['{"n": 0}', '{"n": 1}', '{"n": 2}']
        assert [(one.batch, one.batch_position, one.batch_size) for one in made] == [
            (request.headers["webhook-id"], place, 3) for place in range(3)
        ]
        assert {one.response_body for one in made} == {'{"ok": true}'}

    def test_counts_as_one_answer(self, curl, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url, sending={"batch": batch(events=5)})
            make_events(5)
            run_fresh(curl)
        row = LaneCount.objects.get(span=60)
        assert (row.delivered, row.answers_2xx) == (5, 1)

    def test_a_long_answer_is_kept_once(self, curl, make_destination, make_events):
        with receiver() as hook:
            hook.answer = b"x" * 10_000
            make_destination(url=hook.url, sending={"batch": batch(events=2)})
            make_events(2)
            run_fresh(curl)
        first, second = attempts()
        assert (len(first.response_body), first.notes) == (10_000, {"form": ["list", ""]})
        assert (len(second.response_body), second.notes) == (4096, {"response_cut": True})

    @pytest.mark.parametrize(
        ("rules", "body", "content_type"),
        [
            ({"format": "list"}, b'[{"n": 0},{"n": 1}]', "application/json"),
            ({"format": "object", "key": "batch"}, b'{"batch":[{"n": 0},{"n": 1}]}', "application/json"),
            ({"format": "lines"}, b'{"n": 0}\n{"n": 1}\n', "application/x-ndjson"),
        ],
    )
    def test_forms(self, curl, make_destination, make_events, rules, body, content_type):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=2, **rules)})
            make_events(2)
            run_fresh(curl)
        assert [(one.body, one.headers["Content-Type"]) for one in hook.requests] == [(body, content_type)]
        shown = {dict(map(tuple, one.request_headers))["Content-Type"] for one in attempts()}
        assert shown == {content_type}

    def test_is_no_bigger_than_its_bytes(self, curl, make_destination, make_events):
        template = TEMPLATE | {"template": '{"n": {{ input.event_properties.number }}, "x": "{{ "y" * 400 }}"}'}
        with receiver() as hook:
            make_destination(url=hook.url, payload=template, sending={"batch": batch(bytes=1000), "concurrency": 1})
            make_events(5)
            run_fresh(curl)
        assert [len(json.loads(body)) for body in hook.bodies] == [2, 2, 1]
        assert all(len(body) <= 1000 for body in hook.bodies)

    def test_a_signature_is_over_the_whole(self, curl, make_destination, make_events):
        secret = "whsec_ZYtizfVWq4yN2zo/5nu5E4upnstmhpK3VoUxX+7vjcQ="
        with receiver() as hook:
            signing = {"scheme": "standard", "secrets": [{"value": secret}]}
            make_destination(url=hook.url, signing=signing, sending={"batch": batch(events=2)})
            make_events(2)
            run_fresh(curl)
        (request,) = hook.requests
        assert len(Webhook(secret).verify(request.body, request.headers)) == 2

    def test_a_body_that_is_not_json_fails_alone(self, curl, make_destination, make_events):
        template = TEMPLATE | {"template": "{% if input.event_properties.number == 1 %}oh{% else %}1{% endif %}"}
        with receiver() as hook:
            make_destination(url=hook.url, payload=template, sending={"batch": batch(events=10)})
            make_events(3)
            run_fresh(curl)
        assert hook.bodies == [b"[1,1]"]
        failed = Delivery.objects.get(state=State.FAILED)
        assert failed.event.data["event_properties"]["number"] == 1
        assert "not JSON" in failed.last_error

    def test_a_first_attempt_waits_for_others_and_not_for_ever(self, curl, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": {"events": 4, "wait": 1}})
            make_events(3)
            thread = threading.Thread(target=_run, args=(curl,))
            thread.start()
            time.sleep(0.4)
            assert hook.requests == []
            make_events(2)
            thread.join()
        assert [len(numbers(one)) for one in hook.requests] == [4, 1]

    def test_another_url_is_another_request(self, curl, project, make_events):
        with receiver() as hook:
            values = {"base_url": hook.url, "with_user": True}
            given = {"name": "By user", "kind": "http-webhook", "parameters": values, "enabled": True}
            specification.save(project, given | {"sending": {"batch": batch()}})
            of_user(make_events, "ann", 3)
            of_user(make_events, "bob", 2)
            run_fresh(curl)
        assert sorted((one.path, len(json.loads(one.body))) for one in hook.requests) == [
            ("/hook/ann", 3),
            ("/hook/bob", 2),
        ]


class TestFailing:
    def test_a_batch_comes_again_as_the_same_batch(self, transport, make_destination, make_events):
        with receiver(lambda number: 503 if number <= 2 else 200) as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=3), **ONE_TRY})
            make_events(5)
            run_fresh(transport)
            assert len({one.next_attempt_at for one in Delivery.objects.all()}) == 2
            make_events(2)
            run_fresh(transport)
            pass_time(seconds=31)
            run_retries(transport)
        by_id = {}
        for request in hook.requests:
            by_id.setdefault(request.headers["webhook-id"], []).append(numbers(request))
        assert sorted(by_id.values()) == [[[0, 1]], [[0, 1, 2], [0, 1, 2]], [[3, 4], [3, 4]]]
        assert set(Delivery.objects.values_list("state", "attempts_made")) == {("delivered", 2), ("delivered", 1)}

    def test_what_is_sent_again_by_hand_goes_with_whatever_is_due(self, curl, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=2), **ONE_TRY})
            make_events(4)
            run_fresh(curl)
            hook.requests.clear()
            for delivery in list(Delivery.objects.order_by("pk"))[1:3]:
                retry_now(delivery)
            run_retries(curl)
        assert [numbers(one) for one in hook.requests] == [[1, 2]]

    @pytest.mark.parametrize("status", [400, 413, 422])
    def test_a_refused_batch_is_halved_until_the_one_at_fault_is_alone(
        self, make_destination, make_events, curl, status
    ):
        with receiver() as hook:
            hook.script = lambda number: status if 5 in numbers(hook.requests[-1]) else 200
            sending = {"batch": batch(events=8), "final_statuses": [status], "concurrency": 1}
            make_destination(url=hook.url, payload=TEMPLATE, sending=sending)
            make_events(8)
            run_fresh(curl)
        assert [numbers(one) for one in hook.requests] == [
            [0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [6, 7], [4], [5],
        ]  # fmt: skip
        states = {one.event.data["event_properties"]["number"]: one.state for one in Delivery.objects.all()}
        assert states == {number: State.FAILED if number == 5 else State.DELIVERED for number in range(8)}
        assert set(Delivery.objects.values_list("attempts_made", flat=True)) == {1}
        by_number = {one.request_body: one for one in attempts()}
        assert [one["status"] for one in by_number['{"n": 5}'].tries] == [status] * 4
        assert [one["status"] for one in by_number['{"n": 7}'].tries] == [status, status, 200]
        assert by_number['{"n": 7}'].batch_size == 2

    @pytest.mark.parametrize(("status", "rules"), [(401, {}), (404, {}), (429, {}), (500, {}), (400, {"split": False})])
    def test_what_halves_would_not_cure_is_not_halved(self, curl, make_destination, make_events, status, rules):
        with receiver(lambda number: status) as hook:
            make_destination(url=hook.url, sending={"batch": batch(events=4, **rules), **ONE_TRY})
            make_events(4)
            run_fresh(curl)
        assert len(hook.requests) == 1
        assert set(Delivery.objects.values_list("state", "attempts_made")) == {("retrying", 1)}

    def test_halves_that_are_not_sent_any_more_are_tried_again(self, curl, make_destination, make_events):
        """The hub stops between a batch and its halves: that the batch was refused is no verdict on each."""
        with receiver(lambda number: 400) as hook:
            sending = {"batch": batch(events=4), "final_statuses": [400], "concurrency": 1, "retries": [30]}
            make_destination(url=hook.url, sending=sending)
            make_events(4)
            Lanes(State.QUEUED, curl, Router()).run(stopping=lambda: bool(hook.requests))
        assert len(hook.requests) == 1
        assert set(Delivery.objects.values_list("state", "attempts_made", "lease_until")) == {("retrying", 1, None)}
        assert {one.batch_size for one in attempts()} == {4}

    def test_nothing_more_is_sent_once_the_destination_is_held(self, curl, make_destination, make_events):
        destination = make_destination(sending={"batch": batch(events=4), "retries": [30], "final_statuses": [400]})
        with receiver() as hook:
            specification.save(
                destination.project, specification.describe(destination) | {"url": hook.url}, destination
            )
            loop = Lanes(State.QUEUED, curl, Router())

            def refuse(number):
                loop.held.add(destination.pk)
                return 400

            hook.script = refuse
            make_events(4)
            loop.run(stopping=lambda: Delivery.objects.filter(state=State.RETRYING).exists())
        assert len(hook.requests) == 1
        assert set(Delivery.objects.values_list("state", "attempts_made")) == {("retrying", 1)}

    def test_a_kinds_rule_about_the_answer_counts_for_the_batch(self, curl, project, make_events, monkeypatch):
        """200 with errors in it: by the rule of the kind that is final, and only for what is at fault."""
        kind = catalog.kind("http-webhook")
        strict = replace(kind, answers=Answers(body=(BodyCheck(("errors",), "empty", True),)))
        monkeypatch.setattr(catalog, "of", lambda destination: strict)
        with receiver() as hook:

            def script(number):
                bad = any("Bad" in one["type"] for one in json.loads(hook.requests[-1].body))
                hook.answer = b'{"errors": ["one"]}' if bad else b'{"errors": []}'
                return 200

            hook.script = script
            given = {"name": "Strict", "kind": "http-webhook", "parameters": {"base_url": hook.url}, "enabled": True}
            specification.save(project, given | {"sending": {"batch": batch(), "concurrency": 1}})
            make_events(3)
            make_events(1, event_type="Bad")
            run_fresh(curl)
        found = Delivery.objects.order_by("pk").values_list("event__event_type", "state")
        assert list(found) == [("Order Placed", "delivered")] * 3 + [("Bad", "failed")]


class TestBesideEverythingElse:
    def test_a_rate_limit_counts_requests(self, curl, make_destination, make_events):
        with receiver() as hook:
            sending = {"batch": batch(events=10), "rate_limit": {"requests": 2, "per": "second"}}
            make_destination(url=hook.url, payload=TEMPLATE, sending=sending)
            make_events(30)
            began = time.monotonic()
            run_fresh(curl)
        assert [len(numbers(one)) for one in hook.requests] == [10, 10, 10]
        assert time.monotonic() - began > 0.9
        assert set(Delivery.objects.values_list("state", "lease_until")) == {("delivered", None)}

    def test_halves_wait_for_the_limit_too(self, curl, make_destination, make_events):
        with receiver() as hook:
            hook.script = lambda number: 400 if 1 in numbers(hook.requests[-1]) else 200
            sending = {
                "batch": batch(events=4),
                "rate_limit": {"requests": 5, "per": "second"},
                "final_statuses": [400],
            }
            make_destination(url=hook.url, payload=TEMPLATE, sending=sending)
            make_events(4)
            began = time.monotonic()
            run_fresh(curl)
            took = time.monotonic() - began
        assert len(hook.requests) == 5
        assert took > 0.7

    def test_concurrency_counts_requests(self, curl, make_destination, make_events):
        under_way, most = [0], [0]

        def slowly(number):
            under_way[0] += 1
            most[0] = max(most[0], under_way[0])
            time.sleep(0.05)
            under_way[0] -= 1
            return 200

        with receiver() as hook:
            hook.script = slowly
            make_destination(url=hook.url, sending={"batch": batch(events=2), "concurrency": 2})
            make_events(20)
            run_fresh(curl)
        assert len(hook.requests) == 10
        assert most[0] <= 2

    def test_users_keep_their_order(self, curl, make_destination, make_events):
        with receiver(lambda number: 503 if number == 1 else 200) as hook:
            sending = {"batch": batch(events=10), "ordered": True, "retries": [30]}
            make_destination(url=hook.url, payload=TEMPLATE, sending=sending)
            for user in ("ann", "bob"):
                of_user(make_events, user, 2)
            run_fresh(curl)
            assert len(hook.requests) == 1
            pass_time(seconds=31)
            run_retries(curl)
            run_fresh(curl)
        assert [numbers(one) for one in hook.requests] == [[0, 0], [0, 0], [1, 1]]

    def test_a_probe_is_one_delivery(self, curl, make_destination, make_events):
        with receiver() as hook:
            destination = make_destination(url=hook.url, sending={"batch": batch(events=5)})
            make_events(5)
            LaneHealth.objects.create(pk=destination.pk)
            breaker.hold(destination, breaker.Share(0, 20, "5xx"), now() - timedelta(minutes=1))
            run_fresh(curl)
        assert [len(json.loads(body)) for body in hook.bodies] == [1, 4]

    def test_one_failed_batch_is_not_enough_to_hold(self, curl, make_destination, make_events):
        with receiver(lambda number: 500):
            make_destination(sending={"batch": batch(events=50), **ONE_TRY})
            make_events(50)
            run_fresh(curl)
        assert not LaneHealth.objects.exclude(held_since=None).exists()

    def test_what_waits_to_be_filled_goes_back_when_sending_is_paused(self, curl, make_destination, make_events):
        with receiver() as hook:
            destination = make_destination(url=hook.url, sending={"batch": {"wait": 60}})
            make_events(3)
            thread = threading.Thread(target=_run, args=(curl,))
            thread.start()
            while not Delivery.objects.exclude(lease_until=None).exists():
                time.sleep(0.02)
            pausing.pause(destination)
            thread.join()
        assert hook.requests == []
        assert set(Delivery.objects.values_list("state", "lease_until")) == {("queued", None)}

    def test_a_lease_outlasts_the_wait(self, make_destination):
        lane = Lane(1)
        lane.control({"batch": {"wait": 60}})
        assert lane.wish.lease_seconds >= 60 + lane.attempt_seconds + LEASE_MARGIN

    def test_what_has_no_body_goes_alone(self, curl, make_destination, make_events):
        with receiver() as hook:
            destination = make_destination(url=hook.url, sending={"batch": batch(events=5)})
            type(destination).objects.filter(pk=destination.pk).update(method="GET")
            make_events(2)
            run_fresh(curl)
        assert [(one.method, one.body) for one in hook.requests] == [("GET", b"")] * 2
        assert {one.batch for one in attempts()} == {None}


def _run(transport):
    try:
        run_fresh(transport)
    finally:
        connection.close()


class TestPages:
    def test_the_log_finds_a_batch_by_its_id_and_a_replay_takes_no_more(
        self, curl, make_destination, make_events, admin_client, project
    ):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=2), "concurrency": 1})
            make_events(4)
            run_fresh(curl)
        name = hook.requests[0].headers["webhook-id"]
        together = set(Attempt.objects.filter(batch=name).values_list("delivery_id", flat=True))
        assert len(together) == 2
        assert {row.pk for row in log.page(project, log.Criteria(who=name)).rows} == together
        assert selection.count(Selection(project.pk, states=("delivered",), who=name)).number == 2
        page = admin_client.get(Delivery.objects.get(pk=max(together)).get_absolute_url()).content.decode()
        assert f"?q={name}" in page
        assert "Number 2 of 2 in one request" in page
        place = deliveries._attempt(Attempt.objects.get(delivery=max(together)))["batch"]
        assert place == {"id": name, "position": 1, "size": 2}

    def test_a_test_sends_a_sample_batch(self, make_destination, make_events, admin_client, project):
        with receiver() as hook:
            destination = make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch()})
            make_events(4)
            url = reverse("destination_test", args=[project.slug, destination.pk])
            assert "A batch of 3" in admin_client.get(url).content.decode()
            admin_client.post(url, {"act": "send"})
        assert [len(numbers(one)) for one in hook.requests] == [3]


class TestCopiedAsCurl:
    """The whole request, from the page of any delivery that was in it."""

    @pytest.fixture
    def command(self, admin_client, project):
        def of(made):
            query = f"?attempt={made.pk}"
            url = reverse("delivery", args=[project.slug, made.delivery_id])
            text = admin_client.get(url + query).content.decode()
            found = re.search(r'<pre[^>]*id="attempt-curl">(.*?)</pre>', text, re.DOTALL)
            assert ("Copy as cURL" in text) == bool(found)
            return html.unescape(found[1]) if found else text

        return of

    @pytest.mark.parametrize(
        ("rules", "template"),
        [
            ({}, '{"n": {{ input.event_properties.number }}, "text": "it\'s @ü"}'),
            ({"format": "object", "key": "batch"}, '{"n": {{ input.event_properties.number }}}'),
            ({"format": "lines"}, '{"n":\n{{ input.event_properties.number }}}'),
            ({"format": "joined", "key": "e"}, '{"e": [{"n": {{ input.event_properties.number }}}], "all": "1"}'),
        ],
    )
    def test_sends_what_was_sent(self, curl, make_destination, make_events, command, rules, template):
        with receiver() as hook:
            secret = {"name": "X-Key", "value": "a-secret-value-4f2a", "secret": True}
            payload = TEMPLATE | {"template": template}
            given = {"url": hook.url, "payload": payload, "headers": [secret]}
            destination = make_destination(**given, sending={"batch": batch(events=3, **rules)})
            make_events(3)
            run_fresh(curl)
            specification.save(destination.project, specification.describe(destination) | {"sending": {}}, destination)
            for made in attempts()[:2]:
                subprocess.run(["bash", "-c", command(made)], check=True, capture_output=True, timeout=20)
        sent, *copies = hook.requests
        assert [one.body for one in copies] == [sent.body] * 2
        assert {one.headers["Content-Type"] for one in copies} == {sent.headers["Content-Type"]}
        assert "secret" not in copies[0].headers["X-Key"]

    def test_of_each_attempt_and_of_halves(self, curl, make_destination, make_events, command):
        with receiver() as hook:
            hook.script = lambda number: {1: 503, 2: 400}.get(number, 200)
            sending = {"batch": batch(events=4), "rate_limit": {"requests": 1000, "per": "second"}, **ONE_TRY}
            make_destination(url=hook.url, payload=TEMPLATE, sending=sending | {"concurrency": 1})
            make_events(4)
            run_fresh(curl)
            pass_time(seconds=31)
            run_retries(curl)
        assert [len(numbers(one)) for one in hook.requests] == [4, 4, 2, 2]
        first, second = Attempt.objects.filter(delivery=Delivery.objects.latest("pk")).order_by("pk")
        assert '[{"n": 0},{"n": 1},{"n": 2},{"n": 3}]' in command(first)
        assert '[{"n": 2},{"n": 3}]' in command(second)

    def test_is_not_offered_where_it_could_not_be_the_same(
        self, curl, make_destination, make_events, command, monkeypatch
    ):
        with receiver() as hook:
            make_destination(url=hook.url, payload=TEMPLATE, sending={"batch": batch(events=2)})
            make_events(2)
            run_fresh(curl)
        first, second = attempts()
        with monkeypatch.context() as patched:
            patched.setattr(batched_request, "MOST_CHARACTERS", 10)
            assert "its body has more than" in command(second)
        Attempt.objects.filter(pk=first.pk).update(notes=None)
        assert "did not keep its form" in command(second)
        Attempt.objects.filter(pk=first.pk).update(notes={"removed": True})
        assert "not all kept whole" in command(second)
        Attempt.objects.filter(pk=first.pk).delete()
        assert "not all of its deliveries are kept" in command(second)


def test_a_kinds_own_lists_are_joined(project):
    """What the service takes as one request stays one: its list grows, the rest is there once."""
    values = {"host": "https://api2.amplitude.com", "api_key": "k" * 32}
    given = {"name": "A", "kind": "amplitude", "parameters": values, "sending": {"batch": True}}
    builder = RequestBuilder(specification.save(project, given)[0])
    common = {"user_id": "user-1", "event_time": "2026-01-01 00:00:00.000", "uuid": str(uuid4())}
    data = [complete(common | {"event_type": name}) for name in "AB"]
    made, events = sample_of(builder, (data[0], None), [(data[1], None)])
    body = json.loads(made.body)
    assert (events, body["api_key"], [one["event_type"] for one in body["events"]]) == (2, "k" * 32, ["A", "B"])
