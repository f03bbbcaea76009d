import re

import pytest
from django.urls import reverse

from delivery.models import Delivery, State
from delivery.routing import Router
from events import live
from events.live import newest_events
from events.models import Profile, Project
from events.seen_types import seen_types

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def page(admin_client, project):
    def get(query="", **extra):
        return admin_client.get(reverse("events", args=[project.slug]) + query, **extra)

    return get


def test_nothing_yet_says_what_to_do(page):
    assert "Nothing has arrived yet" in page().content.decode()


def test_the_newest_come_first_with_their_properties(page, make_events):
    make_events(1, "First")
    make_events(1, "Second", colour="blue")
    text = page().content.decode()
    assert text.index(">Second<") < text.index(">First<")
    assert "colour" in text


def test_filters_by_type_and_user(page, make_events):
    make_events(1, "Signed Up")
    make_events(1, "Order Placed")
    text = page("?type=Signed+Up&user=user-1", **HTMX).content.decode()
    assert "Signed Up" in text
    assert "Order Placed" not in text
    assert "No recent event matches" in page("?user=nobody").content.decode()


@pytest.mark.parametrize("query", ["?type=%00", "?user=%00a", "?seen=x"])
def test_odd_queries_open(page, make_events, query):
    make_events()
    assert page(query).status_code == 200


def test_a_poll_is_answered_only_when_something_changed(page, make_destination, make_events):
    def look():
        return re.search("seen=([0-9a-f]{16})", page(**HTMX).content.decode())[1]

    before = look()
    assert page(f"?seen={before}", **HTMX).status_code == 204
    make_events()
    assert page(f"?seen={before}", **HTMX).status_code == 200
    before = look()
    assert page(f"?seen={before}", **HTMX).status_code == 204
    make_destination()
    Router().route()  # the event has a dot now
    assert page(f"?seen={before}", **HTMX).status_code == 200


def test_a_dot_for_each_destination(page, make_destination, make_events, django_assert_max_num_queries):
    make_destination(name="Orders")
    make_destination(name="Signups", filter={"event_types": ["Signed Up"]})
    make_events(2)
    Router().route()
    Delivery.objects.filter(pk=Delivery.objects.latest("pk").pk).update(state=State.EXPIRED)
    text = page().content.decode()
    assert text.count("Orders: queued") == text.count("Orders: gave up") == 2  # the word and its tooltip
    assert text.count("Signups: not wanted") == 4
    make_events(30)
    Router().route()
    with django_assert_max_num_queries(20):
        page(**HTMX)


def test_a_poll_costs_the_same_however_many_events_there_are(project, make_events, monkeypatch):
    monkeypatch.setattr(live, "LOOKED_AT", 3)
    make_events(1, "Rare")
    make_events(3, "Common")
    assert newest_events(project, "Rare") == []
    make_events(1, "Rare")
    assert len(newest_events(project, "Rare")) == 1


def test_other_projects_stay_out(make_events):
    make_events()
    other = Project.objects.create(name="Other")
    assert newest_events(other) == []
    assert seen_types(other) == {}


def test_types_seen_are_counted(project, make_events):
    make_events(2, "b")
    make_events(1, "A")
    assert list(seen_types(project).items()) == [("A", 1), ("b", 2)]


def test_an_event_shows_json_and_what_is_known_of_its_user(admin_client, project, make_events):
    (event,) = make_events(1, "Signed Up")
    Profile.objects.update_or_create(
        project=project,
        identity="u:user-1",
        defaults={
            "properties": {"plan": "pro", "tags": ["vip"]},
            "created_at": event.received_at,
            "updated_at": event.received_at,
        },
    )
    text = admin_client.get(reverse("event", args=[project.slug, event.pk])).content.decode()
    for words in ("Signed Up", str(event.uuid), "plan", "pro", "[&quot;vip&quot;]", "session_id"):
        assert words in text
