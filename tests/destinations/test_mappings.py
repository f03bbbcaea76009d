import json

import pytest

from destinations.mappings import BadMappings, Field, check_mappings, compile_mappings
from destinations.models import Destination
from destinations.payloads import compile_payload
from events.shape import complete

DATA = {
    "event_type": "Order Placed",
    "user_id": "u-1",
    "country": "Germany",
    "event_properties": {
        "total": 49.90,
        "big": 12345678901234567890,
        "items": [{"sku": "A"}],
        "a.b": True,
        "plan": "x",
    },
    "user_properties": {"plan": "pro", "email": "u@example.com", "gone": None},
    "groups": {"company": ["Acme"]},
    "group_properties": {
        "company": {"Acme": {"seats": 5, "tier": "a"}, "Other": {"seats": 7}},
        "team": {"X": {"seats": 1}},
    },
}
CHOSEN = {"properties": {"event": ["total", "big", "items", "a.b", "absent"], "user": [], "group": ["company.seats"]}}
FIELDS = (Field("external_id", required=True), Field("plan"))


def test_the_original_event_without_what_was_not_chosen():
    sent = compile_mappings(CHOSEN).forwarded(complete(DATA))
    assert sent["event_properties"] == {
        name: DATA["event_properties"][name] for name in ("total", "big", "items", "a.b")
    }
    assert sent["user_properties"] == {}
    assert sent["group_properties"] == {"company": {"Acme": {"seats": 5}, "Other": {"seats": 7}}, "team": {"X": {}}}
    others = {name for name in complete(DATA) if not name.endswith("_properties")}
    assert {name: sent[name] for name in others} == {name: complete(DATA)[name] for name in others}


def test_an_object_that_is_not_named_is_forwarded_whole():
    sent = compile_mappings({"properties": {"event": ["total"]}}).forwarded(complete(DATA))
    assert sent["user_properties"] == DATA["user_properties"]
    assert sent["event_properties"] == {"total": 49.9}


SCOPES = {
    "chosen, types kept": (
        CHOSEN,
        {"total": 49.9, "big": 12345678901234567890, "items": [{"sku": "A"}], "a.b": True, "seats": [5, 7]},
        {},
    ),
    "the event's before the user's": ({"properties": {"event": ["plan"], "user": ["plan", "gone"]}}, {"plan": "x"}, {}),
    "the user's, where the event has none": (
        {"properties": {"event": ["email"], "user": ["email"]}},
        {"email": "u@example.com"},
        {},
    ),
    "fields": (
        {"fields": {"external_id": "user_id", "plan": "user_properties.plan", "none": "city"}},
        {},
        {"external_id": "u-1", "plan": "pro", "none": None},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCOPES)
def test_what_templates_see(name):
    mappings, properties, fields = SCOPES[name]
    assert compile_mappings(mappings).scope(DATA) == {"mappedProperties": properties, "mappedFields": fields}


@pytest.mark.parametrize("data", [{}, {"event_properties": None, "group_properties": {"company": "Acme"}}])
def test_odd_events(data):
    mapping = compile_mappings(CHOSEN)
    assert mapping.scope(data) == {"mappedProperties": {}, "mappedFields": {}}
    assert mapping.forwarded(data).keys() >= data.keys()


GOOD = {
    "nothing": (None, {}),
    "empty": ({"properties": {}, "fields": {}}, {}),
    "a name twice": ({"properties": {"user": ["a", "a"]}}, {"properties": {"user": ["a"]}}),
    "none of an object": ({"properties": {"event": []}}, {"properties": {"event": []}}),
    "null for all": ({"properties": {"event": None}}, {}),
}


@pytest.mark.parametrize("name", GOOD)
def test_as_they_are_stored(name):
    given, stored = GOOD[name]
    assert check_mappings(given) == stored


BAD = {
    "no mapping": ([], (), "Write {properties:"),
    "an unknown key": ({"property": {}}, (), "Write {properties:"),
    "an unknown object": ({"properties": {"device": []}}, ("properties",), "Write {event:"),
    "no list": ({"properties": {"user": "plan"}}, ("properties", "user"), "Write a list of names"),
    "no names": ({"properties": {"user": [""]}}, ("properties", "user"), "Write a list of names"),
    "too many": ({"properties": {"user": [str(n) for n in range(1001)]}}, ("properties", "user"), "1,001 properties"),
    "a long name": ({"properties": {"user": ["a" * 1025]}}, ("properties", "user"), "more than 1,024 characters"),
    "a group's without its type": (
        {"properties": {"group": ["plan"]}},
        ("properties", "group"),
        "the group’s type too",
    ),
    "a field of none": ({"fields": {"id": "user_id"}}, ("fields", "id"), "This kind has no fields to map."),
    "no fields": ({"fields": []}, ("fields",), "Write {field: property"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_refused_and_where(name):
    given, place, words = BAD[name]
    with pytest.raises(BadMappings) as caught:
        check_mappings(given)
    ((found, message),) = caught.value.problems
    assert found == place
    assert words in message


def test_fields_that_a_kind_declares():
    given = {"fields": {"external_id": "user_id"}}
    assert check_mappings(given, FIELDS) == given
    with pytest.raises(BadMappings) as caught:
        check_mappings({"fields": {"plan": "nowhere", "id": "user_id"}}, FIELDS)
    assert [place for place, _ in caught.value.problems] == [
        ("fields", "plan"),
        ("fields", "id"),
        ("fields", "external_id"),
    ]


TEMPLATE = '{"total": ${mappedProperties.total?c}}'


def test_payloads_follow_the_selection():
    raw = Destination(mappings={"properties": {"event": ["big"]}})
    assert json.loads(compile_payload(raw)(DATA))["event_properties"] == {"big": 12345678901234567890}
    assert json.loads(compile_payload(Destination())(DATA))["event_properties"] == DATA["event_properties"]
    shaped = Destination(mappings=CHOSEN, payload_mode="template", language="freemarker", template=TEMPLATE)
    assert compile_payload(shaped)(DATA) == '{"total": 49.9}'
