from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from delivery import lane_views, waiting
from delivery.lane_summary import LaneSummary, lane_summaries, lane_summary
from delivery.models import Delivery, LaneHealth, State
from delivery.waiting import Waiting
from destinations.models import Destination
from tests.delivery import recount

pytestmark = pytest.mark.django_db


@pytest.fixture
def deliver(project, make_events):
    def make(destination, state, count=1, hours_ago=1):
        (event,) = make_events()
        at = now() - timedelta(hours=hours_ago)
        one = {"project": project, "destination": destination, "event": event, "state": state, "created_at": at}
        recount.add(*Delivery.objects.bulk_create(Delivery(**one) for _ in range(count)))

    return make


@pytest.mark.parametrize(
    ("enabled", "delivered", "failed", "retrying", "health"),
    [
        (True, 0, 0, 0, "no data"),
        (True, 97, 3, 0, "healthy"),
        (True, 96, 4, 0, "degraded"),
        (True, 90, 5, 5, "degraded"),
        (True, 89, 0, 11, "failing"),
        (True, 0, 0, 1, "failing"),
        (False, 100, 0, 0, "off"),
    ],
)
def test_health_is_the_share_that_arrived(enabled, delivered, failed, retrying, health):
    lane = LaneSummary(Destination(enabled=enabled), Waiting(), delivered, failed, retrying)
    assert lane.health == health


def test_counts_the_last_day_and_all_that_waits(make_destination, deliver):
    destination = make_destination()
    deliver(destination, State.DELIVERED, 3)
    deliver(destination, State.DELIVERED, hours_ago=25)
    deliver(destination, State.FAILED)
    deliver(destination, State.EXPIRED)
    deliver(destination, State.RETRYING, hours_ago=30)
    deliver(destination, State.QUEUED)
    lane = lane_summary(destination)
    assert (lane.delivered, lane.failed, lane.retrying, lane.waiting.number) == (3, 2, 0, 2)


def test_says_where_it_stopped_counting(make_destination, deliver, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_WAITING", 3)
    destination = make_destination()
    deliver(destination, State.RETRYING, 7)
    lane = lane_summary(destination)
    assert (lane.retrying, str(lane.waiting)) == (7, "2+")


def test_the_worst_comes_first(make_destination, deliver):
    names = {"Fine": State.DELIVERED, "Broken": State.EXPIRED, "Another": State.DELIVERED}
    for name, state in names.items():
        deliver(make_destination(name=name), state)
    make_destination(name="Off", enabled=False)
    make_destination(name="New")
    order = [lane.destination.name for lane in lane_summaries(Destination.objects.all())]
    assert order == ["Broken", "Another", "Fine", "New", "Off"]


def test_a_held_lane_comes_before_all(make_destination, deliver):
    failing, held = make_destination(name="Failing"), make_destination(name="Held")
    deliver(failing, State.EXPIRED)
    LaneHealth.objects.create(pk=held.pk, held_since=now())
    assert [lane.health for lane in lane_summaries(Destination.objects.all())] == ["held", "failing"]


@pytest.mark.parametrize("number", [1, 30])
def test_many_lanes_take_no_more_queries(project, make_destination, deliver, django_assert_num_queries, number):
    for lane in range(number):
        deliver(make_destination(name=f"Lane {lane}"), State.RETRYING)
    lanes = list(Destination.objects.all())
    with django_assert_num_queries(3):
        assert [str(lane.waiting) for lane in lane_summaries(lanes)] == ["1"] * number
    with django_assert_num_queries(3):
        assert [str(lane.waiting) for lane in waiting.waiting_lanes(project)] == ["1"] * number


def test_very_many_lanes_are_counted_less_far(make_destination, deliver, monkeypatch):
    monkeypatch.setattr(waiting, "MOST_COUNTED", 4)
    for lane in range(2):
        deliver(make_destination(name=f"Lane {lane}"), State.RETRYING, 3)
    assert [str(lane.waiting) for lane in lane_summaries(Destination.objects.all())] == ["1+", "1+"]


def test_a_long_list_has_pages(admin_client, project, make_destination, monkeypatch):
    monkeypatch.setattr(lane_views, "ROWS", 2)
    for name in "ABC":
        make_destination(name=f"Lane {name}")
    url = reverse("destinations", args=[project.slug])
    first, last, beyond = (admin_client.get(url, {"first": n}).content.decode() for n in ("0", "2", "9"))
    assert "1–2 of 3" in first
    assert "?first=2" in first
    assert "3–3 of 3" in last
    assert "Lane C" in last
    assert "Lane B" not in last
    assert "No more destinations" in beyond


@pytest.mark.parametrize("door", ["destinations", "queues", "overview"])
def test_pages_of_many_lanes_take_no_more_queries(admin_client, project, make_destination, deliver, door):
    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            assert admin_client.get(reverse(door, args=[project.slug])).status_code == 200
        return len(captured)

    deliver(make_destination(name="Lane"), State.RETRYING)
    queries()
    one = queries()
    for lane in range(8):
        deliver(make_destination(name=f"Lane {lane}"), State.RETRYING)
    assert queries() == one
