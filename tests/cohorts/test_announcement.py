"""cohort.computed: when it is said, and to whom."""

import pytest

from cohorts import runs
from cohorts.computation import compute, replace_members
from cohorts.models import Computation, Sync
from delivery.models import Delivery
from delivery.monitors import gauges
from delivery.monitors.evaluation import evaluate
from delivery.monitors.sources import Subject
from delivery.monitors.specification import save_monitor
from delivery.routing import Router
from events.models import Event, Outbox, Profile

pytestmark = pytest.mark.django_db


def announced():
    return list(Event.objects.filter(topic="cohort.computed").order_by("pk"))


def test_what_it_says(make_users, make_cohort, project):
    make_users("ann", plan="pro")
    cohort = make_cohort()
    computation = compute(cohort, "by hand")
    (event,) = announced()
    cohort.refresh_from_db()
    assert Outbox.objects.filter(event_id=event.pk).exists()
    assert event.input["type"] == "cohort.computed"
    assert event.input["event_type"] == event.event_type == "Cohort computed"
    assert event.input["uuid"] == str(event.uuid)
    assert event.data["event_properties"] | {"computed_at": ""} == {
        "cohort_id": cohort.public_id,
        "cohort_name": "Paying",
        "computed_at": "",
        "computed_time": str(int(computation.finished_at.timestamp())),
        "size": 1,
        "entered": 1,
        "left": 0,
        "cause": "by hand",
        "app_id": project.pk,
    }


def test_for_a_sync_only_where_something_changed(make_users, make_cohort, make_destination):
    make_users("ann", plan="pro")
    sync = Sync.objects.create(cohort=make_cohort(), destination=make_destination())
    runs.move_on(runs.start(sync, "on schedule"))
    assert [event.data["event_properties"]["entered"] for event in announced()] == [1]
    sync.runs.update(state="delivered")
    runs.move_on(runs.start(sync, "on schedule"))
    assert (len(announced()), Computation.objects.count()) == (1, 2)
    Profile.objects.update(properties={})
    sync.runs.update(state="delivered")
    runs.move_on(runs.start(sync, "on schedule"))
    assert [event.data["event_properties"]["left"] for event in announced()] == [0, 1]


def test_only_who_names_it_gets_it(make_cohort, make_destination):
    named = make_destination(filter={"topics": ["cohort.computed"]})
    for rules in ({}, {"event_types": ["Cohort computed"]}, {"topics": ["event.track"]}):
        make_destination(filter=rules)
    compute(make_cohort(), "by hand")
    Router().route()
    assert [delivery.destination for delivery in Delivery.objects.all()] == [named]


def test_cohort_destinations_are_not_offered_events(make_destination, make_events):
    make_destination(kind="cohort-webhook")
    events = make_destination()
    make_events()
    Router().route()
    assert [delivery.destination for delivery in Delivery.objects.all()] == [events]


def test_its_size_is_a_metric_that_monitors_read(make_cohort, project):
    cohort = make_cohort(name="Friends", kind="listed", definition={})
    replace_members(cohort, ["u:ann", "u:bob"], "a list was given")
    from django.utils.timezone import now

    subject = Subject(project.pk, cohort.public_id)
    assert gauges.current("cohort", [subject], now())[subject].number == 2
    given = {"name": "M", "metric": "cohort", "cohort": "Friends", "condition": "above", "threshold": 1, "window": 3600}
    monitor = save_monitor(project, given)[0]
    assert (monitor.cohort, evaluate(now())) == (cohort.public_id, 1)
