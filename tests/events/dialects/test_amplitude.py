"""Answers of `/2/httpapi` and `/batch`."""

import gzip
import json

import pytest
from django.db import OperationalError

from events.dialects import amplitude_upload
from events.models import Event

EVENT = {"event_type": "Order Placed", "user_id": "user-1"}
PATHS = ["/2/httpapi", "/batch"]


@pytest.mark.parametrize("path", [*PATHS, "/2/httpapi/", "/batch/"])
def test_the_answer_to_good_events(post, path):
    answer = post([EVENT, EVENT], path)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Access-Control-Allow-Origin"] == "*"
    content = answer.json()
    assert list(content) == ["code", "server_upload_time", "payload_size_bytes", "events_ingested"]
    assert content["code"] == 200
    assert content["events_ingested"] == 2
    assert content["server_upload_time"] == int(Event.objects.latest("pk").received_at.timestamp() * 1000)


REQUESTS = [
    # what is sent in place of the good request, the answer beside `code`
    ("no body", b"", {"error": "Missing request body"}),
    ("spaces", b" \n", {"error": "Missing request body"}),
    ("no JSON", b"{", {"error": "Invalid JSON request body"}),
    ("a list", b"[]", {"error": "Invalid JSON request body"}),
    ("a text", b'"x"', {"error": "Invalid JSON request body"}),
    ("a number", b"1", {"error": "Invalid JSON request body"}),
    ("null", b"null", {"error": "Invalid JSON request body"}),
    ("no key", {"api_key": None}, {"error": "Request missing required field", "missing_field": "api_key"}),
    ("an empty key", {"api_key": ""}, {"error": "Request missing required field", "missing_field": "api_key"}),
    ("a wrong key", {"api_key": "wrong"}, {"error": "Invalid API key: wrong"}),
    ("a long key", {"api_key": "x" * 70}, {"error": "Invalid API key: " + "x" * 64}),
    ("a key with NUL", {"api_key": "a\0b"}, {"error": "Invalid API key: a\ufffdb"}),
    ("half a character", {"api_key": "\ud800"}, {"error": "Invalid API key: \ufffd"}),
    ("a number as key", {"api_key": 7}, {"error": "Invalid API key: 7"}),
    ("no events", {"events": None}, {"error": "Request missing required field", "missing_field": "events"}),
    ("no event", {"events": []}, {"error": "Request missing required field", "missing_field": "events"}),
    ("events is an object", {"events": {}}, {"error": "Invalid event JSON"}),
    ("events is a text", {"events": "x"}, {"error": "Invalid event JSON"}),
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(("name", "sent", "expected"), REQUESTS, ids=[request[0] for request in REQUESTS])
def test_requests_that_are_refused(post, project, path, name, sent, expected):
    if isinstance(sent, dict):
        sent = json.dumps({"api_key": project.api_key, "events": [EVENT]} | sent).encode()
    answer = post(sent, path)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (400, "*")
    content = answer.json()
    content.pop("detail", None)
    assert content == {"code": 400} | expected


def test_a_bad_body_is_answered_with_the_place(post):
    assert post(b'{"events": [\n1,]}').json()["detail"].endswith("line 2, column 3")


MISSING = "events_with_missing_fields"
INVALID = "events_with_invalid_fields"
LENGTH = "events_with_invalid_id_lengths"
EVENTS = [
    # one event, which list names it, under which fields
    ({"user_id": "user-1"}, MISSING, ["event_type"]),
    ({"event_type": "", "user_id": "user-1"}, MISSING, ["event_type"]),
    ({"event_type": "x"}, MISSING, ["user_id", "device_id"]),
    ({"event_type": "x", "user_id": None, "device_id": ""}, MISSING, ["user_id", "device_id"]),
    ({"event_type": "$groupidentify", "group_properties": {"a": 1}}, MISSING, ["groups"]),
    (None, INVALID, ["event"]),
    (7, INVALID, ["event"]),
    ([], INVALID, ["event"]),
    (EVENT | {"event_type": 7}, INVALID, ["event_type"]),
    (EVENT | {"event_type": ["x"]}, INVALID, ["event_type"]),
    (EVENT | {"user_id": ["user-1"]}, INVALID, ["user_id"]),
    (EVENT | {"user_id": True}, INVALID, ["user_id"]),
    (EVENT | {"device_id": {"a": 1}}, INVALID, ["device_id"]),
    (EVENT | {"time": "soon"}, INVALID, ["time"]),
    (EVENT | {"time": "2026-01-01T00:00:00Z"}, INVALID, ["time"]),
    (EVENT | {"time": 1.5}, INVALID, ["time"]),
    (EVENT | {"time": -1e15}, INVALID, ["time"]),
    (EVENT | {"time": 1e30}, INVALID, ["time"]),
    (EVENT | {"time": 2**63}, INVALID, ["time"]),
    (EVENT | {"time": 10**40}, INVALID, ["time"]),
    (EVENT | {"time": True}, INVALID, ["time"]),
    (EVENT | {"insert_id": {}}, INVALID, ["insert_id"]),
    (EVENT | {"event_properties": [1]}, INVALID, ["event_properties"]),
    (EVENT | {"user_properties": "x", "groups": 5}, INVALID, ["user_properties", "groups"]),
    (EVENT | {"session_id": 2**63}, INVALID, ["session_id"]),
    (EVENT | {"event_id": 1.5}, INVALID, ["event_id"]),
    (EVENT | {"price": "12"}, INVALID, ["price"]),
    (EVENT | {"platform": {"a": 1}}, INVALID, ["platform"]),
    (EVENT | {"plan": []}, INVALID, ["plan"]),
    (EVENT | {"user_id": "abcd"}, LENGTH, ["user_id"]),
    (EVENT | {"user_id": 1234}, LENGTH, ["user_id"]),
    (EVENT | {"device_id": 1}, LENGTH, ["device_id"]),
    (EVENT | {"user_id": "x" * 513}, LENGTH, ["user_id"]),
    (EVENT | {"user_id": "x" * 3000}, LENGTH, ["user_id"]),
    *[(EVENT | {"user_id": name}, INVALID, ["user_id"]) for name in ("anonymous", " Unknown ", "UNDEFINED", "lmy47d")],
    (EVENT | {"device_id": "00000000-0000-0000-0000-000000000000"}, INVALID, ["device_id"]),
]
TEXTS = {
    MISSING: "Request missing required field",
    INVALID: "Invalid field values on some events",
    LENGTH: "Invalid id length for user_id or device_id",
}


@pytest.mark.parametrize(("event", "problem", "fields"), EVENTS)
def test_bad_events_are_named_and_nothing_is_stored(post, event, problem, fields):
    answer = post([EVENT, event, EVENT, event])
    assert answer.status_code == 400
    assert answer.json() == {"code": 400, "error": TEXTS[problem], problem: {field: [1, 3] for field in fields}}
    assert not Event.objects.exists()


def test_all_bad_events_are_named_at_once(post):
    answer = post([EVENT | {"time": "soon"}, {}, EVENT | {"user_id": "ab"}, EVENT, None])
    assert answer.json() == {
        "code": 400,
        "error": "Request missing required field",
        "events_with_missing_fields": {"event_type": [1], "user_id": [1], "device_id": [1]},
        "events_with_invalid_fields": {"time": [0], "event": [4]},
        "events_with_invalid_id_lengths": {"user_id": [2]},
    }


@pytest.mark.parametrize("nothing", ["nil", "none", "null", "n/a", "na", '""', "{}", "0", "-1", "Anonymous"])
def test_words_that_are_no_ids_are_refused_at_any_length(post, nothing):
    assert post([EVENT | {"user_id": nothing}], options={"min_id_length": 1}).json()[INVALID] == {"user_id": [0]}
    assert post([EVENT | {"user_id": nothing}]).status_code == 400


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({}, 400), (None, 400), ({"min_id_length": 4}, 200), ({"min_id_length": 1}, 200), ({"min_id_length": "1"}, 400),
        ({"min_id_length": -1}, 400), ({"min_id_length": True}, 400), ([], 400), ("x", 400),
    ],
)  # fmt: skip
def test_min_id_length(post, options, status):
    assert post([EVENT | {"user_id": "abcd"}], options=options).status_code == status


def test_longer_ids_can_be_asked_for(post):
    assert post([EVENT], options={"min_id_length": 10}).json()["error"] == TEXTS[LENGTH]


@pytest.mark.parametrize(("path", "megabytes"), [("/2/httpapi", 1), ("/batch", 20)])
@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_size_limits(post, project, path, megabytes, encoding):
    start = json.dumps({"api_key": project.api_key, "events": [EVENT], "padding": ""}).encode()[:-2]
    room = megabytes * 1024 * 1024 - len(start) - 2
    for padding, status in ((room, 200), (room + 1, 413)):
        body = start + b"x" * padding + b'"}'
        sent = gzip.compress(body, 1) if encoding == "gzip" else body
        answer = post(sent, path, headers={"Content-Encoding": encoding})
        assert answer.status_code == status
        if status == 413:
            assert answer.json() == {"code": 413, "error": "Payload too large"}
        else:
            assert answer.json()["payload_size_bytes"] == len(body)


@pytest.mark.parametrize("path", PATHS)
def test_at_most_2000_events(post, path):
    assert post([EVENT] * 2000, path).json()["events_ingested"] == 2000
    assert post([EVENT] * 2001, path).json() == {"code": 413, "error": "Payload too large"}


@pytest.mark.parametrize("path", [*PATHS, "/identify", "/groupidentify"])
def test_other_methods(client, db, path):
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        answer = client.generic(method, path)
        assert (answer.status_code, answer.json()["code"]) == (405, 405)
        assert "POST" in answer["Allow"]


@pytest.mark.parametrize("path", [*PATHS, "/identify", "/groupidentify"])
@pytest.mark.parametrize(
    ("asked", "allowed"),
    [
        ("content-type", "content-type"),
        ("content-type,content-encoding, x-other", "content-type,content-encoding, x-other"),
        ("<script>", "content-type, content-encoding"),
        ("ü" * 10, "content-type, content-encoding"),
        ("", "content-type, content-encoding"),
    ],
)
def test_preflight(client, path, asked, allowed):
    headers = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    answer = client.options(path, headers=headers | {"Access-Control-Request-Headers": asked})
    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Access-Control-Allow-Headers"] == allowed
    assert "POST" in answer["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "multipart/form-data", "application/json; charset=nonsense"]
)
def test_the_content_type_does_not_matter(client, project, content_type):
    body = json.dumps({"api_key": project.api_key, "events": [EVENT]})
    assert client.generic("POST", "/2/httpapi", body, content_type=content_type).status_code == 200


def test_a_database_that_does_not_answer_is_503(post, monkeypatch):
    def down(*arguments):
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(amplitude_upload, "accept", down)
    answer = post([EVENT])
    assert (answer.status_code, answer.json()["code"]) == (503, 503)


def test_the_same_request_again_and_again(post):
    for _ in range(50):
        assert post([EVENT | {"insert_id": "one"}]).status_code == 200
    assert Event.objects.count() == 1
