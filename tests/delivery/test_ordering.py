"""Order per user: what goes first, what waits, and what waits for nobody."""

from datetime import timedelta

import orjson
import pytest
from django.utils.timezone import now

from delivery.cancelling import cancel, cancel_many
from delivery.claims import Wish, claim
from delivery.models import Delivery, State
from delivery.ordering import free_to_go, let_next_go, order_key
from delivery.routing import Router
from delivery.transports import make_transport
from destinations.addresses import parse_networks
from events.accept import accept
from events.models import Event, Outbox
from tests.conftest import _incoming
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.receiver import receiver

LEASE = 30.0


@pytest.fixture
def transport():
    transport = make_transport(allowed_networks=parse_networks("127.0.0.0/8"))
    yield transport
    transport.close()


@pytest.fixture
def send(project):
    """Accepts one event for each user, in this order, with its number; routes them."""

    def make(*users, routed=True):
        moment = now()
        events = []
        for number, user in enumerate(users):
            one = _incoming(project, "Moved", {"number": number}, moment)
            one.user_id, one.data["user_id"] = user, user
            events.append(one)
        accept(project, events, moment)
        if routed:
            Router().route()

    return make


def claimed(destination, most=10, state=State.QUEUED):
    found = claim([Wish(destination.pk, most, LEASE, ordered=True)], state)
    return [Event.objects.get(pk=one.event).user_id for one in found], found


def test_a_key_is_of_whoever_it_is():
    assert order_key("ann", "phone") == order_key("ann", "laptop") != order_key("bob", None)
    assert order_key(None, "ann") != order_key("ann", None)
    assert 0 <= order_key(None, None) < 2**63


@pytest.mark.django_db
class TestClaims:
    def test_one_of_each_user_the_earliest(self, make_destination, send):
        destination = make_destination(sending={"ordered": True})
        send("ann", "ann", "bob", "ann")
        users, found = claimed(destination)
        assert users == ["ann", "bob"]
        assert [one.event for one in found] == sorted(one.event for one in found)
        assert claimed(destination)[0] == []

    def test_the_next_goes_whatever_ended_the_one_before(self, make_destination, send):
        destination = make_destination(sending={"ordered": True})
        send("ann", "ann", "ann")
        for ended in (State.FAILED, State.EXPIRED):
            _, (one,) = claimed(destination)
            Delivery.objects.filter(pk=one.delivery).update(state=ended, next_attempt_at=None, lease_until=None)
        assert claimed(destination)[0] == ["ann"]

    def test_what_waits_behind_a_retry_is_put_off_to_it_and_pulled_back(self, make_destination, send):
        destination = make_destination(sending={"ordered": True})
        send("ann", "ann", "bob")
        first, second, _ = Delivery.objects.order_by("event_id")
        later = now() + timedelta(hours=1)
        Delivery.objects.filter(pk=first.pk).update(state=State.RETRYING, next_attempt_at=later)
        assert claimed(destination)[0] == ["bob"]
        second.refresh_from_db()
        assert second.next_attempt_at == later
        Delivery.objects.filter(pk=first.pk).update(state=State.DELIVERED, next_attempt_at=None)
        let_next_go([(destination.pk, second.order_key)], now())
        assert claimed(destination)[0] == ["ann"]

    def test_cancelling_lets_the_next_go(self, make_destination, send, project):
        destination = make_destination(sending={"ordered": True})
        send("ann", "ann", "ann")
        later = now() + timedelta(hours=1)
        for call_off in (cancel, lambda first: cancel_many(project, [first.pk])):
            first = Delivery.objects.filter(state=State.QUEUED).earliest("event_id")
            Delivery.objects.filter(pk=first.pk).update(state=State.RETRYING, next_attempt_at=later)
            assert claimed(destination)[0] == []  # put off to the retry that goes before them
            call_off(first)
        assert claimed(destination)[0] == ["ann"]

    def test_events_that_are_not_routed_yet_go_first(self, make_destination, send):
        destination = make_destination(sending={"ordered": True})
        send("ann", routed=False)
        (earlier,) = Outbox.objects.values_list("event_id", flat=True)
        Outbox.objects.all().delete()  # another worker has it in hand
        send("ann")
        Outbox.objects.create(event_id=earlier)
        assert claimed(destination)[0] == []
        Router().route()
        assert claimed(destination)[1][0].event == earlier

    def test_a_pile_of_one_user_hides_nobody(self, make_destination, send, monkeypatch):
        monkeypatch.setattr("delivery.ordering.FIRST_LOOK", 2)
        destination = make_destination(sending={"ordered": True})
        send(*["ann"] * 20, "bob")
        assert len(free_to_go(destination.pk, 2, "queued", now())) == 2

    def test_deliveries_from_before_there_was_an_order_wait_for_nobody(self, make_destination, send):
        destination = make_destination()
        send("ann", "ann")
        assert set(Delivery.objects.values_list("order_key", flat=True)) == {None}
        assert claimed(destination)[0] == ["ann", "ann"]

    def test_only_destinations_that_keep_an_order_have_keys(self, make_destination, send):
        ordered, plain = make_destination(sending={"ordered": True}), make_destination()
        send("ann")
        assert Delivery.objects.get(destination=ordered).order_key == order_key("ann", None)
        assert Delivery.objects.get(destination=plain).order_key is None


@pytest.mark.django_db(transaction=True)
class TestRoad:
    def test_everything_arrives_in_order(self, transport, make_destination, send):
        with receiver() as hook:
            make_destination(url=hook.url, sending={"ordered": True})
            send(*["ann", "bob", "cem"] * 8)
            run_fresh(transport)
        assert len(hook.requests) == 24
        for user in ("ann", "bob", "cem"):
            assert _numbers(hook, user) == sorted(_numbers(hook, user))

    def test_a_retry_holds_back_the_same_user_only(self, transport, make_destination, send):
        with receiver() as hook:
            hook.script = lambda number: 400 if len(hook.requests) == 1 else 200
            make_destination(url=hook.url, sending={"ordered": True, "concurrency": 1})
            send("ann", "bob", "ann", "bob")
            run_fresh(transport)
            assert (_numbers(hook, "ann"), _numbers(hook, "bob")) == ([0], [1, 3])
            pass_time(minutes=5)
            run_retries(transport)
            run_fresh(transport)
            assert _numbers(hook, "ann") == [0, 0, 2]
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.DELIVERED}


def _numbers(hook, user):
    bodies = [orjson.loads(body) for body in hook.bodies]
    return [body["event_properties"]["number"] for body in bodies if body["user_id"] == user]
