"""Deliveries that are taken in hand as they are made, without a claim."""

from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils.timezone import now

from delivery import lanes
from delivery.claims import Wish, claim
from delivery.lane import Lane
from delivery.lanes import Lanes
from delivery.models import Attempt, Delivery, LaneHealth, State
from delivery.routing import Router
from delivery.transports import make_transport
from tests.delivery.road import LINGER
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)
LOOPBACK = (ip_network("127.0.0.0/8"),)


def wish(destination, most: int = 100) -> dict[int, Wish]:
    return {destination.pk: Wish(destination.pk, most, 30.0)}


def test_as_if_they_had_been_claimed(make_destination, make_events):
    destination = make_destination(url="http://127.0.0.1:8001/")
    make_events(3)
    taken = Router().route(wishes=wish(destination)).taken
    Delivery.objects.update(lease_until=None)
    claimed = claim([Wish(destination.pk, 100, 30.0)], State.QUEUED)
    alike = ("delivery", "destination", "event", "attempts_made", "part", "created_at", "state", "data", "obstacle")
    assert [[getattr(one, name) for name in alike] for one in taken] == [
        [getattr(one, name) for name in alike] for one in claimed
    ]
    assert len(taken) == 3


def test_a_lease_of_them_ends_like_any_other(make_destination, make_events):
    destination = make_destination(url="http://127.0.0.1:8001/")
    make_events(2)
    taken = Router().route(wishes=wish(destination)).taken
    assert set(Delivery.objects.values_list("lease_until", flat=True)) == {taken[0].lease}
    wanted = [Wish(destination.pk, 100, 30.0)]
    assert claim(wanted, State.QUEUED) == []
    assert len(claim(wanted, State.QUEUED, now() + timedelta(seconds=31))) == 2


def test_no_more_than_is_wished_for(make_destination, make_events):
    first, second = make_destination(url="http://127.0.0.1:8001/"), make_destination(url="http://127.0.0.1:8002/")
    make_events(5)
    routed = Router().route(wishes=wish(first, 2))
    assert [one.destination for one in routed.taken] == [first.pk] * 2
    assert routed.waiting == {first.pk, second.pk}
    assert Delivery.objects.filter(lease_until=None, destination=first).count() == 3
    assert Delivery.objects.filter(lease_until=None, destination=second).count() == 5


def test_a_lane_that_got_all_of_its_own_has_nothing_to_claim(make_destination, make_events):
    """Or a receiver that hangs would cost every other one a claim for each batch of events."""
    full, free = make_destination(url="http://127.0.0.1:8001/"), make_destination(url="http://127.0.0.1:8002/")
    make_events(5)
    assert Router().route(wishes=wish(full, 2) | wish(free)).waiting == {full.pk}
    make_events(5)
    transport = make_transport("curl", allowed_networks=LOOPBACK)
    loop = Lanes(State.QUEUED, transport, Router(), LINGER)
    loop.polled_at = float("inf")
    loop.lanes.update({pk: Lane(pk, hungry=False) for pk in (full.pk, free.pk)})
    loop.lanes[full.pk].under_way = loop.lanes[full.pk].wanted
    loop._route()
    transport.close()
    assert (loop.lanes[full.pk].hungry, loop.lanes[free.pk].hungry) == (True, False)
    assert loop.lanes[free.pk].in_hand == 5


@pytest.mark.parametrize("how", ["paused", "held"])
def test_nothing_for_a_destination_that_has_stopped_meanwhile(how, make_destination, make_events):
    destination = make_destination(url="http://127.0.0.1:8001/")
    make_events(2)
    if how == "paused":
        destination.paused_at = now()
        destination.save()
    else:
        LaneHealth.objects.create(destination=destination, held_since=now())
    assert Router().route(wishes=wish(destination)).taken == []
    assert Delivery.objects.filter(lease_until=None).count() == 2


def test_the_loop_claims_little_while_all_it_gets_flows(make_destination, make_events, monkeypatch):
    claims = []
    monkeypatch.setattr(lanes, "claim", lambda *given: claims.append(claim(*given)) or claims[-1])
    transport = make_transport("curl", allowed_networks=LOOPBACK)
    with receiver() as hook:
        destination = make_destination(url=hook.url)
        loop = Lanes(State.QUEUED, transport, Router(), LINGER)
        loop.run()  # the lane is known from here on, and nothing waits
        make_events(400)
        loop.polled_at = float("inf")
        loop.run()
    transport.close()
    assert len(hook.requests) == 400
    assert Delivery.objects.filter(destination=destination, state=State.DELIVERED).count() == 400
    assert Attempt.objects.count() == 400
    assert sum(map(len, claims)) < 200


def test_a_receiver_that_hangs_does_not_hold_up_what_others_get(make_destination, make_events):
    """More is stored than the hanging one's lane has room for."""
    transport = make_transport("curl", allowed_networks=LOOPBACK)
    with receiver(lambda number: None) as hanging, receiver() as hook:
        make_destination(url=hanging.url, timeouts={"total": 2.0})
        make_destination(url=hook.url)
        loop = Lanes(State.QUEUED, transport, Router(), LINGER)
        loop.run()
        make_events(300)
        began = now()
        loop.run(stopping=lambda: len(hook.requests) >= 300 or now() - began > timedelta(seconds=20))
    transport.close()
    assert len(hook.requests) == 300
    assert len(hanging.requests) < 100
