"""The door of incoming webhooks: what is taken, what becomes of it, and what is refused in which words."""

import gzip
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from delivery.hooks import journal
from delivery.hooks.secrets import end_secret, rotate, shown_secrets, sign
from delivery.models import Delivery, HookSecrets
from delivery.routing import Router
from events.announce import announce
from events.dialects.amplitude_webhooks import TYPES
from events.models import Event, EventCount, Profile
from tests.delivery.hooks.conftest import AT, DATA, SECRET, TIME, body_of

pytestmark = pytest.mark.django_db
MOMENT = datetime.fromisoformat(AT)
KNOWN = "event.track, event.identify, annotation.created, annotation.updated, monitor.alert, cohort.computed, "
KNOWN += "experiment.exposure"


def test_every_type_is_tried_here():
    assert tuple(DATA) == TYPES


@pytest.mark.parametrize("topic", TYPES)
def test_each_becomes_an_event_of_its_topic(post, secret, make_destination, topic):
    named = make_destination(filter={"topics": [topic]})
    make_destination(filter={"topics": [other for other in TYPES if other != topic]})
    answer = post(body_of(topic))
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    event = Event.objects.get()
    assert (event.topic, event.event_time) == (topic, MOMENT)
    assert event.notes is None
    Router().route()
    assert [delivery.destination for delivery in Delivery.objects.all()] == [named]


def test_a_track(post, secret):
    post(body_of("event.track"))
    event, sent = Event.objects.get(), DATA["event.track"]
    assert (event.event_type, event.user_id) == ("Order Placed", "user_1001")
    kept = event.input
    assert kept["event_properties"] == sent["event_properties"]
    assert [kept[name] for name in ("platform", "version_name", "$insert_id", "session_id")] == [
        "Web",
        "4.1",
        "ins-1",
        TIME,
    ]
    assert kept["groups"] == {"company": ["Acme"]}
    assert kept["user_properties"] == Profile.objects.get().properties == {"plan": "pro"}
    assert kept["data"] == {"hops": 1}


def test_an_identify(post, secret):
    post(body_of("event.identify"))
    assert (event := Event.objects.get()).event_type == "$identify"
    assert (event.device_id, Profile.objects.get().properties) == ("device-1", {"visits": 3, "seen": ["a"]})


@pytest.mark.parametrize("topic", ["annotation.created", "annotation.updated", "monitor.alert", "cohort.computed"])
def test_an_announcement(post, secret, topic):
    post(body_of(topic))
    event = Event.objects.get()
    wanted = {name: value for name, value in DATA[topic].items() if name not in ("id", "description")}
    assert event.input["event_properties"] == wanted
    assert (event.input["type"], event.who) == (topic, "")
    assert not EventCount.objects.exists()


def test_the_names_that_annotations_have_elsewhere(post, secret):
    post(body_of("annotation.created", annotation_id=..., details=..., id=5, description="Other"))
    assert Event.objects.get().data["event_properties"] == {
        "annotation_id": 5, "date": "2026-01-15", "label": "New prices", "created_at": AT, "details": "Other",
        "source": "hub", "app_id": 1,
    }  # fmt: skip


def test_an_exposure(post, secret):
    post(body_of("experiment.exposure"))
    event = Event.objects.get()
    assert event.event_type == "[Experiment] Exposure"
    assert event.input["event_properties"] == {
        "[Experiment] Flag Key": "checkout", "[Experiment] Variant": "b", "[Experiment] Experiment Key": "exp-1",
        "metadata": {"flag_version": 3},
    }  # fmt: skip
    assert [event.input[name] for name in ("user_id", "os_name", "country")] == ["user_1001", "Chrome", "Germany"]
    assert Profile.objects.get().properties == {"plan": "pro", "[Experiment] checkout": "b"}
    post(body_of("experiment.exposure", variant=None, time=TIME + 1, user={}, user_id="user_1001"))
    assert Profile.objects.get().properties == {"plan": "pro"}


class TestRepeats:
    @pytest.mark.parametrize("topic", TYPES)
    def test_the_same_again_is_a_duplicate(self, post, secret, project, topic):
        for _ in range(3):
            assert post(body_of(topic)).json() == {"success": True}
        assert Event.objects.count() == 1
        assert sum(count.duplicates for count in EventCount.objects.filter(span=60)) == 2
        assert [entry.outcome for entry in journal.newest(project.pk, 9)[1]] == ["duplicate", "duplicate", "stored"]

    @pytest.mark.parametrize(
        ("topic", "changes"),
        [
            ("event.track", {"event_id": "evt-9"}),
            ("event.identify", {"event_id": "evt-9"}),
            ("annotation.created", {"annotation_id": 18}),
            ("annotation.updated", {"updated_at": "2026-01-15T09:31:00Z"}),
            ("monitor.alert", {"triggered_at": "2026-01-15T09:31:00Z"}),
            ("cohort.computed", {"computed_at": "2026-01-15T09:31:00Z"}),
            ("experiment.exposure", {"variant": "c"}),
            ("experiment.exposure", {"user": {"user_id": "user_1002"}}),
        ],
    )
    def test_another_one_is_not(self, post, secret, topic, changes):
        post(body_of(topic))
        post(body_of(topic, **changes))
        assert Event.objects.count() == 2

    @pytest.mark.parametrize("same", ["event_id", "insert_id", "time"])
    def test_what_a_track_is_known_by(self, post, secret, same):
        known = {"event_id": {}, "insert_id": {"event_id": ...}, "time": {"event_id": ..., "insert_id": ...}}[same]
        for event_type in ("A", "B"):
            post(body_of("event.track", event_type=event_type, **known))
        assert [event.event_type for event in Event.objects.all()] == ["A"]

    def test_what_began_here_and_comes_back(self, post, secret, project, make_events):
        (event,) = make_events()
        uuid = str(event.uuid)
        assert UUID(uuid)
        post(body_of("event.track", event_id=uuid))
        announce(project.pk, "monitor.alert", DATA["monitor.alert"], MOMENT)
        post(body_of("monitor.alert"))
        assert Event.objects.count() == 2

    def test_the_uuid_goes_along(self, post, secret):
        post(body_of("event.track", event_id="7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4"))
        event = Event.objects.get()
        assert str(event.uuid) == event.data["uuid"] == "7c9e2f4a-5d1b-4c3e-9a86-2f0d7b61c5e4"

    def test_a_circle_comes_to_its_end(self, post, secret):
        for hops in range(1, 6):
            assert post(body_of("event.track", event_id=f"e{hops}"), X_StreamHub_Hops=str(hops)).status_code == 200
        assert [event.data["data"]["hops"] for event in Event.objects.order_by("pk")] == [1, 2, 3, 4, 5]
        answer = post(body_of("event.track", event_id="e6"), X_StreamHub_Hops="6")
        assert (answer.status_code, Event.objects.count()) == (508, 5)
        assert "has passed 5 hubs already" in answer.json()["error"]


class TestSignatures:
    @pytest.mark.parametrize("topic", TYPES)
    def test_a_flipped_byte_is_refused(self, post, secret, topic):
        body = body_of(topic)
        signature = sign(SECRET, body)
        for place in range(0, len(body), 7):
            flipped = bytearray(body)
            flipped[place] ^= 1
            answer = post(bytes(flipped), X_Amplitude_Signature=signature)
            assert (answer.status_code, answer.json()["success"]) == (401, False)
        assert not Event.objects.exists()
        assert post(body, X_Amplitude_Signature=signature).status_code == 200

    @pytest.mark.parametrize(
        "forge",
        [
            lambda right: right.upper(),
            lambda right: f"sha256={right}",
            lambda right: right[:-1],
            lambda right: "",
            lambda right: "é" * 64,
            lambda right: sign("another secret", body_of("event.track")),
        ],
        ids=["upper case", "prefix", "short", "empty", "not ASCII", "another secret"],
    )
    def test_a_wrong_one(self, post, secret, project, forge):
        body = body_of("event.track")
        answer = post(body, X_Amplitude_Signature=forge(sign(SECRET, body)))
        assert answer.status_code == 401
        assert "signature" in answer.json()["error"]
        assert not Event.objects.exists()
        (entry,) = journal.newest(project.pk, 9)[1]
        assert (entry.outcome, entry.status, entry.reason) == ("refused", 401, answer.json()["error"])

    def test_none_at_all(self, post, secret):
        answer = post(body_of("event.track"), secret=None)
        assert (answer.status_code, answer.json()["error"]) == (
            401,
            "The signature is missing: send X-Amplitude-Signature.",
        )

    def test_it_is_over_the_bytes_not_what_they_mean(self, post, secret):
        body = body_of("event.track").replace(b'":', b'": ')
        assert post(body).status_code == 200
        assert post(body + b" ", X_Amplitude_Signature=sign(SECRET, body)).status_code == 401

    def test_without_a_secret_anybody_may(self, post, project):
        assert post(body_of("event.track"), secret=None).status_code == 200
        assert post(body_of("event.identify"), X_Amplitude_Signature="anything").status_code == 200

    def test_two_while_the_sender_changes_over(self, post, project, secret):
        rotate(project, "the next secret", 24)
        assert post(body_of("event.track"), secret=SECRET).status_code == 200
        assert post(body_of("event.identify"), secret="the next secret").status_code == 200
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
            assert post(body_of("monitor.alert"), secret=SECRET).status_code == 401
            assert post(body_of("monitor.alert"), secret="the next secret").status_code == 200

    def test_one_ended_before_its_time(self, post, project, secret):
        rotate(project, "the next secret", 24)
        _, old = shown_secrets(project)
        end_secret(project, old.name)
        assert post(body_of("event.track"), secret=SECRET).status_code == 401
        assert post(body_of("event.track"), secret="the next secret").status_code == 200

    def test_it_is_encrypted_at_rest(self, project, secret):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"SELECT secrets FROM {HookSecrets._meta.db_table}")
            assert SECRET not in cursor.fetchone()[0]

    def test_one_that_cannot_be_read_lets_nobody_in(self, post, project, secret):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(f"UPDATE {HookSecrets._meta.db_table} SET secrets = 'of another key'")
        assert post(body_of("event.track")).status_code == 503
        assert not Event.objects.exists()


BAD = {
    "an unknown type": (b'{"type":"event.x","data":{}}', 400, f"“event.x” is not a known type. Known: {KNOWN}."),
    "the plural": (b'{"type":"events.track","data":{}}', 400, "“events.track” is not a known type."),
    "no type": (b'{"data":{}}', 400, f"The type is missing. Known: {KNOWN}."),
    "a number as type": (b'{"type":5,"data":{}}', 400, "The type is missing."),
    "no object": (b"[]", 400, "The body is not an object"),
    "null": (b"null", 400, "The body is not an object"),
    "no data": (b'{"type":"event.track"}', 400, "data is not an object."),
    "no JSON": (b"{", 400, "The body is not JSON"),
    "empty": (b"", 400, "The body is not JSON"),
    "not UTF-8": (b'{"type":"\xff"}', 400, "not UTF-8"),
    "deep": (b'{"type":"event.track","data":' + b"[" * 200 + b"]" * 200 + b"}", 400, "more than 100 levels"),
    "nothing of a track": (
        b'{"type":"event.track","data":{}}', 400, "data.event_type is missing; data.time is missing.",
    ),
    "nothing of an annotation": (
        b'{"type":"annotation.created","data":{"label":[],"annotation_id":"x"}}', 400,
        "data.annotation_id is not a whole number; data.date is missing; data.label is not text; data.created_at is",
    ),
    "a bad time": (b'{"type":"event.identify","data":{"time":1e300}}', 400, "data.time is not what it should be"),
    "a bad id": (
        b'{"type":"event.identify","data":{"time":1,"user_id":{}}}', 400, "data.user_id is not what it should be",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused(post, secret, project, case):
    body, status, words = BAD[case]
    answer = post(body)
    assert (answer.status_code, answer.json()["success"]) == (status, False)
    assert words in answer.json()["error"]
    assert not Event.objects.exists()
    (entry,) = journal.newest(project.pk, 9)[1]
    assert (entry.status, entry.reason, entry.outcome) == (status, answer.json()["error"], "refused")


def test_an_unknown_address(post):
    answer = post(body_of("event.track"), key="nobody")
    assert (answer.status_code, answer.json()["error"]) == (404, "No project has this write key.")


def test_too_large(post, secret, project):
    assert post(b" " * (1024 * 1024 + 1)).status_code == 413
    assert journal.newest(project.pk, 9)[1][0].status == 413


def test_gzip(client, project, secret):
    """Packed is how it travels: the signature is that of the text."""
    body = body_of("event.track")
    headers = {"Content-Encoding": "gzip", "X-Amplitude-Signature": sign(SECRET, body)}
    address = f"/hooks/amplitude/{project.api_key}/"
    answer = client.post(address, gzip.compress(body), content_type="application/json", headers=headers)
    assert answer.status_code == 200
    assert Event.objects.get().event_type == "Order Placed"


def test_what_cannot_be_stored_is_replaced(post, secret):
    post(body_of("monitor.alert").replace(b'"Orders"', b'"Or\\u0000d\\ud800ers"'))
    event = Event.objects.get()
    assert event.data["event_properties"]["monitor_name"] == "Or\ufffdd\ufffders"
    assert event.notes == ["2 characters replaced"]


def test_a_time_that_is_none(post, secret):
    post(body_of("annotation.created", created_at="yesterday"))
    event = Event.objects.get()
    assert event.event_time == event.received_at
    assert event.notes == ["created_at is no time: taken as of when it came"]


def test_numbers_where_text_is_usual(post, secret):
    post(body_of("monitor.alert", monitor_id=7))
    assert Event.objects.get().data["event_properties"]["monitor_id"] == "7"


def test_nobody_need_be_named(post, secret):
    assert post(body_of("event.track", user_id=...)).status_code == 200
    assert Event.objects.get().who == ""


def test_preflight(client, project):
    assert client.options(f"/hooks/amplitude/{project.api_key}").status_code == 204
    assert client.get(f"/hooks/amplitude/{project.api_key}").status_code == 405
