"""Counters as figures and charts: ranges, totals, changes against the time before."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from delivery import activity
from delivery.activity import LAST_DAY, LAST_HOUR, LAST_WEEK, Range
from delivery.models import LaneCount
from destinations.models import Destination
from events.counters import HOUR, MINUTE, Tally
from events.models import Event, Project

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 14, 35, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def add(destination: Destination, ago: timedelta, **numbers: int) -> None:
    tally = Tally(LaneCount, "destination_id")
    for name, number in numbers.items():
        tally.add(destination.pk, NOW - ago, name, number)
    tally.write(NOW)


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        (LAST_HOUR, datetime(2026, 11, 20, 13, 36, tzinfo=UTC), datetime(2026, 11, 20, 14, 35, tzinfo=UTC)),
        (LAST_DAY, datetime(2026, 11, 19, 15, tzinfo=UTC), datetime(2026, 11, 20, 14, tzinfo=UTC)),
        (LAST_WEEK, datetime(2026, 11, 13, 18, tzinfo=UTC), datetime(2026, 11, 20, 12, tzinfo=UTC)),
    ],
)
def test_the_bucket_under_way_is_the_last(
    wanted: Range, first: datetime, last: datetime, make_destination: Callable[..., Destination]
) -> None:
    destination = make_destination()
    add(destination, timedelta(0), created=3, delivered=2)
    shown = activity.of_destination(destination, wanted)
    assert (len(shown.buckets), shown.buckets[0].start, shown.buckets[-1].start) == (wanted.buckets, first, last)
    assert [bucket.counts.created for bucket in shown.buckets] == [0] * (wanted.buckets - 1) + [3]


@pytest.mark.parametrize(
    ("wanted", "within", "before", "beyond"),
    [
        (LAST_HOUR, timedelta(minutes=59), timedelta(minutes=60), timedelta(minutes=120)),
        (LAST_DAY, timedelta(hours=23), timedelta(hours=24), timedelta(hours=48)),
        (LAST_WEEK, timedelta(days=6, hours=20), timedelta(days=7), timedelta(days=14)),
    ],
)
def test_is_compared_with_as_much_time_before(
    wanted: Range,
    within: timedelta,
    before: timedelta,
    beyond: timedelta,
    project: Project,
    make_destination: Callable[..., Destination],
) -> None:
    one, other = make_destination(), make_destination()
    add(one, within, created=10, delivered=8, expired=1, failed=1)
    add(other, timedelta(0), created=10, delivered=8, retrying=2)
    add(one, before, created=8, delivered=8)
    add(other, beyond, created=1000, failed=1000)
    shown = activity.of_project(project, wanted)
    assert (shown.total.created, shown.total.lost, shown.total.retrying, shown.before.created) == (20, 2, 2, 8)
    assert (shown.total.success, shown.before.success) == (0.8, 1.0)
    assert shown.success_change == pytest.approx(-0.2)
    assert sum(bucket.counts.created for bucket in shown.buckets) == 20


def test_nothing_is_not_zero_percent(project: Project, make_destination: Callable[..., Destination]) -> None:
    add(make_destination(), timedelta(0), created=5)
    shown = activity.of_project(project)
    assert (shown.total.created, shown.total.tried, shown.total.success, shown.success_change) == (5, 0, None, None)
    assert shown.total.answer_time(95) is None


def test_answers_and_their_times(make_destination: Callable[..., Destination]) -> None:
    destination = make_destination()
    add(
        destination, timedelta(minutes=5), answers_2xx=90, answers_429=4, answers_none=6, took_100ms=90, took_10000ms=10
    )
    total = activity.of_destination(destination).total
    assert total.answers == {"2xx": 90, "3xx": 0, "4xx": 0, "429": 4, "5xx": 0, "No answer": 6}
    assert total.attempts == 100
    assert (total.answer_time(50), total.answer_time(90), total.answer_time(95)) == (89, 100, 8800)


def test_each_destination_has_its_cells(make_destination: Callable[..., Destination]) -> None:
    good, bad, quiet = make_destination(), make_destination(), make_destination()
    add(good, timedelta(hours=23), created=2, delivered=2, took_20ms=2)
    add(bad, timedelta(hours=2), created=100, delivered=97, expired=3)
    add(bad, timedelta(hours=1), created=100, delivered=90, retrying=10)
    add(bad, timedelta(0), created=3, delivered=2, expired=1)
    cells = {
        pk: [b.counts.tone for b in buckets]
        for pk, buckets in activity.by_destination([good.pk, bad.pk, quiet.pk]).items()
    }
    assert cells == {good.pk: ["ok", *[""] * 23], bad.pk: [*[""] * 21, "ok", "warn", "bad"], quiet.pk: [""] * 24}
    assert activity.answer_times([good.pk, bad.pk, quiet.pk], 95) == {good.pk: 20, bad.pk: None}


def test_events_received_are_counted_before_they_are_routed(
    project: Project, make_events: Callable[..., list[Event]]
) -> None:
    make_events(3)
    assert activity.events_received(project) == (3, 0)
    assert activity.events_received(project, LAST_HOUR) == (3, 0)


def test_a_count_that_went_below_zero_is_shown_as_none(make_destination: Callable[..., Destination]) -> None:
    """Rows from before there were counters."""
    destination = make_destination()
    add(destination, timedelta(0), retrying=-2, delivered=3)
    assert activity.of_destination(destination).total.retrying == 0


def test_costs_the_same_number_of_queries_for_any_number_of_destinations(
    make_destination: Callable[..., Destination], django_assert_num_queries: Callable[..., object]
) -> None:
    found = [make_destination().pk for _ in range(5)]
    with django_assert_num_queries(2):
        activity.by_destination(found)
        activity.answer_times(found, 95)


def test_rows_are_read_by_their_span(make_destination: Callable[..., Destination]) -> None:
    add(make_destination(), timedelta(0), created=1)
    assert sorted(LaneCount.objects.values_list("span", flat=True)) == [MINUTE, HOUR]
