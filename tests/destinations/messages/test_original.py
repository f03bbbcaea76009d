"""Events that came in another dialect, as messages."""

import pytest

from destinations.messages.original import message_of
from destinations.samples import BUILT_IN_DATA

GROUP = {
    "event_type": "$groupidentify",
    "uuid": "u1",
    "groups": {"company": ["Acme"]},
    "group_properties": {"company": {"Acme": {"plan": "pro"}}},
}


def test_what_came_as_a_message_stays_it():
    assert message_of({"event_type": "A"}, {"type": "track", "x": [1]}) == {"type": "track", "x": [1]}


def test_a_tracked_event():
    assert message_of(BUILT_IN_DATA) == {
        "channel": "web",
        "type": "track",
        "messageId": "5f1d7a9e-order-8001",
        "userId": "user_1001",
        "anonymousId": "5f1d7a9e-0c42-4f4b-9a57-2d8c4b6f3e10",
        "originalTimestamp": "2026-01-15T09:30:00.123Z",
        "receivedAt": "2026-01-15T09:30:00.480Z",
        "timestamp": "2026-01-15T09:30:00.123Z",
        "event": "Order Placed",
        "properties": {"order_id": "A-8001", "amount": 49.9, "currency": "EUR", "items": 3},
        "context": {
            "traits": {"email": "user_1001@example.com", "plan": "pro"},
            "locale": "English",
            "sessionId": 1768469400000,
            "os": {"name": "Chrome"},
            "location": {"country": "Germany", "city": "Berlin"},
            "library": {"name": "amplitude-ts", "version": "2.11.0"},
        },
    }


def test_an_identify_has_its_traits_at_the_top():
    message = message_of({"event_type": "$identify", "uuid": "u1", "user_properties": {"plan": "pro"}})
    assert message == {
        "channel": "server",
        "type": "identify",
        "messageId": "u1",
        "traits": {"plan": "pro"},
        "context": {},
    }


def test_a_group():
    message = message_of(GROUP)
    assert (message["type"], message["groupId"], message["traits"]) == ("group", "Acme", {"plan": "pro"})


@pytest.mark.parametrize(
    "odd",
    [
        {"groups": None},
        {"groups": []},
        {"groups": {"company": []}},
        {"group_properties": "x"},
        {"groups": {"c": {"d": 1}}},
    ],
)
def test_a_group_of_odd_shape(odd):
    assert message_of(GROUP | odd)["traits"] in ({}, {"plan": "pro"})


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("platform", "iOS", "mobile"),
        ("platform", "Android", "mobile"),
        ("platform", "Roku", "server"),
        ("platform", 7, "server"),
    ],
)
def test_the_channel(field, value, place):
    assert message_of({"event_type": "A", field: value})["channel"] == place


def test_what_the_hub_announces_has_its_own_shape():
    assert message_of({"type": "cohort.update", "users": []}) == {"type": "cohort.update", "users": []}
