import json

import pytest

from destinations.mappings import BadMappings, Field, check_mappings, compile_mappings, for_fields, names_in_scope
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
    "changed": (
        {
            "properties": {"event": ["total", "plan"], "group": ["company.seats"]},
            "fields": {"external_id": "user_properties.email", "plan": "event_properties.plan"},
            "steps": [
                {"step": "rename", "property": "event_properties.total", "to": "amount"},
                {"step": "cast", "property": "event_properties.amount", "to": "text"},
                {"step": "drop", "property": "event_properties.plan"},
                {"step": "constant", "property": "user_properties.from.hub", "value": True},
                {"step": "cast", "property": "group_properties.company.seats", "to": "text"},
                {"step": "rename", "property": "group_properties.company.seats", "to": "size"},
                {"step": "upper", "property": "mappedFields.external_id"},
                {"step": "constant", "property": "mappedFields.source", "value": 5},
            ],
        },
        {"size": ["5", "7"], "from": {"hub": True}, "amount": "49.9"},
        {"external_id": "U@EXAMPLE.COM", "plan": "x", "source": 5},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCOPES)
def test_what_templates_see(name):
    mappings, properties, fields = SCOPES[name]
    assert compile_mappings(mappings).scope(DATA) == {"mappedProperties": properties, "mappedFields": fields}
    named = names_in_scope(mappings)
    assert set(named["mappedProperties"]) >= properties.keys()
    assert named["mappedFields"] == list(fields)


def test_the_original_event_with_its_changes():
    steps = [
        {"step": "rename", "property": "event_properties.total", "to": "amount"},
        {"step": "sha256", "property": "user_id"},
        {"step": "drop", "property": "country"},
        {"step": "constant", "property": "mappedFields.plan", "value": 5},
    ]
    stored = check_mappings({"properties": {"event": ["total"]}, "steps": steps}, FIELDS, complete=False)
    sent = compile_mappings(stored).forwarded(complete(DATA))
    assert list(sent) == list(complete(DATA)), "the shape stays whole"
    assert sent["event_properties"] == {"amount": 49.9}
    assert len(sent["user_id"]) == 64
    assert sent["country"] is None
    assert sent["user_properties"] == DATA["user_properties"]


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
    "a step": ({"steps": [{"step": "drop", "property": "x"}]}, ("steps", 0, "property"), "no field of an event"),
    "a step of no field": (
        {"steps": [{"step": "lower", "property": "mappedFields.id"}]},
        ("steps", 0, "property"),
        "no field of an event",
    ),
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


def test_steps_of_fields():
    step = {"step": "constant", "property": "mappedFields.external_id", "value": "x"}
    kept = {"step": "lower", "property": "mappedFields.plan"}
    given = {"fields": {"plan": "user_id"}, "steps": [step, kept]}
    assert check_mappings(given, FIELDS) == given, "what is set by a step is filled"
    assert for_fields(given, {"plan"}) == {"fields": {"plan": "user_id"}, "steps": [kept]}
    assert for_fields(given, set()) == {}
    with pytest.raises(BadMappings, match="cannot be dropped"):
        check_mappings({"steps": [step | {"step": "drop"}]}, FIELDS)


TEMPLATE = '{"total": ${mappedProperties.total?c}}'


def test_payloads_follow_the_selection():
    raw = Destination(mappings={"properties": {"event": ["big"]}})
    assert json.loads(compile_payload(raw)(DATA))["event_properties"] == {"big": 12345678901234567890}
    assert json.loads(compile_payload(Destination())(DATA))["event_properties"] == DATA["event_properties"]
    shaped = Destination(mappings=CHOSEN, payload_mode="template", language="freemarker", template=TEMPLATE)
    assert compile_payload(shaped)(DATA) == '{"total": 49.9}'
