import gzip
import json
from urllib.parse import urlencode

import pytest

from events.models import Event, Group, Profile

USER = {"user_id": "user-1", "user_properties": {"$set": {"plan": "pro"}}}
GROUP = {"group_type": "company", "group_value": "Acme", "group_properties": {"$set": {"size": 5}}}


@pytest.fixture
def send(client, project):
    """Sends an identification in one of the ways that the addresses take."""

    def send(way, identification, path="/identify", api_key=project.api_key):
        text = json.dumps(identification)
        fields = {"api_key": api_key, "identification": text}
        match way:
            case "form":
                return client.post(path, urlencode(fields), content_type="application/x-www-form-urlencoded")
            case "gzipped form":
                body = gzip.compress(urlencode(fields).encode())
                headers = {"Content-Encoding": "gzip"}
                return client.post(path, body, content_type="application/x-www-form-urlencoded", headers=headers)
            case "multipart":
                return client.post(path, fields)
            case "query":
                return client.get(path, fields)
            case "json":
                return client.post(path, fields | {"identification": identification}, content_type="application/json")
            case "json with text":
                return client.post(path, fields, content_type="application/json")

    return send


WAYS = ["form", "gzipped form", "multipart", "query", "json", "json with text"]


@pytest.mark.parametrize("way", WAYS)
def test_identify(send, way):
    answer = send(way, USER)
    assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    if way.startswith("json"):
        assert answer.json()["code"] == 200
    else:
        assert (answer["Content-Type"], answer.content) == ("text/plain; charset=utf-8", b"success")
    event = Event.objects.get()
    assert (event.topic, event.event_type, event.user_id) == ("event.identify", "$identify", "user-1")
    assert event.data["user_properties"] == Profile.objects.get().properties == {"plan": "pro"}


@pytest.mark.parametrize("way", WAYS)
def test_group_identify(send, way):
    assert send(way, [GROUP, GROUP | {"group_value": "Beta"}], "/groupidentify").status_code == 200
    assert [event.topic for event in Event.objects.all()] == ["event.group"] * 2
    assert {group.group_name: group.properties for group in Group.objects.all()} == {
        "Acme": {"size": 5},
        "Beta": {"size": 5},
    }


def test_the_fields_of_an_identify_are_kept(send):
    send("form", USER | {"language": "de", "carrier": "Telco", "paying": "true", "start_version": "1.0"})
    data = Event.objects.get().data
    kept = {"language": "German", "device_carrier": "Telco", "paying": True, "start_version": "1.0"}
    assert {name: data[name] for name in kept} == kept


BAD = [
    # identification, the word for forms, what the JSON answer holds
    ([], "missing_event", {"missing_field": "identification"}),
    (None, "missing_event", {"missing_field": "identification"}),
    ({"user_properties": {}}, None, {"events_with_missing_fields": {"user_id": [0], "device_id": [0]}}),
    ([USER, 5], None, {"events_with_invalid_fields": {"event": [1]}}),
    ([USER, USER | {"user_id": "a"}], None, {"events_with_invalid_id_lengths": {"user_id": [1]}}),
    (USER | {"user_properties": 5}, None, {"events_with_invalid_fields": {"user_properties": [0]}}),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("identification", "word", "content"), BAD)
def test_bad_identifications(send, way, identification, word, content):
    answer = send(way, identification)
    assert answer.status_code == 400
    if way.startswith("json"):
        assert answer.json().items() >= content.items()
    elif word:
        assert answer.content.decode() == word
    else:
        assert answer.content
    assert not Event.objects.exists()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("key", ["wrong", "", "\0"])
def test_bad_keys(send, way, key):
    answer = send(way, USER, api_key=key)
    assert answer.status_code == 400
    if way.startswith("json"):
        assert answer.json()["error"].startswith("Invalid API key: ") or answer.json()["missing_field"] == "api_key"
    else:
        assert answer.content == b"invalid_api_key"


@pytest.mark.parametrize(
    "group", [{"group_type": 5}, {"group_value": None}, {"group_type": None}, {"group_properties": 1}]
)
def test_bad_groups(send, group):
    assert send("json", GROUP | group, "/groupidentify").status_code == 400
    assert send("form", GROUP | group, "/groupidentify").status_code == 400


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b""),
        ("application/x-www-form-urlencoded", b"api_key=KEY"),
        ("application/x-www-form-urlencoded", b"api_key=KEY&identification=%zz"),
        ("application/x-www-form-urlencoded", b"api_key=KEY&identification=%00"),
        ("application/x-www-form-urlencoded", b"api_key=KEY&identification=%ff%fe"),
        ("application/x-www-form-urlencoded", b"api_key=KEY&identification={"),
        ("application/x-www-form-urlencoded", b"a=1&" * 5000),
        ("application/x-www-form-urlencoded", b"\xff\xfe\x00"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data"),
        ("multipart/form-data; boundary=" + "b" * 300, b"x"),
        ("multipart/form-data; boundary=\xfc", b"x"),
        ("multipart/form-data; boundary=b; charset=nonsense", b"--b\r\n\r\n--b--"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n' * 2000),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n' * 200,
        ),
        ("text/plain", b"x"),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"api_key": "KEY", "identification": "{"}'),
        ("application/json", b'{"api_key": "KEY", "identification": "\\ud800"}'),
    ],
)
def test_bodies_that_cannot_be_read(client, project, content_type, body):
    answer = client.generic(
        "POST", "/identify", body.replace(b"KEY", project.api_key.encode()), content_type=content_type
    )
    assert answer.status_code == 400, answer.content


def test_queries_that_cannot_be_read(client, db):
    for query in ("a=1&" * 5000, "api_key=%00", "identification=%ff", "api_key=%ff&identification={}"):
        assert client.get(f"/identify?{query}").status_code == 400


def test_too_many_and_too_large(send, client):
    assert send("json", [USER] * 1024).status_code == 200
    assert send("json", [USER] * 1025).status_code == 413
    form = b"identification=" + b"x" * 1024 * 1024
    assert client.post("/identify", form, content_type="application/x-www-form-urlencoded").status_code == 413
