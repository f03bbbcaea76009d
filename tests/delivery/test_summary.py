"""What the overview says of the last day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils.timezone import now

from delivery import summary
from delivery.models import Delivery, State
from destinations.models import Destination
from events.models import Event, Project
from tests.delivery import recount


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture
def add(project: Project, make_events: Callable[..., list[Event]]) -> Callable[..., None]:
    """Adds `count` deliveries in a state, made some hours ago, oldest first as the road writes them."""
    event = make_events()[0]

    def make(destination: Destination, state: str, count: int, hours: float = 0) -> None:
        moment = now() - timedelta(hours=hours)
        due = now() + timedelta(seconds=90) if state == State.RETRYING else None
        written = Delivery.objects.bulk_create(
            Delivery(
                project=project, destination=destination, event=event, state=state, created_at=moment,
                attempts_made=1, next_attempt_at=due, last_status=200 if state == State.DELIVERED else 503,
            )
            for _ in range(count)
        )  # fmt: skip
        recount.add(*written)

    return make


def test_figures(project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]) -> None:
    destination = make_destination()
    add(destination, State.DELIVERED, 20, hours=30)
    add(destination, State.DELIVERED, 36, hours=3)
    add(destination, State.EXPIRED, 2, hours=2)
    add(destination, State.RETRYING, 2, hours=1)
    day = summary.last_day(project)
    assert (day.deliveries.value, day.deliveries.change) == ("40", "+100 %")
    assert (day.success.value, day.success.change, day.success.tone) == ("90.0 %", "−10.0 pts", "bad")
    assert day.waiting.value == "2"
    assert day.next_retry
    assert day.events.value == "1"
    assert [f.delivery.state for f in day.failures] == ["retrying", "retrying", "expired", "expired"]
    totals = [sum(row.counts[n] for row in day.plot.rows) for n in range(3)]
    assert (len(day.plot.rows), totals) == (24, [36, 2, 2])


def test_destinations_worst_first(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    healthy, failing, quiet = (make_destination(name=name) for name in ("A", "B", "C"))
    make_destination(name="D", enabled=False)
    add(healthy, State.DELIVERED, 100, hours=1)
    add(failing, State.DELIVERED, 5, hours=1)
    add(failing, State.FAILED, 5)
    day = summary.last_day(project)
    assert [(row.lane.destination.name, row.lane.health) for row in day.rows] == [
        ("B", "failing"), ("A", "healthy"), ("C", "no data"), ("D", "off"),
    ]  # fmt: skip
    assert day.worst
    assert day.worst.destination == failing
    rows = {row.lane.destination.name: row for row in day.rows}
    assert rows["B"].cells[-1] == "bad"
    assert rows["A"].cells.count("ok") == 1
    assert rows["C"].cells == [""] * 24
    assert quiet.name == "C"


def test_nothing_yet(project: Project) -> None:
    day = summary.last_day(project)
    assert (day.deliveries.value, day.success.value, day.failures, day.rows) == ("0", "–", [], [])
    assert not summary.has_deliveries(project)


def test_other_projects_do_not_count(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    add(make_destination(), State.DELIVERED, 3)
    assert summary.last_day(Project.objects.create(name="Other")).deliveries.value == "0"


def test_cost_does_not_grow_with_the_table(
    project: Project,
    make_destination: Callable[..., Destination],
    add: Callable[..., None],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    add(make_destination(), State.DELIVERED, 500)
    with django_assert_max_num_queries(20):
        summary.last_day(project)


@pytest.mark.parametrize(("share", "text"), [(1, "100 %"), (0.99999, "99.9 %"), (0.5, "50.0 %"), (0, "0.0 %")])
def test_percent_is_never_rounded_up_to_all(share: float, text: str) -> None:
    assert summary._percent(share) == text
