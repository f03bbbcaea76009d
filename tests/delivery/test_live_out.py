"""Live events, going out and refused: what is shown, what unfolds, and what a poll costs."""

import re

import pytest
from django.urls import reverse
from django.utils.timezone import now

from delivery import live_out
from delivery.live_out import DELIVERED, FAILED, newest_attempts
from delivery.models import Attempt, Delivery, State
from events import refusals
from events.models import Event, Project
from events.refusals import Sender
from tests.events.conftest import post
from tests.events.dialects.segment import arrived, send
from tests.streamhub.conftest import busy, deliver

__all__ = ["arrived", "busy", "deliver", "post", "send"]
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def get(admin_client, project):
    return lambda name, *args, query="", **more: admin_client.get(
        reverse(name, args=[project.slug, *args]) + query, **more
    )


def text_of(answer):
    assert answer.status_code == 200
    return answer.content.decode()


class TestGoingOut:
    def test_nothing_yet(self, get):
        assert "Nothing has gone out yet" in text_of(get("events_out"))

    def test_each_attempt_with_its_destination_and_answer(self, busy, get):
        text = text_of(get("events_out"))
        assert text.count('<li id="at') == Attempt.objects.count() == 24
        for words in ("Order webhook", "Support inbox", "503", "attempt 1", "Gave up"):
            assert words in text

    def test_filters(self, busy, get, project):
        lane = project.destinations.get(name="Support inbox")
        assert {a.delivery.destination_id for a in newest_attempts(project, lane.pk)} == {lane.pk}
        assert {a.status for a in newest_attempts(project, outcome=FAILED)} == {503}
        assert {a.status for a in newest_attempts(project, outcome=DELIVERED)} == {200}
        assert "No recent attempt matches" in text_of(get("events_out", query="?destination=99999"))
        assert text_of(get("events_out", query="?outcome=nonsense&destination=x")).count('<li id="at') == 24

    def test_a_poll_costs_one_look_where_nothing_is_new(self, busy, get, django_assert_max_num_queries):
        address = re.search(r'hx-get="[^"]*/events/out/(\?[^"]*)"', text_of(get("events_out")))[1].replace("&amp;", "&")
        with django_assert_max_num_queries(5):  # the session, the user, the project, the newest id
            assert get("events_out", query=address, **HTMX).status_code == 204
        Attempt.objects.create(delivery=Delivery.objects.latest("pk"), number=2, started_at=now(), duration_ms=1)
        assert "attempt 2" in text_of(get("events_out", query=address, **HTMX))

    def test_retries_of_old_deliveries_and_quiet_projects_are_found(self, busy, project, monkeypatch):
        monkeypatch.setattr(live_out, "NEWEST_DELIVERIES", 1)
        monkeypatch.setattr(live_out, "NEWEST_ATTEMPTS", 1)
        old = Delivery.objects.filter(project=project).earliest("pk")
        again = Attempt.objects.create(delivery=old, number=2, started_at=now(), duration_ms=1)
        assert again in newest_attempts(project)
        Delivery.objects.filter(project=project, state=State.QUEUED).delete()
        newest = Delivery.objects.filter(project=project).latest("pk")
        assert newest.pk in {attempt.delivery_id for attempt in newest_attempts(project)}

    def test_the_answer_in_full(self, busy, get):
        attempt = Attempt.objects.filter(status=503).first()
        Attempt.objects.filter(pk=attempt.pk).update(error="HTTP 503", response_body="<b>Gone</b>" + "x" * 5_000)
        text = text_of(get("events_out", query=f"?unfold={attempt.pk}"))
        for words in (
            "HTTP 503",
            "&lt;b&gt;Gone&lt;/b&gt;" + "x" * 5_000,
            "content-type",
            "&quot;total&quot;",
            "POST http",
        ):
            assert words in text

    def test_other_projects_see_nothing(self, busy, admin_client):
        other = Project.objects.create(name="Other")
        assert newest_attempts(other) == []
        attempt = Attempt.objects.first()
        assert admin_client.get(reverse("events_out", args=[other.slug]), {"unfold": attempt.pk}).status_code == 404


class TestRefused:
    def test_nothing_yet(self, get, project):
        assert "Nothing was refused" in text_of(get("events_refused"))

    def test_reason_and_body_of_either_dialect(self, get, project, send, post):
        send(b"{not json")
        send({"batch": [{"type": "track", "userId": "u", "event": "x"}, "<b>odd</b>"]})
        post([{"event_type": "x"}])
        text = text_of(get("events_refused"))
        for words in (
            "invalid json: ",
            "It is no object.",
            "Request missing required field",
            "/2/httpapi",
            "/v1/batch",
        ):
            assert words in text
        assert "Refused <span" in text_of(get("events"))
        bodies = [text_of(get("events_refused", query=f"?unfold={number}")) for number in (1, 2, 3)]
        assert "{not json" in bodies[0]
        assert "&lt;b&gt;odd&lt;/b&gt;" in bodies[1]
        assert "others of its request were taken" in bodies[1]
        assert "event_type" in bodies[2]
        assert "newer ones have taken its place" in text_of(get("events_refused", query="?unfold=4"))

    def test_amplitudes_refusals(self, project, post, client):
        post({"a": 1})
        post([{"event_type": "x", "user_id": "abc"}] * 2)
        post([], events=5)
        client.post("/identify", {"api_key": project.api_key, "identification": "5"})
        total, rows = refusals.newest(project.pk)
        assert total == len(rows) == 4
        assert [row.path for row in rows] == ["/identify", "/2/httpapi", "/2/httpapi", "/2/httpapi"]
        assert "user_id: 0, 1" in rows[2].reason
        assert not Event.objects.exists()

    def test_a_poll_asks_no_more_than_redis(self, get, project, send):
        send(b"{")
        assert get("events_refused", query="?after=1", **HTMX).status_code == 204
        assert "invalid json" in text_of(get("events_refused", query="?after=0", **HTMX))
        assert "No refused request matches" in text_of(get("events_refused", query="?text=zzz", **HTMX))

    def test_only_the_newest_are_kept_and_only_the_beginning_of_a_body(self, project):
        for number in range(refusals.KEPT + 5):
            refused = [(f"reason {number}", b"x" * (refusals.KEPT_BYTES + 1))]
            refusals.keep(project.pk, Sender("/v1/batch"), now(), 400, refused)
        total, rows = refusals.newest(project.pk)
        assert (total, len(rows), rows[0].number, rows[0].reason) == (105, 100, 105, "reason 104")
        assert rows[0].is_cut
        assert len(rows[0].body) == refusals.KEPT_BYTES

    def test_a_deluge_in_one_request(self, project):
        refusals.keep(project.pk, Sender("/v1/batch"), now(), 200, [(f"r{n}", b"") for n in range(500)])
        total, rows = refusals.newest(project.pk)
        assert (total, len(rows), rows[0].reason, rows[0].number) == (500, 100, "r499", 500)


def test_an_event_unfolds_the_message(get, arrived, make_events):
    event = arrived(properties={"colour": "<blue>"})
    text = text_of(get("event_payload", event.pk))
    assert "Message, as it came" in text
    assert "&lt;blue&gt;" in text
    (other,) = make_events(1)
    text = text_of(get("event_payload", other.pk))
    assert "Message, as it came" not in text
    assert "session_id" in text
    assert "Message, as it came" in text_of(get("event", event.pk))


def test_a_quiet_page_costs_one_look(get, make_events, django_assert_max_num_queries):
    make_events(1)
    Event.objects.update(received_at="2026-01-01T00:00:00Z")
    address = re.search(r'hx-get="[^"]*/events/(\?type=[^"]*)"', text_of(get("events")))[1].replace("&amp;", "&")
    assert "moving" not in address
    with django_assert_max_num_queries(5):
        assert get("events", query=address, **HTMX).status_code == 204
    make_events(1)
    fresh = text_of(get("events", query=address, **HTMX))
    address = re.search(r'hx-get="[^"]*/events/(\?type=[^"]*)"', fresh)[1].replace("&amp;", "&")
    assert "moving=1" in address
    assert get("events", query=address, **HTMX).status_code == 204
    Event.objects.update(received_at="2026-01-01T00:00:00Z")
    assert "moving" not in text_of(get("events", query=address, **HTMX))
