from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from delivery import log
from delivery.log import Criteria
from delivery.models import Delivery, State
from delivery.taking import DELIVERY_COLUMNS
from events import bulk
from events.models import Event, Project
from events.time_bounds import first_since

pytestmark = pytest.mark.django_db

TYPES = ("Order Placed", "Page Viewed")
ANSWERED = {
    State.DELIVERED: (200, ""),
    State.RETRYING: (503, "503 Service Unavailable"),
    State.FAILED: (None, "Connection refused by 10.0.0.7"),
    State.QUEUED: (None, ""),
    State.EXPIRED: (404, "404 Not Found"),
}
STATES = (State.DELIVERED, State.DELIVERED, State.RETRYING, State.FAILED, State.QUEUED, State.EXPIRED)


@pytest.fixture
def deliveries(project, make_destination):
    """60 deliveries, one a minute up to now, alternating between two destinations and two event types."""
    destinations = [make_destination(name="A"), make_destination(name="B")]
    moment = now()
    times = [moment - timedelta(minutes=59 - n) for n in range(60)]
    events = Event.objects.bulk_create(
        Event(
            project=project,
            uuid=uuid4(),
            topic="event.track",
            event_type=TYPES[n // 2 % 2],
            user_id=f"user-{n % 3}",
            device_id="phone" if n == 7 else None,
            event_time=at,
            received_at=at,
        )
        for n, at in enumerate(times)
    )
    return Delivery.objects.bulk_create(
        Delivery(
            project=project,
            destination=destinations[n % 2],
            event=event,
            state=STATES[n % len(STATES)],
            created_at=event.received_at,
            last_status=ANSWERED[STATES[n % len(STATES)]][0],
            last_error=ANSWERED[STATES[n % len(STATES)]][1],
        )
        for n, event in enumerate(events)
    )


def ids(page):
    return [row.pk for row in page.rows]


def walk(project, criteria, **options):
    """Every id, by following "Older" to the end."""
    found, page = [], log.page(project, criteria, **options)
    found += ids(page)
    while page.older:
        page = log.page(project, criteria, before=page.older, **options)
        found += ids(page)
    return found


CASES = {
    "all": (lambda ds: Criteria(), lambda d: True),
    "destination": (lambda ds: Criteria(destination=ds[0].destination_id), lambda d: d.destination.name == "A"),
    "delivered": (lambda ds: Criteria(state="delivered"), lambda d: d.state == State.DELIVERED),
    "failed": (lambda ds: Criteria(state="failed"), lambda d: d.state == State.FAILED),
    "waiting": (lambda ds: Criteria(state="waiting"), lambda d: d.state in (State.QUEUED, State.RETRYING)),
    "undelivered": (lambda ds: Criteria(state="undelivered"), lambda d: d.state in (State.FAILED, State.EXPIRED)),
    "state of a destination": (
        lambda ds: Criteria(state="waiting", destination=ds[0].destination_id),
        lambda d: d.state in (State.QUEUED, State.RETRYING) and d.destination.name == "A",
    ),
    "event type": (lambda ds: Criteria(event_type="Page Viewed"), lambda d: d.event.event_type == "Page Viewed"),
    "user": (lambda ds: Criteria(who="user-1"), lambda d: d.event.user_id == "user-1"),
    "device": (lambda ds: Criteria(who="phone"), lambda d: d.event.device_id == "phone"),
    "event": (lambda ds: Criteria(who=str(ds[5].event.uuid)), lambda d: d.created_at.minute >= 0),
    "delivery": (lambda ds: Criteria(who=str(ds[9].pk)), lambda d: True),
    "answer 2xx": (lambda ds: Criteria(answer="2xx"), lambda d: d.state == State.DELIVERED),
    "answer 4xx": (lambda ds: Criteria(answer="4xx"), lambda d: d.state == State.EXPIRED),
    "no answer": (lambda ds: Criteria(answer="none"), lambda d: d.state == State.FAILED),
    "an answer that no delivery of the state got": (lambda ds: Criteria(answer="5xx", state="failed"), lambda d: False),
    "an answer to delivered ones": (lambda ds: Criteria(answer="4xx", state="delivered"), lambda d: False),
    "text of an error": (lambda ds: Criteria(error="REFUSED by"), lambda d: d.state == State.FAILED),
    "error of a destination": (
        lambda ds: Criteria(error="404", destination=ds[1].destination_id),
        lambda d: d.state == State.EXPIRED and d.destination.name == "B",
    ),
    "since": (
        lambda ds: Criteria(since=ds[40].created_at),
        lambda d: d.created_at >= now() - timedelta(minutes=19, seconds=30),
    ),
    "everything": (
        lambda ds: Criteria(state="waiting", event_type="Order Placed", who="user-2", since=ds[10].created_at),
        lambda d: (
            d.state in (State.QUEUED, State.RETRYING)
            and d.event.event_type == "Order Placed"
            and d.event.user_id == "user-2"
            and d.created_at >= now() - timedelta(minutes=49, seconds=30)
        ),
    ),
    "nothing": (lambda ds: Criteria(event_type="No Such"), lambda d: False),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rows", [4, 100])
def test_finds_what_matches_newest_first_and_each_once(project, deliveries, name, rows):
    make, matches = CASES[name]
    expected = [d.pk for d in reversed(deliveries) if matches(d)]
    if name in ("event", "delivery"):
        expected = [deliveries[5 if name == "event" else 9].pk]
    assert walk(project, make(deliveries), rows=rows) == expected


@pytest.mark.parametrize("criteria", [Criteria(), Criteria(state="waiting"), Criteria(event_type="Order Placed")])
def test_newer_leads_back_the_same_way(project, deliveries, criteria):
    first = log.page(project, criteria, rows=5)
    second = log.page(project, criteria, before=first.older, rows=5)
    third = log.page(project, criteria, before=second.older, rows=5)
    assert first.newer is None
    assert ids(log.page(project, criteria, after=third.newer, rows=5)) == ids(second)
    back = log.page(project, criteria, after=second.newer, rows=5)
    assert ids(back) == ids(first)
    assert back.newer is None


def test_a_search_without_an_index_stops_at_its_bound_and_says_where(project, deliveries, monkeypatch):
    monkeypatch.setattr(log, "WINDOW", 10)
    monkeypatch.setattr(log, "SEARCH_SECONDS", 0)
    page = log.page(project, Criteria(who="phone"))
    assert page.rows == []
    assert (page.older, page.searched) == (deliveries[-10].pk, 10)
    assert page.searched_to == deliveries[-10].created_at
    assert walk(project, Criteria(who="phone")) == [deliveries[7].pk]


@pytest.mark.parametrize("seconds", [0, 60], ids=["a window a page", "all windows"])
@pytest.mark.parametrize("window", [1, 2, 7])
def test_windows_over_several_states_miss_nothing(project, deliveries, monkeypatch, window, seconds):
    monkeypatch.setattr(log, "WINDOW", window)
    monkeypatch.setattr(log, "SEARCH_SECONDS", seconds)
    expected = [d.pk for d in reversed(deliveries) if d.last_status == 503]
    assert walk(project, Criteria(answer="5xx"), rows=4) == expected


def test_a_user_with_very_many_events_is_met_on_the_way(project, deliveries, monkeypatch):
    monkeypatch.setattr(log, "MOST_EVENTS_OF_USER", 5)
    expected = [d.pk for d in reversed(deliveries) if d.event.user_id == "user-1"]
    assert walk(project, Criteria(who="user-1"), rows=4) == expected


def test_other_projects_stay_out(deliveries):
    other = Project.objects.create(name="Other")
    for criteria in (Criteria(), Criteria(destination=deliveries[0].destination_id), Criteria(who="user-1")):
        assert log.page(other, criteria).rows == []
    assert log.page(other, Criteria(who=str(deliveries[0].event.uuid))).rows == []


def test_a_page_costs_a_fixed_number_of_queries(project, deliveries):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = log.page(project, Criteria(state="waiting"), rows=10)
        assert [(row.event.event_type, row.destination.name) for row in page.rows]
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("criteria", "index"),
    [
        (Criteria(), "deliveries_newest_of_project"),
        (Criteria(state="failed"), "deliveries_undelivered"),
        (Criteria(event_type="Order Placed"), "deliveries_newest_of_project"),
        (Criteria(state="failed", destination=1), "deliveries_undelivered_of_lane"),
    ],
)
def test_walks_an_index(project, deliveries, criteria, index):
    """Beside many newer ones of another project: alone in the table, its own are found by the primary key as well."""
    if connection.vendor == "postgresql":
        other = Project.objects.create(name="Other")
        lane, moment = deliveries[0].destination_id, now()
        rows = [(other.pk, lane, 0, "delivered", 1, moment, None, "") for _ in range(5_000)]
        bulk.insert(Delivery, DELIVERY_COLUMNS, rows)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {Delivery._meta.db_table}")
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    (walked,), _ = log._walks_and_sieve(project, criteria)
    assert index in walked.order_by("-pk")[:25].explain()


def test_a_moment_is_found_as_an_id(deliveries):
    def found(moment):
        return first_since(Delivery.objects.all(), "created_at", moment)

    for n in (5, 30, 59):
        assert deliveries[n - 2].pk <= found(deliveries[n].created_at) <= deliveries[n].pk
    assert found(now() + timedelta(hours=1)) == deliveries[-1].pk + 1
    assert found(now() - timedelta(days=9)) == deliveries[0].pk
