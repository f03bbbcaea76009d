"""Transformed events on the road: made once, kept with the delivery, told apart, and never lost."""

import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
from django.utils.timezone import now

from delivery import backfill, dry_run, routing
from delivery.backfill import Window
from delivery.event_outcomes import outcomes_of
from delivery.models import Attempt, Delivery, LaneCount, Replay, State, Transformed, Verdict
from delivery.resending import begin_round
from delivery.routing import Router
from delivery.row_removal import delete_closed
from delivery.selection import Selection
from delivery.transports import make_transport
from delivery.trial_request import CannotSend, trial_request
from destinations.specification import describe, save
from events.models import Outbox
from tests.delivery.road import pass_time, run_fresh, run_retries
from tests.receiver import receiver

pytestmark = pytest.mark.django_db(transaction=True)

SALE = {"language": "jinja2", "template": '{"event_type": "Sale", "n": {{ input.event_properties.number }}}'}
TWO = {"language": "jinja2", "template": '[{"event_type": "One"}, {"event_type": "Two"}]'}
DROPS = {"language": "jinja2", "template": '"a test order"'}
FAILS = {"language": "jinja2", "template": "{{ input.no.thing }}"}


@pytest.fixture(params=["curl", "requests"])
def transport(request):
    made = make_transport(request.param, allowed_networks=(ip_network("127.0.0.0/8"),))
    yield made
    made.close()


def edit(destination, **changes):
    destination.refresh_from_db()
    save(destination.project, describe(destination, with_secrets=True) | changes, destination)


def bodies(hook):
    return [json.loads(body)["event_type"] for body in hook.bodies]


def test_what_is_sent_is_what_was_made(transport, make_destination, make_events):
    with receiver() as hook:
        make_destination(url=hook.url, transformation=SALE, filter={"event_types": ["Sale"]})
        make_events(3)
        run_fresh(transport)
    sent = [json.loads(body) for body in hook.bodies]
    assert [one["event_type"] for one in sent] == ["Sale"] * 3
    assert sent[0]["event_time"] is None  # the shape is completed, as that of every event
    assert set(Delivery.objects.values_list("state", "part")) == {(State.DELIVERED, 1)}


def test_a_template_sees_it_too(transport, make_destination, make_events):
    payload = {"mode": "template", "language": "jinja2", "template": '{"sold": {{ input.n }}}'}
    with receiver() as hook:
        make_destination(url=hook.url, transformation=SALE, payload=payload)
        make_events(1, number=7)
        run_fresh(transport)
    assert hook.bodies == [b'{"sold": 7}']


def test_an_edit_changes_nothing_that_was_accepted(transport, make_destination, make_events):
    with receiver(lambda number: 503 if number <= 3 else 200) as hook:
        destination = make_destination(url=hook.url, transformation=SALE)
        make_events(1)
        run_fresh(transport)
        edit(destination, transformation=TWO)
        pass_time(days=1)
        run_retries(transport)
        edit(destination, transformation={})
        begin_round(list(Delivery.objects.values_list("pk", flat=True)), now())
        run_retries(transport)
    assert len(hook.bodies) == 5
    assert set(hook.bodies) == {hook.bodies[0]}
    assert bodies(hook)[0] == "Sale"


def test_several_events_of_one_are_told_apart(transport, make_destination, make_events):
    with receiver() as hook:
        destination = make_destination(url=hook.url, transformation=TWO, sending={"ordered": True})
        (event,) = make_events(1)
        run_fresh(transport)
    assert bodies(hook) == ["One", "Two"]
    ids = [one.headers["webhook-id"] for one in hook.requests]
    assert ids[1] == f"{ids[0]}p2"
    assert [one.name for one in outcomes_of(event)] == [destination.name, f"{destination.name} (2)"]
    assert sum(LaneCount.objects.filter(span=60).values_list("created", flat=True)) == 2


def test_what_is_dropped_says_why(make_destination, make_events):
    destination = make_destination(transformation=DROPS)
    (event,) = make_events(1)
    assert Router().route().deliveries == 0
    words = "the transformation dropped it: a test order"
    assert Verdict.objects.get(event_id=event.pk).refusals == {str(destination.pk): words}
    (outcome,) = outcomes_of(event)
    assert (outcome.refusal, outcome.is_ruled, outcome.passes_now) == (words, True, False)


def test_a_failure_is_a_failed_delivery_and_harms_no_other(transport, make_destination, make_events):
    with receiver() as hook:
        make_destination(url=hook.url)
        failing = make_destination(url=hook.url, transformation=FAILS)
        make_events(2)
        run_fresh(transport)
    assert len(hook.bodies) == 2
    failed = Delivery.objects.filter(destination=failing)
    assert set(failed.values_list("state", "attempts_made")) == {(State.FAILED, 1)}
    assert failed[0].last_error.startswith("The transformation fails: ")
    attempt = Attempt.objects.get(delivery=failed[0])
    assert (attempt.error_kind, attempt.tries) == ("template", [])
    assert "input.no.thing" in attempt.error


def test_sent_again_it_is_transformed_anew(transport, make_destination, make_events):
    with receiver() as hook:
        destination = make_destination(url=hook.url, transformation=FAILS)
        make_events(1)
        run_fresh(transport)
        edit(destination, transformation=TWO)
        begin_round(list(Delivery.objects.values_list("pk", flat=True)), now())
        run_retries(transport)
        run_fresh(transport)
    assert sorted(bodies(hook)) == ["One", "Two"]
    assert sorted(Delivery.objects.values_list("part", "state")) == [(1, State.DELIVERED), (2, State.DELIVERED)]


AGAIN = [
    (DROPS, {}, State.CANCELLED, "Skipped: the transformation dropped it: a test order"),
    (SALE, {"event_types": ["Other"]}, State.CANCELLED, "Skipped: event type is not Other"),
    (FAILS, {}, State.FAILED, "The transformation fails: "),
    ({}, {}, State.DELIVERED, ""),
    ({}, {"event_types": ["Other"]}, State.CANCELLED, "Skipped: event type is not Other"),
]


@pytest.mark.parametrize(("transformation", "rules", "state", "words"), AGAIN)
def test_or_ends_as_it_would_now(make_destination, make_events, transformation, rules, state, words):
    transport = make_transport("curl", allowed_networks=(ip_network("127.0.0.0/8"),))
    with receiver() as hook:
        destination = make_destination(url=hook.url, transformation=FAILS)
        make_events(1)
        run_fresh(transport)
        edit(destination, transformation=transformation, filter=rules)
        begin_round(list(Delivery.objects.values_list("pk", flat=True)), now())
        run_retries(transport)
    transport.close()
    delivery = Delivery.objects.get()
    assert delivery.state == state
    assert delivery.last_error.startswith(words)


def test_a_batch_that_takes_long_leaves_the_rest_for_the_next(make_destination, make_events, monkeypatch):
    monkeypatch.setattr("delivery.transforming.MOST_SECONDS", 0.0)
    make_destination(transformation=SALE)
    make_events(5)
    router = Router()
    first = router.route()
    assert (first.events, first.deliveries, Outbox.objects.count()) == (1, 1, 4)
    while router.route().events:
        pass
    assert Delivery.objects.count() == 5
    assert len(set(Delivery.objects.values_list("event_id", flat=True))) == 5


def test_without_transformations_nothing_is_read_for_them(make_destination, make_events, monkeypatch):
    asked = []
    monkeypatch.setattr("delivery.transforming.messages_of", lambda ids: asked.append(ids) or {})
    monkeypatch.setattr(routing, "data_of", lambda ids: asked.append(ids) or {})
    make_destination(), make_destination(kind="rudderstack-webhook")
    make_events(2)
    assert Router().route().deliveries == 4
    assert asked == []
    assert set(Delivery.objects.values_list("part", flat=True)) == {None}


def test_backfilled_events_are_transformed(make_destination, make_events):
    events = make_events(3)
    Router().route()
    destination = make_destination(transformation=TWO, filter={"event_types": ["Two"]})
    window = Window(destination.pk)
    assert backfill.count(window).number == 3
    replay = Replay.objects.create(
        project=destination.project, destination=destination, kind="backfill", last_id=9, selection={}
    )
    assert backfill.deliver(destination, events, now(), replay) == 3
    assert set(Delivery.objects.values_list("part", "replay")) == {(2, replay.pk)}
    assert {one.event["event_type"] for one in Transformed.objects.all()} == {"Two"}


def test_a_dry_run_shows_what_would_be_sent(make_destination, make_events):
    destination = make_destination(transformation=SALE)
    make_events(1)
    Router().route()
    edit(destination, transformation=TWO)
    Delivery.objects.update(state=State.EXPIRED, finished_at=now())
    wanted = Selection(destination.project_id)
    assert json.loads(dry_run.of_deliveries(wanted, as_it_was=False).sample.body)["event_type"] == "Sale"


def test_a_trial_shows_it_too(make_destination):
    data = {"event_type": "Order Placed", "event_properties": {"number": 1}}
    assert '"event_type":"Sale"' in trial_request(make_destination(transformation=SALE), data).command()
    with pytest.raises(CannotSend, match="a test order"):
        trial_request(make_destination(transformation=DROPS), data)
    with pytest.raises(CannotSend, match="The transformation fails"):
        trial_request(make_destination(transformation=FAILS), data)


def test_it_goes_with_its_delivery(make_destination, make_events):
    make_destination(transformation=TWO)
    make_events(1)
    Router().route()
    Delivery.objects.update(state=State.DELIVERED, finished_at=now() - timedelta(days=9))
    assert delete_closed(list(Delivery.objects.values_list("pk", flat=True)), now()) == 2
    assert not Transformed.objects.exists()


# -- messages
HEADERS = {
    "language": "freemarker",
    "template": """${UtilClass.toJsonString(input + {
        "header": {"Authorization": "Bearer 3841718412jhcdskc"}, "appendPath": "/search?q=cats"})}""",
}


def test_a_transformation_chooses_headers_and_path_of_a_message(transport, make_destination, make_events):
    with receiver() as hook:
        make_destination(kind="rudderstack-webhook", url=hook.url, transformation=HEADERS)
        make_events(1)
        run_fresh(transport)
    (request,) = hook.requests
    assert request.path == "/hook/search?q=cats"
    assert request.headers["Authorization"] == "Bearer 3841718412jhcdskc"
    assert json.loads(request.body)["event"] == "Order Placed"
    assert not json.loads(request.body).keys() & {"header", "appendPath"}
    assert "3841718412jhcdskc" not in str(Attempt.objects.get().request_headers)


def test_a_deliverys_page_shows_what_was_made_and_no_secret(admin_client, make_destination, make_events):
    make_destination(kind="rudderstack-webhook", transformation=HEADERS)
    failing = make_destination(transformation=FAILS)
    make_events(1)
    Router().route()
    pages = {
        one.destination_id: admin_client.get(one.get_absolute_url()).content.decode() for one in Delivery.objects.all()
    }
    failed = pages.pop(failing.pk)
    assert "There is none: the transformation failed." in failed
    (text,) = pages.values()
    assert "Transformed event" in text
    assert "/search?q=cats" in text
    assert "3841718412jhcdskc" not in text
