"""Where a condition finds its value in an event."""

import pytest

from destinations.event_paths import EVENT_FIELDS, path_problem, reader, short_name

DATA = {
    "event_type": "Order Placed",
    "platform": "Web",
    "$insert_id": "i-1",
    "session_id": 5,
    "event_properties": {
        "total": 49.9, "utm.source": "news", "utm": {"source": "deep", "medium": "mail"}, "[Hub] City": "Bonn",
        "items": [{"sku": "a", "tags": ["t1"]}, {"sku": "b", "tags": ["t2", "t3"]}, "odd"], "one": [{"sku": "z"}],
        "items.none": None,
    },
    "user_properties": {"plan": "free"},
    "groups": {"company": ["Acme", "Beta"]},
    "group_properties": {
        "company": {"Acme": {"plan": "big", "seats": {"used": 3}}, "Beta": {"plan": "small"}},
        "team": {"Blue": {"size": 4}},
    },
    "data": {"first_event": True},
    "plan": {"version": "2"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("event_type", "Order Placed"),
        ("platform", "Web"),
        ("country", None),
        ("$insert_id", "i-1"),
        ("session_id", 5),
        ("event_properties.total", 49.9),
        ("event_properties.nothing", None),
        ("event_properties.utm.source", "news"),
        ("event_properties.utm.medium", "mail"),
        ("event_properties.utm.medium.deeper", None),
        ("event_properties.[Hub] City", "Bonn"),
        ("event_properties.items.sku", ["a", "b"]),
        ("event_properties.items.tags", ["t1", "t2", "t3"]),
        ("event_properties.items.none", None),
        ("event_properties.one.sku", "z"),
        ("user_properties.plan", "free"),
        ("groups.company", ["Acme", "Beta"]),
        ("group_properties.company.plan", ["big", "small"]),
        ("group_properties.company.seats.used", 3),
        ("group_properties.team.size", 4),
        ("group_properties.team.plan", None),
        ("group_properties.nobody.plan", None),
        ("data.first_event", True),
        ("plan.version", "2"),
    ],
)
def test_value(path, value):
    assert path_problem(path) is None
    assert reader(path)(DATA) == value


@pytest.mark.parametrize("data", [{}, dict.fromkeys(DATA), dict.fromkeys(DATA, "text"), {key: [1] for key in DATA}])
@pytest.mark.parametrize("path", ["event_properties.a", "event_properties.a.b", "group_properties.a.b", "groups.a"])
def test_odd_data_is_no_value(path, data):
    assert reader(path)(data) is None


def test_no_session_is_minus_one_as_in_the_export_shape():
    assert [reader("session_id")(data) for data in ({}, {"session_id": None}, {"session_id": -1})] == [-1] * 3


@pytest.mark.parametrize("field", EVENT_FIELDS)
def test_every_field_of_the_shape_can_be_named(field):
    assert path_problem(field) is None


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("colour", "“colour” is no field of an event. Write event_properties.NAME"),
        ("input.platform", "is no field"),
        ("platform.x", "is no field"),
        ("event_properties", "event_properties holds several values. Name one: event_properties.total."),
        ("user_properties.", "Name one"),
        ("plan", "Name one: user_properties.plan for a user's"),
        ("group_properties", "Name one: group_properties.company.plan."),
        ("group_properties.company", "Name the group's type and the property"),
        ("group_properties.company.", "Name the group's type and the property"),
        ("", "Name the property"),
        (None, "Name the property"),
        (["platform"], "Name the property"),
        ("event_properties." + "x" * 1_024, "at most 1,024"),
    ],
)
def test_a_path_that_leads_nowhere_is_refused(path, words):
    assert words in path_problem(path)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("event_properties.total", "total"),
        ("event_properties.items.sku", "items.sku"),
        ("group_properties.company.plan", "company plan"),
        ("groups.company", "company"),
        ("platform", "platform"),
    ],
)
def test_short_name(path, name):
    assert short_name(path) == name
