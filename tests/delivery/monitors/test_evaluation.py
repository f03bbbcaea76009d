"""What monitors make of counters, and whom that tells."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from delivery.models import Alert, LaneHealth, Monitor, Notice
from delivery.monitors import gauges, users
from delivery.monitors.evaluation import evaluate, write_gauges_down
from delivery.monitors.metrics import HOUR, MINUTE, Metric
from delivery.monitors.readings import readings
from delivery.monitors.sources import Subject
from delivery.monitors.specification import save_channel
from delivery.routing import Router
from events.models import Event, Project

pytestmark = pytest.mark.django_db
DAY = 86_400


def value(monitor, moment):
    return readings([monitor], moment)[monitor.pk].value


class TestMetrics:
    @pytest.mark.parametrize(
        ("window", "expected"), [(MINUTE, 5), (5 * MINUTE, 12), (15 * MINUTE, 12), (HOUR, 32), (DAY, 20)]
    )
    def test_events_over_whole_minutes_and_a_day_of_whole_hours(self, make_monitor, came_in, moment, window, expected):
        for count, minutes in ((1, 0), (5, 1), (7, 3), (20, 58), (40, 70)):
            came_in(count, minutes)
        came_in(3, 20 * 60)
        wanted = expected if window != DAY else 20 + 40 + 3
        assert value(make_monitor(window=window), moment) == wanted

    def test_of_one_type_and_of_one_project(self, make_monitor, came_in, moment):
        came_in(5, 1)
        came_in(9, 1, "Signup")
        came_in(100, 1, of=Project.objects.create(name="Other"))
        assert value(make_monitor(window=MINUTE, event_type="Signup"), moment) == 9
        assert value(make_monitor(window=MINUTE, event_type="Nothing"), moment) == 0
        assert value(make_monitor(window=MINUTE), moment) == 14

    def test_share_that_arrived(self, make_monitor, make_destination, were_sent, moment):
        good, bad, few = make_destination(name="Good"), make_destination(name="Bad"), make_destination(name="Few")
        were_sent(good.pk, delivered=99, failed=1)
        were_sent(bad.pk, delivered=30, retrying=20)
        were_sent(few.pk, failed=3)
        of = {"metric": "success", "threshold": 90, "window": HOUR}
        assert value(make_monitor(**of, destination="Good"), moment) == 99
        assert value(make_monitor(**of, destination="Few"), moment) == 0
        reading = readings([m := make_monitor(**of)], moment)[m.pk]
        assert (reading.value, reading.where) == (60, bad.pk)  # the worst that has enough to say

    def test_no_deliveries_are_no_data(self, make_monitor, make_destination, moment):
        make_destination(name="Quiet")
        monitor = make_monitor(metric="success", threshold=90, destination="Quiet")
        evaluate(moment)
        monitor.refresh_from_db()
        assert (monitor.state, monitor.value) == ("no data", None)

    def test_answer_time(self, make_monitor, make_destination, were_sent, moment):
        lane = make_destination(name="Slow")
        were_sent(lane.pk, took_100ms=94, took_2000ms=6)
        found = value(make_monitor(metric="p95", condition="above", threshold=500, destination="Slow"), moment)
        assert 1_500 <= found <= 2_000

    def test_what_waits_of_one_and_of_all(self, make_monitor, make_destination, make_events, deliver, moment):
        first, second = make_destination(name="First"), make_destination(name="Second")
        for event in make_events(3):
            deliver(event, first, "queued")
        deliver(make_events(1)[0], second, "retrying")
        of = {"metric": "waiting", "condition": "above", "threshold": 100}
        assert value(make_monitor(**of, destination="First"), moment) == 3
        assert value(make_monitor(**of), moment) == 4

    def test_how_long_a_destination_sends_nothing(self, make_monitor, make_destination, moment):
        lane = make_destination(name="Held")
        monitor = make_monitor(metric="paused", condition="above", threshold=30)
        assert value(monitor, moment) == 0
        LaneHealth.objects.create(pk=lane.pk, held_since=moment - timedelta(minutes=45))
        reading = readings([monitor], moment)[monitor.pk]
        assert (reading.value, reading.where) == (45, lane.pk)

    def test_refused_requests(self, make_monitor, client, project):
        for _ in range(3):
            client.post("/2/httpapi", {"api_key": project.api_key}, content_type="application/json")
        monitor = make_monitor(metric="refused", condition="above", threshold=2, window=MINUTE)
        assert evaluate(now()) == 1
        monitor.refresh_from_db()
        assert (monitor.state, monitor.value) == ("firing", 3)

    def test_change_against_the_window_before(self, make_monitor, came_in, moment):
        came_in(10, 8)
        came_in(21, 2)
        rises = make_monitor(condition="rises", threshold=100, window=5 * MINUTE)
        falls = make_monitor(condition="falls", threshold=50, window=5 * MINUTE)
        evaluate(moment)
        assert [m.state for m in Monitor.objects.order_by("pk")] == ["firing", "ok"], (rises, falls)

    def test_band_of_the_same_hour_of_other_days(self, make_monitor, came_in, moment):
        for days in range(1, 15):
            came_in(100 + days % 3, 60 + days * 24 * 60)
            came_in(9_000, days * 24 * 60)  # another hour
        came_in(101, 60)
        monitor = make_monitor(condition="band", threshold=95, window=HOUR)
        evaluate(moment)
        monitor.refresh_from_db()
        assert (monitor.state, monitor.value) == ("ok", 101)
        came_in(300, 60)
        assert evaluate(moment) == 1


class TestUsers:
    def test_are_counted_as_events_are_routed(
        self, make_monitor, make_events, project, monkeypatch, django_capture_on_commit_callbacks
    ):
        hour_ago = now() - timedelta(hours=2)
        make_monitor(metric="users", condition="above", threshold=0, window=HOUR)
        make_events(3)
        Event.objects.filter(user_id="user-1").order_by("pk").first()
        last = Event.objects.latest("pk")
        Event.objects.filter(pk=last.pk).update(user_id=None, device_id="phone")
        monkeypatch.setattr(users, "_watched", (0.0, frozenset()))
        with django_capture_on_commit_callbacks(execute=True):
            assert Router().route().events == 3
        assert users.users([project.pk], hour_ago, None) == {}  # not counted all the time
        assert users.users([project.pk], now() + timedelta(hours=1), None) == {project.pk: 0}
        begun = gauges.start_of(now(), HOUR)
        import django_rq

        django_rq.get_connection("default").set(f"streamhub:users:{project.pk}:since", begun.timestamp())
        assert users.users([project.pk], begun, None) == {project.pk: 2}

    def test_cost_nothing_where_nobody_asks(self, make_events, monkeypatch):
        make_events(1)
        monkeypatch.setattr(users, "_watched", (0.0, frozenset()))
        event = Event.objects.get()
        row = (event.pk, event.project_id, "", event.received_at, "", None)
        users.count_users([row])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            users.count_users([row])
        assert len(queries) == 0


class TestTelling:
    @pytest.fixture
    def team(self, project):
        return save_channel(project, {"name": "Team", "kind": "email", "address": "team@example.com"})[0]

    def test_crossing_the_threshold_tells_once_and_so_does_its_end(self, make_monitor, came_in, moment, team):
        monitor = make_monitor(condition="above", threshold=10, window=MINUTE, channels=["Team"])
        assert evaluate(moment) == 0
        came_in(11, 0.2)
        assert [evaluate(moment), evaluate(moment)] == [1, 0]
        alert = Alert.objects.get()
        assert (alert.kind, alert.value, alert.threshold) == ("fired", 11, 10)
        assert alert.text == "11 events, above 10 events."
        told = Event.objects.get(topic="monitor.alert").data["event_properties"]
        assert told.items() >= {
            "monitor_id": str(monitor.pk), "monitor_name": monitor.name, "alert_type": "fired", "value": 11.0,
            "threshold": 10.0, "condition": "above 10 events", "recipients": ["Team"],
        }.items()  # fmt: skip
        assert [notice.channel for notice in Notice.objects.all()] == [team]
        Router().route()  # until all is routed, not all is counted
        later = moment + timedelta(minutes=5)
        assert [evaluate(later), evaluate(later)] == [1, 0]
        assert Alert.objects.latest("pk").kind == "recovered"
        monitor.refresh_from_db()
        assert (monitor.state, monitor.state_since) == ("ok", later)

    def test_within_the_cool_down_nobody_is_told_again(self, make_monitor, came_in, moment):
        make_monitor(condition="above", threshold=10, window=MINUTE, cooldown=3600, tells_recovery=False)
        came_in(11, 0.2)
        assert evaluate(moment) == 1
        Router().route()
        assert evaluate(moment + timedelta(minutes=5)) == 0
        came_in(11, -10)
        assert evaluate(moment + timedelta(minutes=10)) == 0
        assert Monitor.objects.get().state == "firing"
        came_in(11, -60)
        assert evaluate(moment + timedelta(minutes=60)) == 1  # it still fires when the cool-down is over

    def test_a_muted_one_is_written_down_only(self, make_monitor, came_in, moment, team):
        monitor = make_monitor(condition="above", threshold=10, window=MINUTE, channels=["Team"])
        Monitor.objects.filter(pk=monitor.pk).update(muted_until=now() + timedelta(hours=1))
        came_in(11, 0.2)
        assert evaluate(moment) == 1
        assert Alert.objects.get().muted
        assert not Notice.objects.exists()
        assert not Event.objects.exists()

    def test_switched_off_it_is_not_looked_at(self, make_monitor, came_in, moment):
        make_monitor(condition="above", threshold=10, window=MINUTE, enabled=False)
        came_in(11, 0.2)
        assert evaluate(moment) == 0

    def test_silence_is_no_recovery(self, make_monitor, make_destination, were_sent, moment):
        lane = make_destination(name="Lane")
        make_monitor(metric="success", threshold=90, window=5 * MINUTE, destination="Lane")
        were_sent(lane.pk, failed=30)
        assert evaluate(moment) == 1
        assert evaluate(moment + timedelta(minutes=30)) == 0
        assert Monitor.objects.get().state == "firing"

    def test_events_that_wait_to_be_counted_are_waited_for(self, make_monitor, make_events, moment):
        """A router that is behind must not look like a project that is silent."""
        make_monitor(condition="below", threshold=1, window=MINUTE)
        make_events(1)
        Event.objects.update(received_at=now() - timedelta(minutes=10))
        from delivery.monitors.readings import settled

        assert settled(now()) < now() - timedelta(minutes=10)

    def test_any_destination_names_the_worst(self, make_monitor, make_destination, were_sent, moment):
        lane = make_destination(name="Support inbox")
        make_monitor(metric="success", threshold=90, window=HOUR)
        were_sent(lane.pk, delivered=10, failed=30)
        evaluate(moment)
        alert = Alert.objects.get()
        assert (alert.text, alert.destination) == ("25 % (Support inbox), below 90 %.", lane)


class TestGauges:
    def test_are_written_for_comparisons(self, make_monitor, make_destination, make_events, deliver, moment):
        lane = make_destination(name="Lane")
        monitor = make_monitor(metric="waiting", condition="rises", threshold=100, window=HOUR)
        for event in make_events(2):
            deliver(event, lane, "queued")
        write_gauges_down(moment)
        assert gauges.before("waiting", [Subject(monitor.project_id)], moment) == {Subject(monitor.project_id): 2}
        for event in make_events(39):
            deliver(event, lane, "queued")
        assert evaluate(moment + timedelta(hours=1)) == 1

    def test_the_last_of_an_hour_stays(self, project, moment):
        subject = Subject(project.pk, "abc")
        for value in (3, 9):
            gauges.note(Metric.COHORT, {subject: value}, moment)
        assert gauges.history(Metric.COHORT, subject, moment - timedelta(hours=2), HOUR) == {
            gauges.start_of(moment, HOUR): 9
        }
        assert gauges.current(Metric.COHORT, [subject], moment)[subject].number == 9


def test_a_thousand_monitors_cost_a_bounded_number_of_queries(project, moment, came_in):
    for number in range(5):
        came_in(3, 1, f"type {number}")
    Monitor.objects.bulk_create(
        Monitor(
            project=project, name=f"M{n}", metric="events", event_type=f"type {n % 50}", condition="above",
            threshold=1_000, window=(MINUTE, 5 * MINUTE, HOUR)[n % 3], state="ok", value=0 if n % 50 > 4 else None,
        )
        for n in range(1_000)
    )  # fmt: skip
    evaluate(moment)
    with CaptureQueriesContext(connection) as queries:
        evaluate(moment)
    assert len(queries) < 12
