"""The Segment-spec addresses: what they take, and what they answer."""

import json
from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from hashlib import md5
from uuid import UUID

import pytest
import time_machine
from django.db import OperationalError
from django.utils.timezone import now

from events import refusals
from events.dialects import segment, segment_take
from events.models import Event, Profile, Project
from tests.events.dialects.segment import arrived, basic, send

__all__ = ["arrived", "send"]

TRACK = {"type": "track", "userId": "user-1", "event": "Order Placed"}


@pytest.mark.parametrize(
    ("path", "topic", "event_type"),
    [
        ("/v1/identify", "event.identify", "$identify"),
        ("/v1/track", "event.track", "Order Placed"),
        ("/v1/page", "event.page", "page"),
        ("/v1/screen", "event.page", "screen"),
        ("/v1/group", "event.group", "$groupidentify"),
        ("/v1/alias", "event.alias", "$alias"),
        ("/v1/merge", "event.alias", "$merge"),
        ("/v1/i", "event.identify", "$identify"),
        ("/v1/t", "event.track", "Order Placed"),
        ("/v1/p", "event.page", "page"),
        ("/v1/s", "event.page", "screen"),
        ("/v1/g", "event.group", "$groupidentify"),
        ("/v1/a", "event.alias", "$alias"),
        ("/v1/track/", "event.track", "Order Placed"),
    ],
)
def test_the_path_says_the_type(send, path, topic, event_type):
    answer = send(TRACK | {"type": "nonsense", "groupId": "acme", "previousId": "anon"}, path)
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain; charset=utf-8")
    event = Event.objects.get()
    assert (event.topic, event.event_type) == (topic, event_type)
    assert event.message["type"] == segment.LETTERS.get(path[4:], path[4:].strip("/"))


@pytest.mark.parametrize("path", ["/v1/batch", "/v1/import", "/v1/b", "/v1/batch/"])
@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_a_batch_of_any_content_type(send, path, zipped, content_type):
    answer = send({"batch": [TRACK, TRACK | {"type": "Page"}]}, path, zipped=zipped, content_type=content_type)
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert list(Event.objects.order_by("pk").values_list("topic", flat=True)) == ["event.track", "event.page"]


class TestKeys:
    def test_in_the_body(self, send, project):
        assert send({"batch": [TRACK], "writeKey": project.api_key}, key=None).status_code == 200
        assert send(TRACK | {"writeKey": project.api_key}, "/v1/track", key=None).status_code == 200
        assert all("writeKey" not in event.message for event in Event.objects.all())

    def test_in_the_query(self, send, project):
        assert send({"batch": [TRACK]}, f"/v1/batch?writeKey={project.api_key}", key=None).status_code == 200
        assert send({"batch": [TRACK]}, f"/beacon/v1/batch?writeKey={project.api_key}", key=None).status_code == 200
        assert Event.objects.count() == 2

    def test_the_header_counts_most(self, send, project):
        answer = send({"batch": [TRACK], "writeKey": project.api_key}, key="wrong")
        assert (answer.status_code, answer.content) == (401, b"invalid write key\n")

    @pytest.mark.parametrize(
        ("headers", "path", "text"),
        [
            ({}, "/v1/batch", "failed to read writekey from header"),
            ({"Authorization": "Basic"}, "/v1/batch", "failed to read writekey from header"),
            ({"Authorization": "Basic ###"}, "/v1/batch", "failed to read writekey from header"),
            ({"Authorization": "Basic /////w=="}, "/v1/batch", "failed to read writekey from header"),
            ({"Authorization": "Bearer x"}, "/v1/batch", "failed to read writekey from header"),
            (basic("nobody's"), "/v1/batch", "invalid write key"),
            (basic("\0"), "/v1/batch", "invalid write key"),
            ({}, "/v1/batch?writeKey=%00", "invalid write key"),
            ({}, "/v1/batch?writeKey=%ff", "invalid write key"),
            ({}, "/beacon/v1/batch", "failed to read writekey from query params"),
            ({}, "/beacon/v1/batch?writeKey=wrong", "invalid write key"),
        ],
    )
    def test_refused(self, send, headers, path, text):
        answer = send({"batch": [TRACK]}, path, key=None, **headers)
        assert (answer.status_code, answer.content.decode()) == (401, text + "\n")
        assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("content", "path", "status", "text"),
    [
        (b"", "/v1/track", 400, "request body is nil"),
        (b" \n", "/v1/batch", 400, "request body is nil"),
        (b"{", "/v1/batch", 400, "invalid json"),
        (b'{"batch": [{"userId": NaN}]}', "/v1/batch", 400, "invalid json"),
        (b"\xff", "/v1/batch", 400, "invalid json"),
        (b"{}{}", "/v1/batch", 400, "invalid json"),
        ([TRACK], "/v1/track", 400, "event is not a valid rudder event"),
        ("text", "/v1/track", 400, "event is not a valid rudder event"),
        ({}, "/v1/batch", 400, "empty batch payload"),
        ({"batch": []}, "/v1/batch", 400, "empty batch payload"),
        ({"batch": {}}, "/v1/batch", 400, "empty batch payload"),
        ({"event": "x"}, "/v1/track", 400, "request neither has anonymousId nor userId"),
        ({"userId": "", "anonymousId": None}, "/v1/track", 400, "request neither has anonymousId nor userId"),
        ({"batch": [TRACK, {"type": "track"}]}, "/v1/batch", 400, "request neither has anonymousId nor userId"),
        (b"x" * (segment.MOST_BYTES + 1), "/v1/batch", 413, "request size exceeds max limit"),
    ],
)  # fmt: skip
def test_refusals_and_where_they_are_seen(send, project, content, path, status, text):
    answer = send(content, path)
    assert (answer.status_code, answer.content.decode()) == (status, text + "\n")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert not Event.objects.exists()
    total, (kept,) = refusals.newest(project.pk)
    assert (total, kept.status, kept.path) == (1, status, path)
    assert kept.reason.startswith(text)


def test_a_bomb_is_refused(send):
    answer = send(b" " * (segment.MOST_BYTES + 1), zipped=True)
    assert (answer.status_code, answer.content) == (413, b"request size exceeds max limit\n")


def test_just_small_enough(send):
    frame = len(json.dumps({"batch": [TRACK | {"properties": {"x": ""}}]}))
    big = {"batch": [TRACK | {"properties": {"x": "y" * (segment.MOST_BYTES - frame)}}]}
    assert send(big).status_code == 200
    assert len(Event.objects.get().message["properties"]["x"]) == segment.MOST_BYTES - frame


def test_bad_messages_do_not_spoil_the_others(send, project):
    bad = ["text", None, TRACK | {"type": None}, TRACK | {"userId": "u" * 513}, TRACK | {"userId": {"a": 1}}]
    answer = send({"batch": [TRACK, *bad, TRACK | {"event": "Second"}]})
    assert (answer.status_code, answer.content) == (200, b"ok")
    assert list(Event.objects.order_by("pk").values_list("event_type", flat=True)) == ["Order Placed", "Second"]
    total, kept = refusals.newest(project.pk)
    assert (total, {one.status for one in kept}) == (5, {200})
    assert [one.reason for one in reversed(kept)] == [
        "It is no object.",
        "It is no object.",
        "It has no type.",
        "userId has 513 characters; at most 512 are taken.",
        "userId is neither text nor number.",
    ]
    assert json.loads(kept[-1].body) == "text"


@pytest.mark.parametrize(
    "name",
    [
        "context",
        "traits",
        "properties",
        "integrations",
        "groupId",
        "previousId",
        "mergeProperties",
        "event",
        "name",
        "channel",
        "sentAt",
        "timestamp",
        "messageId",
    ],
)
@pytest.mark.parametrize("value", [None, 1, "text", [1], {"a": {"b": 1}}, True])
def test_any_type_anywhere(send, name, value):
    answer = send({"batch": [TRACK | {"type": kind, name: value} for kind in segment.TYPES]})
    assert (answer.status_code, answer.content) == (200, b"ok")
    events = list(Event.objects.all())
    assert len(events) == (1 if name == "messageId" and type(value) in (int, str) else len(segment.TYPES))
    if name not in ("sentAt", "timestamp", "messageId", "event"):
        assert all(event.message[name] == value for event in events)


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        (r'"x\u0000y"', "x\ufffdy"),
        (r'"\ud800"', "\ufffd"),
        ("1000000000000000000000000000000", 10**30),
        ('"x" , "b": {"a": null}', "x"),
    ],
)
def test_odd_text_and_numbers(send, part, kept):
    assert (
        send(
            f'{{"batch": [{{"type": "track", "event": "x", "userId": "u", "properties": {{"a": {part}}}}}]}}'.encode()
        ).status_code
        == 200
    )
    event = Event.objects.get()
    assert event.data["event_properties"]["a"] == event.message["properties"]["a"] == kept


def test_too_many_messages_for_one_transaction(send, monkeypatch):
    monkeypatch.setattr(segment_take, "AT_ONCE", 2)
    assert send({"batch": [TRACK | {"event": f"E{n}"} for n in range(5)]}).status_code == 200
    assert [event.event_type for event in Event.objects.order_by("pk")] == [f"E{n}" for n in range(5)]


def test_the_database_does_not_answer(send, monkeypatch):
    def fail(*arguments):
        raise OperationalError

    monkeypatch.setattr(segment_take, "accept", fail)
    answer = send({"batch": [TRACK]})
    assert (answer.status_code, answer.content) == (503, b"service unavailable\n")


class TestDuplicates:
    def test_one_of_each_message_id_whoever_sends_it(self, send):
        for user in ("user-1", "user-2"):
            answer = send({"batch": [TRACK | {"messageId": " m-1 ", "userId": user}] * 2})
            assert (answer.status_code, answer.content) == (200, b"ok")
        event = Event.objects.get()
        assert (event.user_id, event.message["messageId"], event.data["$insert_id"]) == ("user-1", "m-1", "m-1")

    def test_in_each_project(self, send):
        other = Project.objects.create(name="Other")
        send({"batch": [TRACK | {"messageId": "m-1"}]}, key=other.api_key)
        send({"batch": [TRACK | {"messageId": "m-1"}]})
        assert Event.objects.count() == 2

    def test_for_seven_days(self, send):
        start = now()
        for days in (0, 6, 8):
            with time_machine.travel(start + timedelta(days=days), tick=False):
                send({"batch": [TRACK | {"messageId": "m-1"}]})
        assert Event.objects.count() == 2

    @pytest.mark.parametrize("given", [None, "", "  ", {"a": 1}])
    def test_without_an_id_each_is_new(self, send, given):
        send({"batch": [TRACK | {"messageId": given}] * 2})
        assert len({UUID(event.message["messageId"]) for event in Event.objects.all()}) == 2


class TestMessage:
    def test_it_is_kept_as_it_came_and_completed(self, send):
        given = TRACK | {
            "context": {"traits": {"a": None}, "ip": "203.0.113.9"},
            "anonymousId": None,
            "properties": {"Ünïcode": "✓", "list": [1, {"x": None}]},
            "somethingElse": [1],
            "header": {"Authorization": "x"},
            "_metadata": {"bundled": []},
        }
        send({"batch": [given], "sentAt": "2026-01-01T00:00:00.000Z", "writeKey": "x"})
        message = Event.objects.get().message
        assert message.items() >= given.items()
        assert message["sentAt"] == "2026-01-01T00:00:00.000Z"
        assert message["request_ip"] == "127.0.0.1"
        assert message["rudderId"] == str(UUID(bytes=md5(b"user-1:").digest(), version=3))
        added = {"messageId", "receivedAt", "request_ip", "rudderId", "originalTimestamp", "sentAt", "timestamp"}
        assert message.keys() - given.keys() == added

    def test_what_the_sender_says_of_receipt_stays(self, arrived):
        given = {"receivedAt": "2026-01-01T00:00:00Z", "request_ip": "203.0.113.9"}
        assert arrived(**given).message.items() >= given.items()

    def test_one_rudder_id_for_one_pair_of_ids(self, arrived):
        ids = [arrived(userId=u, anonymousId=a).message["rudderId"] for u, a in [("u", "a"), ("u", "a"), ("u", "b")]]
        assert ids[0] == ids[1] != ids[2]

    def test_the_batch_stands_below(self, send):
        own = {"context": {"locale": "de"}, "integrations": {"CRM": True}}
        common = {"context": {"locale": "en", "timezone": "Europe/Warsaw"}, "integrations": {"All": False}}
        send({"batch": [TRACK | own, TRACK | {"context": "odd"}], **common})
        first, second = (event.message for event in Event.objects.order_by("pk"))
        assert first["context"] == {"locale": "de", "timezone": "Europe/Warsaw"}
        assert first["integrations"] == {"All": False, "CRM": True}
        assert (second["context"], second["integrations"]) == ("odd", {"All": False})

    def test_numbers_are_ids_too(self, arrived):
        event = arrived(userId=7, anonymousId=8)
        assert (event.user_id, event.device_id) == ("7", "8")
        assert (event.message["userId"], event.message["anonymousId"]) == ("7", "8")


RECEIVED = "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize(
    ("own", "batch", "happened"),
    [
        ({}, {}, "12:00:00.000"),
        ({"timestamp": "2020-01-01T10:00:00.123Z"}, {}, "2020-01-01 10:00:00.123"),
        ({"timestamp": "2020-01-01T10:00:00.123456+02:00"}, {}, "2020-01-01 08:00:00.123"),
        ({"timestamp": "2020-01-01T10:00Z", "originalTimestamp": "2026-03-01T11:00Z"}, {}, "2020-01-01 10:00:00.000"),
        ({"originalTimestamp": "2026-03-01T10:00:00Z", "sentAt": "2026-03-01T10:00:05Z"}, {}, "11:59:55.000"),
        ({"originalTimestamp": "2026-03-01T10:00:00Z"}, {"sentAt": "2026-03-01T10:00:05Z"}, "11:59:55.000"),
        ({"originalTimestamp": "2026-03-01T11:00:00Z"}, {}, "11:00:00.000"),
        ({"sentAt": "2026-03-01T10:00:05Z"}, {}, "12:00:00.000"),
        ({"timestamp": "soon"}, {}, "12:00:00.000"),
        ({"timestamp": "0000-00-00T00:00:00Z"}, {}, "12:00:00.000"),
        ({"timestamp": "2026-02-30T00:00:00Z"}, {}, "12:00:00.000"),
        ({"timestamp": "2026-01-01T00:00:60Z"}, {}, "12:00:00.000"),
        ({"timestamp": 12}, {}, "12:00:00.000"),
        ({"originalTimestamp": "2026-03-01T11:00:00Z", "sentAt": "9999-12-31T23:59:59-14:00"}, {}, "11:00:00.000"),
        ({"originalTimestamp": "0001-01-01T00:00:00+14:00"}, {}, "12:00:00.000"),
        ({"originalTimestamp": "1901-01-01T00:00:00Z", "sentAt": "9990-01-01T00:00Z"}, {}, "1901-01-01 00:00:00.000"),
    ],
)  # fmt: skip
def test_when_it_happened(send, own, batch, happened):
    with time_machine.travel(RECEIVED, tick=False):
        assert send({"batch": [TRACK | own]} | batch).status_code == 200
    event = Event.objects.get()
    assert event.data["event_time"] == (happened if len(happened) > 12 else f"2026-03-01 {happened}")
    assert event.message["receivedAt"] == RECEIVED
    odd = own.get("timestamp") if own.get("timestamp") in ("soon", 12) else None
    assert (event.notes == [f"timestamp is no time: {odd}"]) if odd else True
    for name in ("timestamp", "originalTimestamp", "sentAt", "receivedAt"):
        assert event.message[name][:2] in ("20", "19", "99")


class TestBrowsers:
    def test_preflight_needs_no_key(self, client):
        headers = {
            "Origin": "https://shop.example",
            "Access-Control-Request-Headers": "authorization,anonymousid,sentat,rsa-recovered",
        }
        answer = client.options("/v1/track", headers=headers)
        assert answer.status_code == 204
        assert answer["Access-Control-Allow-Origin"] == "https://shop.example"
        assert answer["Access-Control-Allow-Credentials"] == "true"
        assert answer["Access-Control-Allow-Headers"] == headers["Access-Control-Request-Headers"]
        assert answer["Access-Control-Max-Age"] == "900"
        assert "Origin" in answer["Vary"]

    def test_answers_name_the_origin_too(self, send):
        for content in ({"batch": [TRACK]}, {"batch": []}):
            assert send(content, Origin="https://shop.example")["Access-Control-Allow-Origin"] == "https://shop.example"

    @pytest.mark.parametrize("path", ["/v1/track", "/v1/batch", "/beacon/v1/batch"])
    @pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
    def test_other_methods(self, client, path, method):
        answer = getattr(client, method)(path)
        assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")

    @pytest.mark.parametrize("path", ["/v1/m", "/rsaMetrics", "/rsaMetrics/"])
    def test_metrics_are_taken(self, client, path):
        assert client.post(path, b"{}", content_type="text/plain").status_code == 200

    @pytest.mark.parametrize("path", ["/sourceConfig", "/sourceConfig/"])
    def test_source_config(self, client, project, path):
        answer = client.get(f"{path}?p=npm&v=3&writeKey={project.api_key}", headers={"Origin": "https://shop.example"})
        source = answer.json()["source"]
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "https://shop.example")
        assert (source["id"], source["writeKey"], source["enabled"]) == (str(project.pk), project.api_key, True)
        assert (source["destinations"], source["connections"]) == ([], [])
        assert source["config"]["statsCollection"]["errors"] == {"enabled": False}
        assert client.get(path, headers=basic(project.api_key)).json()["source"] == source

    @pytest.mark.parametrize(("query", "status"), [("", 400), ("?writeKey=wrong", 404)])
    def test_source_config_of_nobody(self, client, db, query, status):
        assert client.get(f"/sourceConfig{query}").status_code == status

    def test_segments_settings(self, client, project):
        answer = client.get(f"/v1/projects/{project.api_key}/settings").json()
        assert answer["integrations"]["Segment.io"]["apiKey"] == project.api_key
        assert answer["integrations"]["Segment.io"]["apiHost"] == "testserver/v1"
        assert client.get("/v1/projects/wrong/settings").status_code == 404

    def test_health_version_and_robots(self, client, db):
        assert client.get("/health").json()["server"] == "UP"
        assert client.get("/version").json() == {"Product": "StreamHub"}
        assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


class TestPixels:
    def test_fields(self, client, project):
        answer = client.get(
            f"/pixel/v1/track?writeKey={project.api_key}&anonymousId=%22anon%22&event=Opened&properties.mail.id=7"
            "&context.page.url=https://shop.example/"
        )
        assert (answer.status_code, answer["Content-Type"], answer.content[:6]) == (200, "image/gif", b"GIF89a")
        event = Event.objects.get()
        assert (event.event_type, event.device_id) == ("Opened", "anon")
        assert event.data["event_properties"] == {"mail": {"id": "7"}}
        assert event.message["context"] == {"page": {"url": "https://shop.example/"}}
        assert (event.message["channel"], event.message["integrations"]) == ("web", {"All": True})
        assert event.message["originalTimestamp"] == event.message["sentAt"]
        assert "writeKey" not in event.message

    def test_a_page_without_a_name(self, client, project):
        client.get(f"/pixel/v1/page?writeKey={project.api_key}&userId=u")
        assert Event.objects.get().data["event_properties"] == {"name": "Unknown Page"}

    @pytest.mark.parametrize("encode", [b64encode, urlsafe_b64encode])
    def test_data(self, client, project, encode):
        message = {"writeKey": project.api_key, "userId": "u", "event": "Opened ✓?>", "properties": {"a": 1}}
        text = encode(json.dumps(message, ensure_ascii=False).encode()).decode().rstrip("=")
        answer = client.get("/v1/pixel/track", {"data": text})
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
        assert Event.objects.get().event_type == "Opened ✓?>"

    @pytest.mark.parametrize(
        "path",
        [
            "/pixel/v1/track",
            "/pixel/v1/track?writeKey=wrong",
            "/pixel/v1/track?writeKey=[key]",
            "/pixel/v1/track?writeKey=[key]&userId=u&a=1&a.b=2",
            "/pixel/v1/track?writeKey=[key]&userId=u&" + ".".join("a" * 50) + "=1",
            "/v1/pixel/track?data=%00",
            "/v1/pixel/track?data=e30=",
            "/v1/pixel/track?writeKey=[key]&data=!",
        ],
    )
    def test_errors_are_pictures_too(self, client, project, path):
        answer = client.get(path.replace("[key]", project.api_key))
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/gif")
        assert not Event.objects.exists()
        assert refusals.newest(project.pk)[0] == ("[key]" in path)


class TestMerging:
    def of(self, identity):
        return Profile.objects.get(identity=identity)

    def test_the_user_takes_what_it_does_not_have(self, arrived):
        arrived("identify", userId=None, anonymousId="anon", traits={"plan": "free", "source": "ad"})
        arrived("group", userId=None, anonymousId="anon", groupId="acme")
        arrived("identify", userId="user-1", traits={"plan": "pro"})
        event = arrived("alias", userId="user-1", previousId="anon")
        assert event.data["user_properties"] == {"plan": "pro", "source": "ad"}
        assert event.data["event_properties"] == {"previousId": "anon"}
        assert self.of("u:user-1").groups == {"group": ["acme"]}
        assert self.of("d:anon").merged_into == "u:user-1"

    def test_what_the_merged_one_does_is_the_users(self, arrived):
        arrived("identify", userId="old", traits={"a": 1})
        arrived("alias", userId="new", previousId="old")
        arrived("alias", userId="newest", previousId="new")
        event = arrived("identify", userId="old", traits={"b": 2})
        assert event.data["user_properties"] == {"a": 1, "b": 2}
        assert self.of("u:newest").properties == {"a": 1, "b": 2}
        assert self.of("u:old").properties == {"a": 1}

    def test_in_one_batch(self, send):
        send({"batch": [
            {"type": "identify", "anonymousId": "anon", "traits": {"a": 1}},
            {"type": "alias", "userId": "user-1", "previousId": "anon"},
            {"type": "track", "anonymousId": "anon", "event": "x"},
        ]})  # fmt: skip
        assert Event.objects.latest("pk").data["user_properties"] == {"a": 1}
        assert self.of("d:anon").merged_into == "u:user-1"

    def test_not_in_circles(self, arrived):
        arrived("identify", userId="a", traits={"x": 1})
        arrived("alias", userId="b", previousId="a")
        arrived("alias", userId="a", previousId="b")
        arrived("alias", userId="b", previousId="b")
        assert (self.of("u:a").merged_into, self.of("u:b").merged_into) == ("u:b", "")

    def test_rudderstacks_merge(self, arrived):
        arrived("identify", userId=None, anonymousId="anon", traits={"a": 1})
        pairs = [
            {"type": "userId", "value": "user-1"},
            {"type": "anonymousId", "value": "anon"},
            {"type": "email", "value": "x"},
        ]
        event = arrived("merge", userId="user-1", mergeProperties=pairs)
        assert event.data["user_properties"] == {"a": 1}
        assert event.data["event_properties"] == {"mergeProperties": pairs}

    def test_a_merged_device_is_nobodys_beginning(self, arrived):
        arrived("identify", userId=None, anonymousId="anon", traits={"a": 1})
        arrived("alias", userId="user-1", previousId="anon")
        assert "user_properties" not in arrived(userId="user-2", anonymousId="anon").data
