"""Replays in the browser's words: the dialog, the list, a page each, and what an event's page says of where it went."""

import pytest
from django.urls import reverse

from delivery.models import Delivery, Replay, State
from delivery.replay_steps import step
from delivery.routing import Router
from delivery.selection import Selection
from destinations.specification import describe, save, set_enabled

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def failed(project, make_destination, make_events):
    destination = make_destination(name="Orders to CRM", payload={"mode": "template", "template": '{"n": 1}'})
    make_events(3)
    Router().route()
    Delivery.objects.update(state=State.EXPIRED, attempts_made=1, next_attempt_at=None, last_status=503)
    return destination


@pytest.fixture
def go(admin_client, project):
    """Opens a door of the project, or posts to it, and returns the text of the page that this leads to."""

    def call(name, *arguments, query="", data=None, **extra):
        url = reverse(name, args=[project.slug, *arguments]) + query
        if data is None:
            response = admin_client.get(url, **extra)
        else:
            response = admin_client.post(url, data, follow=True, **extra)
        assert response.status_code == 200
        return response.content.decode()

    return call


def form(**given):
    return {"kind": "again", "states": ["expired", "failed"], "template": "now"} | given


# -- the dialog --------------------------------------------------------------------------------------------------------
def test_the_logs_filter_becomes_the_forms(go, failed):
    assert "Send failed again…" in go("deliveries")
    text = go("replay_new", query=f"?destination={failed.pk}&type=Order+Placed&range=24")
    assert "<b>3</b> deliveries match" in text
    assert 'value="Order Placed"' in text
    assert go("replay_new", query="?state=delivered").count("<b>0</b>") == 1


@pytest.mark.parametrize(
    "query", ["?pick=x&pick=-1&pick=" + "9" * 30, "?state=no&range=no", "?kind=backfill&destination=0"]
)
def test_odd_queries_open(go, failed, query):
    go("replay_new", query=query)


def test_counting_again_while_it_is_edited(go, failed):
    assert "<b>3</b>" in go("replay_new", data=form(act="count"), **HTMX)
    assert "<b>0</b>" in go("replay_new", data=form(act="count", states=["cancelled"]), **HTMX)
    assert "Choose at least one state." in go("replay_new", data=form(act="count", states=[]), **HTMX)
    assert not Replay.objects.exists()


def test_a_dry_run_renders_and_sends_nothing(go, failed, project):
    text = go("replay_new", data=form(act="try"), **HTMX)
    assert "3 render, 0 fail" in text
    assert "&quot;n&quot;" in text
    broken = describe(failed) | {"payload": {"mode": "template", "template": "${input.nothing.at_all}"}}
    save(project, broken, failed)
    assert "0 render, 3 fail" in go("replay_new", data=form(act="try"), **HTMX)
    assert Delivery.objects.filter(state=State.EXPIRED).count() == 3


def test_begin_pause_resume_and_stop(go, failed, admin_user):
    text = go("replay_new", data=form(per_second="5"))
    replay = Replay.objects.get()
    assert (replay.by, replay.by_name, replay.per_second) == (admin_user, admin_user.username, 5.0)
    assert "at most 5 per second" in text
    assert "data-poll" in go("replay", replay.pk, **HTMX)
    assert "Paused." in go("replay_act", replay.pk, data={"act": "pause"})
    assert "Going on." in go("replay_act", replay.pk, data={"act": "resume"})
    assert "Stopped." in go("replay_act", replay.pk, data={"act": "stop"})
    assert "It is stopped already." in go("replay_act", replay.pk, data={"act": "pause"})
    assert admin_user.username in go("replays")


def test_nothing_begins_without_a_match_or_with_a_mistake(go, failed):
    assert "there is nothing to send" in go("replay_new", data=form(states=["cancelled"]))
    assert "Choose at least one state." in go("replay_new", data=form(states=[]))
    assert "This is not after the beginning." in go(
        "replay_new", data=form(since="2026-01-02T00:00", until="2026-01-01T00:00")
    )
    assert not Replay.objects.exists()


def test_ticked_ones(go, failed):
    picked = list(Delivery.objects.values_list("pk", flat=True))[:2]
    assert "2 chosen in the log." in go("replay_new", data={"act": "pick", "pick": picked})
    go("replay_new", data=form(pick=picked))
    assert Selection.from_json(Replay.objects.get().selection).picked == tuple(picked)
    Delivery.objects.update(state=State.RETRYING)
    assert "2 cancelled." in go("deliveries_cancel", data={"pick": picked})
    assert "had ended already" in go("deliveries_cancel", data={"pick": picked})


def test_what_failed_at_a_destination_is_one_click_away(go, failed):
    text = go("destination_activity", failed.pk)
    assert f"?destination={failed.pk}&amp;failed=1&amp;range=24" in text
    assert "Resend what failed in the last 24 hours…" in text
    assert "Failed since" in go("replay_new", query=f"?destination={failed.pk}&failed=1&range=24")


def test_cancel_one(go, failed):
    delivery = Delivery.objects.first()
    assert "has ended already" in go("delivery_cancel", delivery.pk, data={})
    Delivery.objects.update(state=State.RETRYING)
    assert "It is not tried any more" in go("delivery_cancel", delivery.pk, data={})
    assert "Cancelled" in go("deliveries", query="?state=cancelled")


# -- why was this not sent? --------------------------------------------------------------------------------------------
def test_an_event_says_where_it_did_not_go_and_why(go, project, make_destination, make_events):
    off = make_destination(name="Off then", enabled=False)
    picky = make_destination(name="Picky", filter={"event_types": ["Other"]})
    (event,) = make_events(1)
    Router().route()
    make_destination(name="Made later")
    set_enabled(off, True)
    text = go("event", event.pk)
    assert "it was switched off when the event came in. Its filter lets it pass now." in text
    assert "it was made after the event came in. Its filter lets it pass now." in text
    assert text.count("Backfill<span") == 2
    save(project, describe(picky) | {"filter": {}}, picky)
    assert go("event", event.pk).count("Backfill<span") == 3
    assert "It goes to Picky in a moment." in go("event_backfill", event.pk, data={"destination": picky.pk})
    step(Replay.objects.get().pk, 10)
    assert Delivery.objects.get().destination == picky
    assert go("event", event.pk).count("Backfill<span") == 2
    assert "there is nothing to send" in go("event_backfill", event.pk, data={"destination": picky.pk})
    assert "not there any more" in go("event_backfill", event.pk, data={"destination": "x"})
