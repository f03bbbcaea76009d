"""What the overview says of the last day, or of another stretch of time."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils.timezone import now

from delivery import summary
from delivery.chosen_range import DAY, chosen_range
from delivery.models import Delivery, LaneHealth, State
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
    lately = summary.lately(project)
    assert (lately.deliveries.value, lately.deliveries.change) == ("40", "+100 %")
    assert (lately.success.value, lately.success.change, lately.success.tone) == ("90.0 %", "−10.0 pts", "bad")
    assert lately.waiting.value == "2"
    assert lately.next_retry
    assert lately.events.value == "1"
    assert [f.delivery.state for f in lately.failures] == ["retrying", "retrying", "expired", "expired"]
    totals = [sum(row.counts[n] for row in lately.plot.rows) for n in range(3)]
    assert (len(lately.plot.rows), totals) == (24, [36, 2, 2])


def test_what_hardly_changed_did_not_fall(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    destination = make_destination()
    for hours, delivered in ((30, 250), (3, 249)):
        add(destination, State.DELIVERED, delivered, hours=hours)
        add(destination, State.FAILED, 1, hours=hours)
    success = summary.lately(project).success
    assert (success.value, success.change, success.tone) == ("99.6 %", "0.0 pts", "ok")


def test_destinations_worst_first(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    healthy, failing, quiet = (make_destination(name=name) for name in ("A", "B", "C"))
    make_destination(name="D", enabled=False)
    add(healthy, State.DELIVERED, 100, hours=1)
    add(failing, State.DELIVERED, 5, hours=1)
    add(failing, State.FAILED, 5)
    lately = summary.lately(project)
    assert [(row.lane.destination.name, row.lane.health) for row in lately.rows] == [
        ("B", "failing"), ("A", "healthy"), ("C", "no data"), ("D", "off"),
    ]  # fmt: skip
    assert lately.worst
    assert lately.worst.destination == failing
    rows = {row.lane.destination.name: row for row in lately.rows}
    assert rows["B"].cells[-1] == "bad"
    assert rows["A"].cells.count("ok") == 1
    assert rows["C"].cells == [""] * 24
    assert quiet.name == "C"


def test_of_very_many_destinations_the_worst_are_shown(
    project: Project,
    make_destination: Callable[..., Destination],
    add: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(summary, "MOST_DESTINATIONS", 2)
    for name in "ABCD":
        make_destination(name=name)
    add(make_destination(name="Z"), "expired", 3)
    lately = summary.lately(project)
    assert [row.lane.destination.name for row in lately.rows] == ["Z", "A"]
    assert lately.destinations == 5


def test_nothing_yet(project: Project) -> None:
    lately = summary.lately(project)
    assert (lately.deliveries.value, lately.success.value, lately.failures, lately.rows) == ("0", "–", [], [])
    assert not summary.has_deliveries(project)


def test_other_projects_do_not_count(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    add(make_destination(), State.DELIVERED, 3)
    assert summary.lately(Project.objects.create(name="Other")).deliveries.value == "0"


def test_cost_does_not_grow_with_the_table(
    project: Project,
    make_destination: Callable[..., Destination],
    add: Callable[..., None],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    add(make_destination(), State.DELIVERED, 500)
    with django_assert_max_num_queries(20):
        summary.lately(project)


@pytest.mark.parametrize(("share", "text"), [(1, "100 %"), (0.99999, "99.9 %"), (0.5, "50.0 %"), (0, "0.0 %")])
def test_percent_is_never_rounded_up_to_all(share: float, text: str) -> None:
    assert summary._percent(share) == text


@pytest.mark.parametrize(
    ("key", "delivered", "before", "bars", "sentence"),
    [
        ("1h", "10", "", 60, "Deliveries per minute: 10 delivered, 0 retrying, 0 failed in the last hour."),
        ("24h", "30", "−25.0 %", 24, "Deliveries per hour: 30 delivered, 0 retrying, 0 failed in the last 24 hours."),
        ("7d", "70", "", 28, "Deliveries per 6 hours: 70 delivered, 0 retrying, 0 failed in the last 7 days."),
    ],
)
def test_of_a_chosen_range(
    project: Project,
    make_destination: Callable[..., Destination],
    add: Callable[..., None],
    key: str,
    delivered: str,
    before: str,
    bars: int,
    sentence: str,
) -> None:
    destination = make_destination()
    for hours, count in ((30, 40), (3, 20), (0, 10)):
        add(destination, State.DELIVERED, count, hours=hours)
    lately = summary.lately(project, chosen_range({"range": key}))
    assert (lately.deliveries.value, lately.deliveries.change) == (delivered, before)
    assert (len(lately.plot.bars), lately.plot.sentence) == (bars, sentence)
    assert [row.volume for row in lately.rows] == [30]
    assert 6 <= len(lately.plot.labels) <= 7


@pytest.mark.parametrize(
    ("count", "before", "change", "note"),
    [
        (30, 20, "+50.0 %", "vs. the day before"),
        (15, 20, "−25.0 %", "vs. the day before"),
        (199, 20, "+895 %", "vs. the day before"),
        (1_040, 20, "52 ×", "the day before"),
        (5_247, 19, "", ""),
        (7, 0, "", ""),
    ],
)
def test_a_change_is_shown_where_it_says_something(count: int, before: int, change: str, note: str) -> None:
    figure = summary._amount(count, before, DAY)
    assert (figure.value, figure.change, figure.note) == (f"{count:,}", change, note)


def test_the_next_retry_is_of_what_is_sent(
    project: Project, make_destination: Callable[..., Destination], add: Callable[..., None]
) -> None:
    held, paused, off = (make_destination(name=name) for name in ("Held", "Paused", "Off"))
    for destination in (held, paused, off):
        add(destination, State.RETRYING, 1, hours=1)
    LaneHealth.objects.create(pk=held.pk, held_since=now())
    Destination.objects.filter(pk=paused.pk).update(paused_at=now())
    Destination.objects.filter(pk=off.pk).update(enabled=False)
    lately = summary.lately(project)
    assert (lately.waiting.value, lately.next_retry) == ("3", None)
