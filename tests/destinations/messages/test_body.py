import json

import pytest

from destinations.messages.body import body_of

ROWS = [
    ({"type": "track", "userId": None, "properties": {"a": None}}, {"type": "track", "properties": {"a": None}}),
    ({"b": 1, "header": {"X": "1"}, "appendPath": "/x", "fullPath": "y", "a": 2}, {"b": 1, "a": 2}),
    ({"a": 1, "header": None}, {"a": 1}),
    ({"context": {"ip": "1.2.3.4"}, "request_ip": "5.6.7.8"}, {"context": {"ip": "1.2.3.4"}, "request_ip": "5.6.7.8"}),
    ({"request_ip": "5.6.7.8"}, {"request_ip": "5.6.7.8", "context": {"ip": "5.6.7.8"}}),
    ({"context": None, "request_ip": "5.6.7.8"}, {"context": {"ip": "5.6.7.8"}, "request_ip": "5.6.7.8"}),
    ({"context": {"ip": ""}, "request_ip": "5.6.7.8"}, {"context": {"ip": "5.6.7.8"}, "request_ip": "5.6.7.8"}),
    ({"context": {"os": {}}, "request_ip": None}, {"context": {"os": {}}}),
    ({"context": "web", "request_ip": "5.6.7.8"}, {"context": "web", "request_ip": "5.6.7.8"}),
    ({"type": "page", "empty": {}, "list": []}, {"type": "page", "empty": {}, "list": []}),
]  # fmt: skip


@pytest.mark.parametrize(("message", "body"), ROWS)
def test_the_body_is_the_message(message, body):
    assert json.dumps(json.loads(body_of(message))) == json.dumps(body)


def test_numbers_keep_their_digits():
    assert (
        body_of({"id": 12345678901234567890, "n": 1000000, "f": 1.5})
        == '{"id":12345678901234567890,"n":1000000,"f":1.5}'
    )


@pytest.mark.parametrize("message", [{}, {"userId": None}, {"header": {"X": "1"}}])
def test_a_message_with_nothing_left_has_no_body(message):
    assert body_of(message) == ""


def test_the_message_itself_is_not_changed():
    message = {"context": {"os": {}}, "request_ip": "5.6.7.8", "header": {}}
    body_of(message)
    assert message == {"context": {"os": {}}, "request_ip": "5.6.7.8", "header": {}}
