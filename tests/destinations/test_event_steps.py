import copy

import pytest

from destinations.event_steps import check_steps, compile_steps
from destinations.value_steps import BadSteps

DATA = {
    "event_type": "Order Placed",
    "user_id": "U-1",
    "platform": "Web",
    "event_properties": {"total": "5", "a.b": 1, "items": [{"n": "1"}, {"m": 2}, 7], "deep": {"x": {"y": "Z"}}},
    "user_properties": {"email": "A@b.c", "plan": "p"},
    "groups": {"company": ["Acme"]},
    "group_properties": {"company": {"Acme": {"plan": "P"}, "Other": {"seats": 5}}, "team": {"X": {"plan": "P"}}},
}


def changed(*steps):
    before = copy.deepcopy(DATA)
    result = compile_steps(check_steps(list(steps)))(DATA)
    assert before == DATA, "the event that was given stays as it is"
    return {name: result.get(name) for name in {**result, **DATA} if result.get(name) != DATA.get(name)}


def step(name, path, **settings):
    return {"step": name, "property": path, **settings}


def event(**changes):
    return {"event_properties": {**DATA["event_properties"], **changes}}


COMPANY = DATA["group_properties"] | {"company": {"Acme": {"plan": "p"}, "Other": {"seats": 5}}}
CASES = {
    "cast": (step("cast", "event_properties.total", to="number"), event(total=5)),
    "not there": (step("cast", "event_properties.none", to="number"), {}),
    "no such object": (step("lower", "data.x"), {}),
    "a name with dots": (step("cast", "event_properties.a.b", to="text"), event(**{"a.b": "1"})),
    "within objects": (step("lower", "event_properties.deep.x.y"), event(deep={"x": {"y": "z"}})),
    "in a list of objects": (
        step("cast", "event_properties.items.n", to="number"),
        event(items=[{"n": 1}, {"m": 2}, 7]),
    ),
    "of each group": (step("lower", "group_properties.company.plan"), {"group_properties": COMPANY}),
    "a list of groups": (step("lower", "groups.company"), {"groups": {"company": ["acme"]}}),
    "a field": (step("lower", "user_id"), {"user_id": "u-1"}),
    "a field out": (step("drop", "platform"), {"platform": None}),
    "a property out": (step("drop", "user_properties.email"), {"user_properties": {"plan": "p"}}),
    "set, objects and all": (
        step("constant", "event_properties.new.one", value=[1]),
        event(new={"one": [1]}),
    ),
    "set where no object is": (step("constant", "data.a.b", value=1), {"data": {"a": {"b": 1}}}),
    "set through what is no object": (step("constant", "event_properties.total.x", value=1), {}),
    "set where there is none": (step("default", "country", value="?"), {"country": "?"}),
    "the event type": (step("lookup", "event_type", table={"Order Placed": "purchase"}), {"event_type": "purchase"}),
    "never an empty event type": (step("lookup", "event_type", table={"Order Placed": ""}), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_each_step_changes(name):
    given, wanted = CASES[name]
    assert changed(given) == wanted


def test_renaming_keeps_the_place_and_replaces():
    (found,) = changed(step("rename", "user_properties.email", to="mail")).values()
    assert list(found) == ["mail", "plan"]
    (found,) = changed(step("rename", "user_properties.plan", to="email")).values()
    assert found == {"email": "p"}
    assert changed(step("rename", "event_properties.deep.x.y", to="q")) == event(deep={"x": {"q": "Z"}})
    assert changed(step("rename", "event_properties.none", to="total")) == {}


def test_in_order():
    steps = [step("rename", "user_properties.email", to="mail"), step("lower", "user_properties.mail")]
    assert changed(*steps) == {"user_properties": {"mail": "a@b.c", "plan": "p"}}
    assert changed() == {}


BAD = [
    (step("lower", ""), "property", "Name the property"),
    ({"step": "lower"}, "property", "Name the property"),
    (step("lower", "totals"), "property", "no field of an event"),
    (step("lower", "event_properties"), "property", "holds several values"),
    (step("lower", "mappedFields.id"), "property", "no field of an event"),
    (step("move", "user_id"), "step", "“move” is no step. Known: rename, drop, lower"),
    (step("rename", "user_properties.a"), "to", "“rename” needs “to”."),
    (step("rename", "user_properties.a", to=" "), "to", "Write the new name."),
    (step("rename", "platform", to="os"), "step", "cannot be renamed"),
    (step("drop", "event_type"), "step", "event_type has to stay a text."),
    (step("constant", "event_type", value=5), "step", "event_type has to stay a text."),
    (step("constant", "event_type", value=""), "step", "event_type cannot be empty."),
    (step("lookup", "event_type", table={"a": 1}), "step", "event_type has to stay a text."),
    (step("cast", "event_type", to="number"), "step", "event_type has to stay a text."),
]


@pytest.mark.parametrize(("given", "key", "words"), BAD, ids=lambda one: str(one)[:50])
def test_what_is_refused_and_where(given, key, words):
    with pytest.raises(BadSteps) as caught:
        check_steps([step("lower", "user_id"), given])
    ((place, message),) = caught.value.problems
    assert place == (1, key)
    assert words in message
