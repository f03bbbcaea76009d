"""Input that breaks programs: it is stored unharmed or refused in words, and the next request is answered."""

import json
import time

import pytest

from events.models import Event, Group, Profile

FF = "\ufffd"


@pytest.fixture(autouse=True)
def the_next_request_is_answered(post, stored):
    yield
    assert stored(event_type="next", user_id="next-user").event_type == "next"
    for model in (Event, Profile, Group):
        for row in model.objects.all():
            assert str(row) is not None
            json.dumps(row.input if model is Event else row.properties)


def raw(project, properties, **fields):
    """A body with one event whose properties are the given JSON text, written as it is."""
    event = json.dumps({"event_type": "x", "user_id": "user-1"} | fields)[:-1]
    return f'{{"api_key": "{project.api_key}", "events": [{event}, "event_properties": {properties}}}]}}'.encode()


@pytest.mark.parametrize(
    ("properties", "kept"),
    [
        (r'{"a": "x\u0000y"}', {"a": f"x{FF}y"}),
        (r'{"a\u0000": 1}', {f"a{FF}": 1}),
        (r'{"a": "\ud800", "\udc00": 1}', {"a": FF, FF: 1}),
        (r'{"a": "\ud83d\ude00"}', {"a": "😀"}),
        ('{"a": 9223372036854775808}', {"a": 2**63}),
        ('{"a": 18446744073709551616}', {"a": 2**64}),
        ('{"a": 1000000000000000000000000000000}', {"a": 10**30}),
        ('{"a": 1, "a": 2}', {"a": 2}),
        ('{"a": "{{7*7}} ${7*7} <script>alert(1)</script> =1+1 \\u001b \\u202e"}',
         {"a": "{{7*7}} ${7*7} <script>alert(1)</script> =1+1 \x1b \u202e"}),
        ('{"fullPath": "http://evil.example", "appendPath": "/x", "header": {"Authorization": "x"}}',
         {"fullPath": "http://evil.example", "appendPath": "/x", "header": {"Authorization": "x"}}),
        ('{"__proto__": {"a": 1}, "": ""}', {"__proto__": {"a": 1}, "": ""}),
        ("{" + '"a": {' * 80 + '"b": 1' + "}" * 81, None),
    ],
)  # fmt: skip
def test_stored_as_it_was_meant(post, project, properties, kept):
    assert post(raw(project, properties)).status_code == 200
    event = Event.objects.latest("pk")
    assert event.data["event_properties"] == (json.loads(properties) if kept is None else kept)
    assert (
        post(raw(project, "{}", event_type="$identify", user_properties=event.data["event_properties"])).status_code
        == 200
    )
    assert Profile.objects.get().properties == event.data["event_properties"]


@pytest.mark.parametrize("field", ["user_id", "device_id", "insert_id", "event_type", "platform", "ip", "currency"])
@pytest.mark.parametrize("bad", ["\0", "\ud800"])
def test_nul_and_surrogates_in_every_field(post, field, bad):
    event = {"event_type": "x", "user_id": "user-1"} | {field: f"text {bad}"}
    assert post([event]).status_code == 200
    row = Event.objects.latest("pk")
    assert f"text {FF}" in json.dumps(row.data, ensure_ascii=False)
    assert row.notes == ["1 character replaced"]
    post(
        [
            event
            | {"event_type": "$groupidentify", "insert_id": None, "groups": {bad: bad}, "group_properties": {bad: 1}}
        ]
    )
    assert Group.objects.get().properties == {FF: 1}


@pytest.mark.parametrize(
    "properties",
    [
        '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": 1e400}', '{"a": 1e5000}',
        f'{{"a": {"1" * 4301}}}', f'{{"a": {"1" * 101}}}', f'{{"a": {"[" * 101}{"]" * 101}}}',
        f'{{"a": {"[" * 2000}{"]" * 2000}}}', "[" * 100_000,
        '{"a": 1}}{', '{"a": "\x00"}', "{'a': 1}", '{"a": 01}', '{"a": .5}', '{"a": 1,}',
    ],
)  # fmt: skip
def test_refused_in_words(post, project, properties):
    answer = post(raw(project, properties))
    assert (answer.status_code, answer.json()["error"]) == (400, "Invalid JSON request body")
    assert answer.json()["detail"]
    assert not Event.objects.exists()


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-32"])
def test_other_encodings(post, project, encoding):
    answer = post(raw(project, '{"a": "é"}').decode().encode(encoding))
    assert "not UTF-8: byte 0x" in answer.json()["detail"]


def test_byte_order_mark(post, project):
    assert post(b"\xef\xbb\xbf" + raw(project, "{}")).status_code == 200


@pytest.mark.parametrize(
    "value", [None, True, 0, 1.5, -1, 10**40, "", "x", "\0", [], [[]], {}, {"": None}, {"a": [None]}]
)
def test_any_field_of_any_type(post, value):
    fields = [
        "event_type", "user_id", "device_id", "time", "insert_id", "event_properties", "user_properties", "groups",
        "group_properties", "session_id", "event_id", "price", "quantity", "revenue", "productId", "language", "ip",
        "plan", "ingestion_metadata", "location_lat", "$skip_user_properties_sync", "paying", "idfa", "platform",
    ]  # fmt: skip
    for event_type in ("x", "$identify", "$groupidentify"):
        for field in fields:
            base = {"event_type": event_type, "user_id": "user-1", "groups": {"a": "b"}, "group_properties": {"c": 1}}
            assert post([base | {field: value}]).status_code in (200, 400), field
    for field in ("api_key", "options", "client_upload_time", "request_metadata", "events"):
        assert post([{"event_type": "x", "user_id": "user-1"}], **{field: value}).status_code in (200, 400), field


@pytest.mark.parametrize(
    "operation", ["$set", "$setOnce", "$add", "$append", "$preInsert", "$remove", "$unset", "$clearAll"]
)
@pytest.mark.parametrize(
    "value", [None, 1e308, 10**90, "x", [], {"a": None}, {"a": 1e308}, {"a": 10**90}, {"a": {"b": []}}]
)
def test_any_operation_with_any_value(post, operation, value):
    for kind, field in (("$identify", "user_properties"), ("$groupidentify", "group_properties")):
        event = {"event_type": kind, "user_id": "user-1", "groups": {"g": "n"}, field: {operation: value, "a": 1.5}}
        assert post([event] * 5).status_code == 200


def test_identifiers_nobody_can_compress(post):
    """They stand in indexes, whose entries have a largest size."""
    identifier = "".join(chr(0x1F300 + (i * 7919 + i * i * 31) % 700) for i in range(512))
    event = {
        "event_type": identifier,
        "user_id": identifier,
        "device_id": identifier[::-1],
        "insert_id": identifier * 2,
    }
    assert post([event]).status_code == 200


def test_forwarded_addresses_are_not_believed(client, post, stored):
    post([{"event_type": "x", "user_id": "user-1", "ip": "$remote"}], headers={"X-Forwarded-For": "<script>"})
    assert Event.objects.latest("pk").data["ip_address"] == "127.0.0.1"


def test_much_work_in_a_small_body_ends_soon(post):
    """Lists that grow to their bound, looked through again by every event."""
    events = [
        {
            "event_type": "$identify",
            "user_id": "user-1",
            "user_properties": {"$postInsert": {"l": list(range(n, n + 20))}},
        }
        for n in range(0, 20_000, 20)
    ]
    started = time.process_time()
    assert post(events, "/batch").status_code == 200
    assert time.process_time() - started < 10
