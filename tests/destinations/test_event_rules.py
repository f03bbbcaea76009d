import pytest

from destinations.event_rules import AS_IT_CAME, DROPPED, BadRule, check_rule, compile_rules, in_words
from destinations.filters import compile_filter

RULES = [
    {"types": ["Order Placed", "order_placed"], "to": "purchase"},
    {"types": ["purchase"], "to": "Order Placed"},
    {"types": ["debug", "ping"], "drop": True},
]


def test_what_a_destination_sees():
    sight = compile_rules(RULES)
    event = {"event_type": "order_placed", "user_id": "u"}
    assert sight.data(event) == {"event_type": "purchase", "user_id": "u"}
    assert event["event_type"] == "order_placed", "the event stays as it is"
    assert sight.data({"event_type": "purchase"}) == {"event_type": "Order Placed"}, "no name is looked up twice"
    assert sight.data({"event_type": "Other"}) == {"event_type": "Other"}
    assert sight.data({"cohort": 1}) == {"cohort": 1}, "what the hub says to one destination has no type"
    assert sight.refusal("debug") == f"{DROPPED}“debug”, “ping” dropped"
    assert sight.refusal("Other") == ""


def test_a_category_is_a_field_of_the_event():
    sight = compile_rules([{"types": ["a"], "to": "b", "category": "Checkout"}, {"types": ["c"], "category": "Search"}])
    assert sight.data({"event_type": "a"}) == {"event_type": "b", "event_category": "Checkout"}
    assert sight.data({"event_type": "c"}) == {"event_type": "c", "event_category": "Search"}
    assert sight.types({"a": 1, "c": 2}) == {"b": 1, "c": 2}
    condition = {"property": "event_category", "operator": "is", "value": "Search"}
    guarded = sight.guard(compile_filter({"conditions": [condition]}))
    assert guarded.needs_data
    assert guarded.refusal("event.track", "c", {"event_type": "c"}) is None
    assert guarded.refusal("event.track", "a", {"event_type": "a"}) is not None


def test_types_are_counted_by_the_names_that_are_seen():
    counted = {"Order Placed": 2, "debug": 9, "order_placed": 3, "View": 1}
    assert compile_rules(RULES).types(counted) == {"purchase": 5, "View": 1}


GUARDED = [
    ("order_placed", {"event_types": ["purchase"]}, None),
    ("order_placed", {"event_types": ["order_placed"]}, "event type is not order_placed"),
    ("ping", {}, f"{DROPPED}“debug”, “ping” dropped"),
    ("ping", {"event_types": ["ping"]}, f"{DROPPED}“debug”, “ping” dropped"),
    ("View", {"event_types": ["View"]}, None),
    ("order_placed", {"conditions": [{"property": "event_type", "operator": "is", "value": "purchase"}]}, None),
]


@pytest.mark.parametrize(("event_type", "rules", "refusal"), GUARDED)
def test_filters_are_asked_by_the_names_that_are_seen(event_type, rules, refusal):
    guarded = compile_rules(RULES).guard(compile_filter(rules))
    assert guarded.refusal("event.track", event_type, {"event_type": event_type}) == refusal


def test_without_rules_a_filter_is_what_it_was():
    compiled = compile_filter({})
    assert AS_IT_CAME.guard(compiled) is compiled


def test_in_words():
    assert in_words({"types": ["a" * 50, "b", "c", "d"], "drop": True}) == f"“{'a' * 39}…”, “b”, “c” and 1 more dropped"
    assert in_words({"types": ["a"], "to": "b"}) == "“a” → “b”"
    assert in_words({"types": ["a"], "to": "b", "category": "C"}) == "“a” → “b” in C"
    assert in_words({"types": ["a"], "category": "C"}) == "“a” in C"


def test_as_it_is_stored():
    assert check_rule({"types": ["a", "b", "a"], "to": " c ", "drop": False}) == {"types": ["a", "b"], "to": "c"}
    assert check_rule({"types": ["a"], "category": " C "}) == {"types": ["a"], "category": "C"}
    assert check_rule({"types": ["a", "c"], "to": "c"}, [RULES[0]]) == {"types": ["a", "c"], "to": "c"}


BAD = [
    ([], (), "Write {types: [name, …], to: name, category: name}"),
    ({"types": ["a"], "name": "b"}, (), "Write {types:"),
    ({"to": "b"}, ("types",), "Name at least one event type"),
    ({"types": [], "to": "b"}, ("types",), "Name at least one event type"),
    ({"types": "a", "to": "b"}, ("types",), "Name at least one event type"),
    ({"types": [" "], "to": "b"}, ("types",), "Name at least one event type"),
    ({"types": ["a" * 1025], "to": "b"}, ("types",), "more than 1,024 characters"),
    ({"types": [str(n) for n in range(1001)], "to": "b"}, ("types",), "1,001 types"),
    ({"types": ["$identify"], "to": "b"}, ("types",), "“$identify” keeps its name"),
    ({"types": ["ping"], "to": "b"}, ("types",), "stands in another rule: “debug”, “ping” dropped."),
    ({"types": ["a"]}, ("to",), "Give them a name or a category, or drop them."),
    ({"types": ["a"], "to": 5}, ("to",), "Give them a name"),
    ({"types": ["a"], "to": "a"}, ("to",), "its name already"),
    ({"types": ["a"], "to": "$identify"}, ("to",), "the hub’s own name"),
    ({"types": ["a"], "to": "b" * 1025}, ("to",), "1,025 characters"),
    ({"types": ["a"], "to": "b", "drop": True}, ("to",), "What is dropped has no name and no category."),
    ({"types": ["a"], "category": "C", "drop": True}, ("to",), "no name and no category"),
    ({"types": ["a"], "to": "b", "category": 5}, ("category",), "Write the category’s name."),
    ({"types": ["a"], "category": "C" * 101}, ("category",), "101 characters; at most 100"),
    ({"types": ["a"], "drop": "yes"}, ("drop",), "Write true or false."),
]


@pytest.mark.parametrize(("given", "place", "words"), BAD, ids=lambda one: str(one)[:40])
def test_what_is_refused_and_where(given, place, words):
    with pytest.raises(BadRule) as caught:
        check_rule(given, RULES[2:])
    ((found, message),) = caught.value.problems
    assert found == place
    assert words in message
