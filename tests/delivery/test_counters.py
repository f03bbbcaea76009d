"""What the counters say is what the rows say, whatever happens on the road."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils.timezone import now

from delivery.claims import Claimed, Wish, claim, release
from delivery.jobs import forget_counts
from delivery.models import LOST_STATES, Attempt, Delivery, LaneCount, State
from delivery.recording import Done, failed_before_sending, record
from delivery.repair import retry_now
from delivery.retries import RetrySchedule
from delivery.routing import Router
from delivery.transports.seam import Outcome, Try
from destinations.models import Destination
from events.counters import HOUR
from events.models import Event, EventCount, Project, TypeCount
from tests.delivery import recount

pytestmark = pytest.mark.django_db

SHORT = RetrySchedule(waits=(60, 600))
STATUSES = (200, 200, 200, 204, 301, 400, 404, 429, 500, 503, None)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(datetime(2026, 11, 20, 10, 57, tzinfo=UTC), tick=False) as travelled:
        yield travelled


class Road:
    """The steps of the road in any order, with receivers that answer by chance."""

    def __init__(self, chance: random.Random, destinations: list[Destination], make_events: Callable) -> None:
        self.chance, self.destinations, self.make_events = chance, destinations, make_events
        self.router, self.stale = Router(), list[Claimed]()

    def receive(self) -> None:
        for _ in range(self.chance.randint(1, 3)):
            self.make_events(self.chance.randint(1, 5), self.chance.choice(["Order Placed", "Page Viewed"]))
        self.router.route()

    def send(self) -> None:
        wishes = [Wish(one.pk, self.chance.randint(1, 6), 30) for one in self.destinations]
        claimed = claim(wishes, self.chance.choice([State.QUEUED, State.RETRYING]), now())
        self.chance.shuffle(claimed)
        sent, returned = claimed[1:], claimed[:1]
        if self.chance.random() < 0.5:
            release(returned)
        else:
            self.stale += returned  # its worker hangs until the lease is over and somebody else has sent it
        record([self.done(one) for one in sent])

    def hang(self) -> None:
        record([self.done(one, status=200) for one in self.stale])
        self.stale.clear()

    def retry(self) -> None:
        lost = list(Delivery.objects.filter(state__in=LOST_STATES).select_related("destination"))
        for delivery in self.chance.sample(lost, len(lost) // 2):
            retry_now(delivery)

    def done(self, claimed: Claimed, status: int | None = 0) -> Done:
        status = self.chance.choice(STATUSES) if status == 0 else status
        if status is None:
            kind = self.chance.choice(["timeout", "dns", "template"])
            outcome = failed_before_sending(kind, "It failed.")
            if kind != "template":
                outcome.tries = [Try(now().timestamp(), self.chance.random() * 12, None, "It failed.")]
        else:
            outcome = Outcome(None, [Try(now().timestamp(), self.chance.expovariate(4), status, "")], status=status)  # type: ignore[arg-type]
        return Done(claimed, outcome, None, SHORT)


@pytest.mark.parametrize("seed", range(6))
def test_counters_agree_with_the_rows(
    seed: int,
    clock: time_machine.Traveller,
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
) -> None:
    chance = random.Random(seed)
    destinations = [make_destination(), make_destination(), make_destination(filter={"event_types": ["Order Placed"]})]
    road = Road(chance, destinations, make_events)
    for _ in range(60):
        chance.choice([road.receive, road.send, road.send, road.send, road.hang, road.retry])()
        clock.shift(chance.choice([0, 0.5, 20, 120, 300]))
    assert Attempt.objects.count() > 20, "too little happened"

    assert recount.sums(LaneCount, "destination_id") == recount.deliveries()
    counted = {
        (row.destination_id, row.start): {name: getattr(row, name) for name in ("created", *State.values[1:])}
        for row in LaneCount.objects.filter(span=HOUR, created__gt=0)
    }
    by_hour = recount.hours_of_creation()
    assert counted == {
        key: {name: counts[name] for name in ("created", *State.values[1:])} for key, counts in by_hour.items()
    }
    assert recount.sums(EventCount, "project_id") == recount.events()
    assert sum(TypeCount.objects.values_list("received", flat=True)) == Event.objects.count()


def test_a_batch_is_one_row_for_each_span(
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
    django_assert_max_num_queries: Callable,
    clock: time_machine.Traveller,
) -> None:
    destination = make_destination()
    make_events(50)
    Router().route()
    assert list(LaneCount.objects.order_by("span").values_list("span", "created")) == [(60, 50), (3600, 50)]
    claimed = claim([Wish(destination.pk, 50, 30)], State.QUEUED)
    outcome = Outcome(None, [Try(now().timestamp(), 0.12, 200, "")], status=200)  # type: ignore[arg-type]
    with django_assert_max_num_queries(5):  # attempts, deliveries, counters; the savepoint of a test's transaction
        record([Done(one, outcome, None, SHORT) for one in claimed])
    row = LaneCount.objects.get(span=HOUR)
    assert (row.delivered, row.delivered_first, row.answers_2xx, row.took_150ms, row.retrying) == (50, 50, 50, 50, 0)


def test_what_is_too_old_for_a_counter_leaves_no_part_of_a_sum(
    make_destination: Callable[..., Destination],
    make_events: Callable[..., list[Event]],
    clock: time_machine.Traveller,
) -> None:
    destination = make_destination()
    make_events(1)
    Router().route()
    clock.shift(timedelta(hours=5))
    (claimed,) = claim([Wish(destination.pk, 1, 30)], State.QUEUED)
    record([Done(claimed, failed_before_sending("template", "No."), None, SHORT)])
    hours, minutes = (LaneCount.objects.filter(span=span).order_by("start") for span in (3600, 60))
    assert [(row.created, row.failed, row.answers_none) for row in hours] == [(1, 1, 0), (0, 0, 1)]
    assert [(row.created, row.failed, row.answers_none) for row in minutes] == [(1, 0, 0), (0, 0, 1)]


def test_counters_go_with_what_they_are_of(
    project: Project, make_destination: Callable[..., Destination], make_events: Callable[..., list[Event]]
) -> None:
    gone, kept = make_destination(), make_destination()
    make_events(1)
    Router().route()
    gone.delete()
    assert set(LaneCount.objects.values_list("destination_id", flat=True)) == {kept.pk}
    project.delete()
    assert not LaneCount.objects.exists()
    assert not EventCount.objects.exists()
    assert not TypeCount.objects.exists()


def test_the_clock_has_old_ones_removed(make_destination: Callable[..., Destination]) -> None:
    destination = make_destination()
    for days in (0, 80, 100):
        LaneCount.objects.create(destination=destination, span=HOUR, start=now() - timedelta(days=days))
    forget_counts()
    assert LaneCount.objects.count() == 2
