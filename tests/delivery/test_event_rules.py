"""Event transformations on the road: what is routed, rendered and said of an event, for those who take it transformed
and for those who take it as it came."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from delivery.backfill import Window, next_events
from delivery.dry_run import of_events
from delivery.event_outcomes import outcomes_of
from delivery.models import Delivery, Verdict
from delivery.requests import RequestBuilder
from delivery.routing import Router
from destinations.models import EventRule
from destinations.passing import passing_events
from destinations.saved_event_rules import remove_rule, save_rule
from events.models import AuditEntry, Event

pytestmark = pytest.mark.django_db
MERGED = {"types": ["Order Placed", "order_placed"], "to": "purchase"}
WHY = "dropped by the project: “debug” dropped"
DROPPED = {"types": ["debug"], "drop": True}


@pytest.fixture
def rules(project):
    return [save_rule(project, MERGED), save_rule(project, DROPPED)]


def sent(destination, event):
    return json.loads(RequestBuilder(destination).build(event.data).body)["event_type"]


def test_each_destination_gets_what_it_chose(rules, make_destination, make_events):
    seeing = make_destination(name="Seeing", filter={"event_types": ["purchase"]})
    raw = make_destination(name="Raw", events="raw")
    old, new = *make_events(1, "Order Placed"), *make_events(1, "order_placed")
    (noise,) = make_events(1, "debug")
    assert Router().route().deliveries == 5
    assert set(Delivery.objects.filter(destination=seeing).values_list("event_id", flat=True)) == {old.pk, new.pk}
    assert Verdict.objects.get(event_id=noise.pk).refusals == {
        str(seeing.pk): "dropped by the project: “debug” dropped"
    }
    assert (sent(seeing, new), sent(raw, new)) == ("purchase", "order_placed")
    assert Event.objects.get(pk=new.pk).data["event_type"] == "order_placed", "the raw event is kept"


def test_a_template_and_a_kind_see_the_same(rules, make_destination, make_events):
    (event,) = make_events(1, "order_placed")
    template = {"mode": "template", "language": "jinja2", "template": '{"event_type": {{ input.event_type|tojson }}}'}
    assert sent(make_destination(payload=template), event) == "purchase"
    slack = make_destination(
        kind="slack",
        url=None,
        parameters={"webhook_url": "https://hooks.slack.com/services/T0/B0/x"},
    )
    assert b"purchase" in RequestBuilder(slack).build(event.data).body


@pytest.mark.parametrize("came_as", [None, {"type": "track", "event": "order_placed", "x": 1}])
def test_so_does_a_message(rules, make_destination, make_events, came_as):
    (event,) = make_events(1, "order_placed")
    made = make_destination(kind="rudderstack-webhook", filter={"event_types": ["purchase"]})
    message = json.loads(RequestBuilder(made).build(event.data, came_as=came_as).body)
    assert (message["type"], message["event"]) == ("track", "purchase")


def test_a_worker_that_knew_the_filter_goes_by_new_rules(project, make_destination, make_events):
    make_destination(filter={"event_types": ["purchase"]})
    router = Router()
    make_events(1, "order_placed")
    assert router.route().deliveries == 0
    rule = save_rule(project, MERGED)
    make_events(1, "order_placed")
    assert router.route().deliveries == 1
    remove_rule(rule)
    make_events(1, "order_placed")
    assert router.route().deliveries == 0


def test_a_worker_asks_for_rules_once_and_not_for_each_batch(make_destination, make_events, project):
    make_destination()
    router = Router()

    def asked():
        make_events(1, "order_placed"), router.route()  # takes up what has changed
        make_events(1, "order_placed")
        with CaptureQueriesContext(connection) as queries:
            assert router.route().deliveries == 1
        return len(queries)

    without = asked()
    save_rule(project, MERGED)
    assert asked() == without


def test_samples_backfills_and_dry_runs_go_by_it_too(rules, make_destination, make_events):
    old, noise = *make_events(1, "order_placed"), *make_events(1, "debug")
    Router().route()
    seeing = make_destination(filter={"event_types": ["purchase"]})
    assert list(passing_events(seeing, 10)) == [old]
    window = Window(seeing.pk)
    assert next_events(window, 0, noise.pk, 10)[0] == [old]
    assert json.loads(of_events(seeing, window).sample.body)["event_type"] == "purchase"


def test_a_dropped_event_says_by_which_rule(rules, make_destination, make_events, admin_client, project):
    make_destination()
    (noise,) = make_events(1, "debug")
    Router().route()
    (outcome,) = outcomes_of(noise)
    assert (outcome.refusal, outcome.is_dropped, outcome.passes_now) == (WHY, True, False)
    page = admin_client.get(f"/p/{project.slug}/events/{noise.pk}/").content.decode()
    assert f"Not sent: {WHY}" in page
    assert f"/p/{project.slug}/event-transformations/" in page


def test_rules_are_audited(project):
    rule = save_rule(project, MERGED)
    save_rule(project, MERGED, rule)
    save_rule(project, MERGED | {"to": "order"}, rule)
    remove_rule(rule)
    assert [one.action for one in AuditEntry.objects.filter(object_type="eventrule").order_by("pk")] == [
        "created",
        "changed",
        "deleted",
    ]
    assert not EventRule.objects.exists()
