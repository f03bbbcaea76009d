"""The delivery loop against real receivers: what arrives, what is recorded, what is planned."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from ipaddress import ip_network
from itertools import pairwise

import orjson
import pytest
from django.db import OperationalError, connection
from django.utils.timezone import now

from delivery import recorder
from delivery.lane import Lane
from delivery.lanes import Lanes
from delivery.models import Attempt, Delivery, State
from delivery.recording import record
from delivery.routing import Router
from delivery.transports import make_transport
from destinations import specification
from destinations.addresses import Network
from tests.delivery.road import LINGER, pass_time, run_fresh, run_retries
from tests.receiver import receiver

LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"),)


@pytest.fixture(params=["curl", "requests"])
def transport(request):
    transport = make_transport(request.param, allowed_networks=LOOPBACK)
    yield transport
    transport.close()


@pytest.mark.django_db(transaction=True)
class TestFirstAttempt:
    def test_an_event_arrives_whole_and_stands_in_the_log(self, transport, make_destination, make_events):
        with receiver() as hook:
            secret = {"name": "Authorization", "value": "Bearer very-secret", "secret": True}
            make_destination(url=hook.url, method="PUT", headers=[secret])
            (event,) = make_events(1)
            run_fresh(transport)

        (request,) = hook.requests
        assert request.method == "PUT"
        assert request.headers["Authorization"] == "Bearer very-secret"
        assert request.headers["Content-Type"] == "application/json"
        assert request.headers["User-Agent"] == "StreamHub/Webhook/1.0"
        assert orjson.loads(request.body) == event.input
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made, delivery.last_status) == (State.DELIVERED, 1, 200)
        assert (delivery.lease_until, delivery.next_attempt_at) == (None, None)
        assert delivery.finished_at
        attempt = delivery.attempts.get()
        assert (attempt.number, attempt.status, attempt.request_method, attempt.request_url) == (
            1,
            200,
            "PUT",
            hook.url,
        )
        assert orjson.loads(attempt.request_body) == event.input
        assert attempt.response_body == '{"ok": true}'
        assert "very-secret" not in str(attempt.request_headers)

    def test_a_template_shapes_the_body(self, transport, make_destination, make_events):
        template = '{"n": {{ input.event_properties.number }}, "who": {{ input.user_id|tojson }}}'
        with receiver() as hook:
            make_destination(url=hook.url, payload={"mode": "template", "language": "jinja2", "template": template})
            make_events(3)
            run_fresh(transport)
        assert sorted(hook.bodies) == [b'{"n": %d, "who": "user-1"}' % n for n in range(3)]

    def test_an_attempt_names_the_payload_version_that_made_its_body(self, transport, make_destination, make_events):
        with receiver() as hook:
            destination = make_destination(url=hook.url)
            for payload in ({"mode": "raw"}, {"mode": "template", "template": "{}"}):
                given = specification.describe(destination) | {"payload": payload}
                specification.save(destination.project, given, destination)
                make_events(1)
                run_fresh(transport)
        made = Attempt.objects.order_by("pk").values_list("template_version", "request_body")
        assert [(version, body == "{}") for version, body in made] == [(1, False), (2, True)]

    def test_a_template_that_fails_is_a_failed_attempt_and_is_not_retried(
        self, transport, make_destination, make_events
    ):
        template = '{"a": 1,\n "b": {{ input.nowhere.deep }}}'
        with receiver() as hook:
            make_destination(url=hook.url, payload={"mode": "template", "language": "jinja2", "template": template})
            make_events(1)
            run_fresh(transport)
        assert hook.requests == []
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made, delivery.next_attempt_at) == (State.FAILED, 1, None)
        attempt = delivery.attempts.get()
        assert attempt.error_kind == "template"
        assert "line 2" in attempt.error
        assert "nowhere" in attempt.error

    def test_a_secret_that_a_receiver_echoes_is_blanked_in_the_log(self, transport, make_destination, make_events):
        with receiver() as hook:
            hook.answer = b'{"you sent": "Bearer very-secret"}'
            make_destination(
                url=hook.url, headers=[{"name": "Authorization", "value": "Bearer very-secret", "secret": True}]
            )
            make_events(1)
            run_fresh(transport)
        assert "very-secret" not in Attempt.objects.get().response_body

    def test_answers_that_are_no_text_are_kept_as_far_as_they_can_be(self, transport, make_destination, make_events):
        with receiver() as hook:
            hook.answer = b"\x00\xff\xfeok"
            make_destination(url=hook.url)
            make_events(1)
            run_fresh(transport)
        assert Attempt.objects.get().response_body.endswith("ok")


@pytest.mark.django_db(transaction=True)
class TestSchedule:
    """Ten attempts over four hours; 5xx and 429 are tried up to three times within an attempt, nothing else is."""

    @pytest.mark.parametrize(("status", "requests"), [(503, 30), (400, 10)])
    def test_a_receiver_that_always_fails_gets_every_attempt(self, make_destination, make_events, status, requests):
        transport = make_transport("curl", allowed_networks=LOOPBACK)
        waits = []
        with receiver(lambda number: status) as hook:
            make_destination(url=hook.url)
            make_events(1)
            run_fresh(transport)
            for _ in range(9):
                delivery = Delivery.objects.get()
                assert delivery.state == State.RETRYING
                waits.append((delivery.next_attempt_at - now()).total_seconds())
                pass_time(seconds=waits[-1] + 1)
                run_retries(transport)
        transport.close()
        assert len(hook.requests) == requests
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made, delivery.next_attempt_at) == (State.EXPIRED, 10, None)
        assert [a.number for a in delivery.attempts.all()] == list(range(1, 11))
        assert {len(a.tries) for a in delivery.attempts.all()} == {requests // 10}
        for number, wait in enumerate(waits, 1):
            planned = 14_400 * 2 ** (number - 1) / 511
            assert planned * 0.9 - 2 <= wait <= planned
        assert all(later > earlier for earlier, later in pairwise(waits))

    def test_a_receiver_that_recovers_within_the_attempt(self, transport, make_destination, make_events):
        with receiver(lambda number: 503 if number <= 2 else 200) as hook:
            make_destination(url=hook.url)
            make_events(1)
            run_fresh(transport)
        assert len(hook.requests) == 3
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made) == (State.DELIVERED, 1)
        assert [t["status"] for t in delivery.attempts.get().tries] == [503, 503, 200]

    def test_a_receiver_that_hangs_costs_one_try_per_attempt(self, transport, make_destination, make_events):
        with receiver(lambda number: None) as hook:
            make_destination(url=hook.url, timeouts={"connect": 1, "total": 1})
            make_events(1)
            run_fresh(transport)
            assert len(hook.requests) == 1
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made) == (State.RETRYING, 1)
        assert delivery.attempts.get().error_kind == "timeout"

    def test_a_receiver_that_refuses_connections_is_tried_again_later(self, transport, make_destination, make_events):
        make_destination(url="http://127.0.0.1:8009/")
        make_events(1)
        run_fresh(transport)
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made) == (State.RETRYING, 1)
        assert delivery.attempts.get().error_kind == "connect"
        pass_time(minutes=5)
        run_retries(transport)
        assert Delivery.objects.get().attempts_made == 2

    def test_a_refused_address_ends_the_delivery(self, make_destination, make_events):
        make_destination(url="http://127.0.0.1:8009/")
        make_events(1)
        run_fresh(make_transport("curl", allowed_networks=()))
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts_made) == (State.FAILED, 1)
        assert delivery.attempts.get().error_kind == "refused_address"


@pytest.mark.django_db(transaction=True)
class TestLanes:
    def test_one_that_hangs_delays_no_other(self, make_destination, make_events):
        transport = make_transport("curl", allowed_networks=LOOPBACK)
        with receiver(lambda number: None) as dead, receiver() as alive:
            make_destination(url=dead.url, timeouts={"connect": 1, "total": 3})
            healthy = make_destination(url=alive.url)
            make_events(40)
            thread = threading.Thread(target=_run_in_thread, args=(transport,))
            began = time.monotonic()
            thread.start()
            while len(alive.requests) < 40 and time.monotonic() - began < 3:
                time.sleep(0.02)
            waited = time.monotonic() - began
            thread.join()
        assert len(alive.requests) == 40
        assert waited < 3, "the healthy lane waited for the hanging one"
        assert Delivery.objects.filter(destination=healthy, state=State.DELIVERED).count() == 40

    def test_what_waits_for_a_disabled_destination_is_kept_and_goes_out_when_it_is_enabled(
        self, transport, make_destination, make_events
    ):
        with receiver() as hook:
            destination = make_destination(url=hook.url)
            make_events(5)
            Router().route()
            specification.set_enabled(destination, False)
            run_fresh(transport)
            assert hook.requests == []
            assert Delivery.objects.filter(state=State.QUEUED).count() == 5
            specification.set_enabled(destination, True)
            run_fresh(transport)
        assert len(hook.requests) == 5

    def test_what_a_worker_died_with_is_taken_up_again(self, transport, make_destination, make_events):
        with receiver() as hook:
            make_destination(url=hook.url)
            make_events(5)
            Router().route()
            Delivery.objects.update(lease_until=now() + timedelta(seconds=30))
            run_fresh(transport)
            assert hook.requests == []
            Delivery.objects.update(lease_until=now() - timedelta(seconds=1))
            run_fresh(transport)
        assert len(hook.requests) == 5
        assert Delivery.objects.filter(state=State.DELIVERED).count() == 5

    def test_a_stop_finishes_what_is_under_way_and_gives_the_rest_back(self, make_destination, make_events):
        transport = make_transport("curl", allowed_networks=LOOPBACK)
        with receiver() as hook:
            make_destination(url=hook.url)
            make_events(200)
            Lanes(State.QUEUED, transport, Router()).run(stopping=lambda: len(hook.requests) > 20)
        delivered = Delivery.objects.filter(state=State.DELIVERED).count()
        assert delivered == len(hook.requests) < 200
        assert not Delivery.objects.filter(lease_until__isnull=False).exists()


def _run_in_thread(transport) -> None:
    run_fresh(transport)
    connection.close()


@pytest.fixture(params=[False, True], ids=["recorded by the loop", "recorded beside it"])
def recording(request, transactional_db):
    if not request.param:
        yield None
        return
    with ThreadPoolExecutor(1) as thread:
        yield thread
        thread.submit(lambda: connection.close()).result()


def test_what_is_recorded_beside_the_loop_is_all_there(transport, recording, make_destination, make_events):
    """A stop waits for it too."""
    with receiver() as hook:
        make_destination(url=hook.url)
        make_events(300)
        Lanes(State.QUEUED, transport, Router(), LINGER, recording).run(stopping=lambda: len(hook.requests) > 250)
    assert Delivery.objects.filter(state=State.DELIVERED).count() == Attempt.objects.count() == len(hook.requests) > 250
    assert not Delivery.objects.filter(lease_until__isnull=False).exists()


@pytest.mark.parametrize("at", ["while it is claimed", "while it is routed"])
def test_what_was_taken_in_hand_as_the_database_went_away_comes_back(
    transport, at, transactional_db, make_destination, make_events, monkeypatch
):
    """Not as a failure to send: nobody knew how."""
    load, calls = Lane.load, []

    def load_later(lane, version):
        calls.append(lane)
        if len(calls) == 1:
            raise OperationalError("disk I/O error")
        load(lane, version)

    monkeypatch.setattr(Lane, "load", load_later)
    with receiver() as hook:
        make_destination(url=hook.url)
        loop = Lanes(State.QUEUED, transport, Router(), LINGER)
        make_events(3)
        if at == "while it is claimed":
            Router().route()
        loop.run()
        Delivery.objects.filter(finished_at=None).update(lease_until=None)
        run_fresh(transport)
    assert len(hook.requests) == 3
    assert set(Attempt.objects.values_list("number", "status")) == {(1, 200)}


def test_answers_that_come_while_the_database_is_away_are_answers(
    transport, recording, make_destination, make_events, monkeypatch
):
    """Nobody looks after the second request for longer than its timeout, and it is answered in time."""
    answered, away_until = threading.Event(), []

    def answer(number):
        if number == 2:
            answered.wait(0.4)
        return 200

    def record_later(finished):
        away_until[:] = away_until or [time.monotonic() + 1.5]
        if time.monotonic() < away_until[0]:
            raise OperationalError("disk I/O error")
        record(finished)

    monkeypatch.setattr(recorder, "record", record_later)
    with receiver(answer) as hook:
        make_destination(url=hook.url, timeouts={"total": 1.0})
        make_events(2)
        Lanes(State.QUEUED, transport, Router(), LINGER, recording).run()
    assert len(hook.requests) == 2
    assert set(Delivery.objects.values_list("state", "attempts_made")) == {(State.DELIVERED, 1)}
