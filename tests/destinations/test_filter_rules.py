"""What a filter may say, in which form it is kept, and where its mistakes are."""

import json

import pytest
import yaml

from destinations import specification
from destinations.conditions import OPERATORS, SYMBOLS
from destinations.filter_rules import USUAL_TOPICS, BadFilter, check_filter
from events.dialects import amplitude_events

NESTED = {"property": "platform", "operator": "is set"}


def condition(operator="is", value="Web", path="platform"):
    return {"property": path, "operator": operator, "value": value}


def nested(levels, rule=None):
    rules = rule or NESTED
    for _ in range(levels):
        rules = {"match": "any", "conditions": [rules]}
    return rules


def problems(rules):
    with pytest.raises(BadFilter) as caught:
        check_filter(rules)
    return [(".".join(map(str, problem.place)), problem.message) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        (None, {}),
        ({}, {}),
        ({"conditions": []}, {}),
        ({"match": "any", "conditions": None}, {}),
        ({"event_types": ["B", "A", "B"]}, {"event_types": ["B", "A"]}),
        ({"topics": ["event.track"]}, {"topics": ["event.track"]}),
        (
            {"conditions": [{"match": "none", "conditions": [NESTED]}]},
            {"match": "all", "conditions": [{"match": "none", "conditions": [NESTED]}]},
        ),
        ({"match": "any", "conditions": [{"conditions": [NESTED]}]},
         {"match": "any", "conditions": [{"match": "all", "conditions": [NESTED]}]}),
        ({"conditions": [condition("is set", "")]}, {"match": "all", "conditions": [NESTED]}),
    ],
)  # fmt: skip
def test_the_form_in_which_it_is_kept(given, stored):
    assert check_filter(given) == stored
    assert check_filter(stored) == stored


@pytest.mark.parametrize(
    ("operator", "given", "stored"),
    [
        ("is", "50", 50),
        ("is", 50.0, 50),
        ("is", "49.9", 49.9),
        ("is", "True", True),
        ("is", "007", "007"),
        ("is", "1e3", "1e3"),
        ("is", "", ""),
        ("contains", 50, "50"),
        ("contains", "50", "50"),
        ("at least", "2.10", "2.10"),
        ("between", ["1", 2.0], [1, 2]),
        ("in list", ["1", 1, "a", "a", True], [1, "a", True]),
    ],
)
def test_a_number_means_the_same_as_its_text(operator, given, stored):
    (rule,) = check_filter({"conditions": [condition(operator, given)]})["conditions"]
    assert (rule["value"], json.dumps(rule["value"])) == (stored, json.dumps(stored))


@pytest.mark.parametrize(("symbol", "name"), SYMBOLS.items())
def test_symbols_stand_for_operators(symbol, name):
    value = ["1"] if OPERATORS[name].takes == "list" else "1"
    (rule,) = check_filter({"conditions": [condition(symbol, value)]})["conditions"]
    assert rule["operator"] == name


@pytest.mark.parametrize("name", OPERATORS)
def test_operators_need_no_quotes_in_yaml(name):
    assert yaml.safe_load(f"{{operator: {name}, value: 1}}") == {"operator": name, "value": 1}


@pytest.mark.parametrize(
    ("rules", "place", "words"),
    [
        ("Order Placed", "", "not a mapping"),
        ([], "", "not a mapping"),
        ({"event_type": ["A"]}, "event_type", "Known: topics, event_types, match, conditions"),
        ({"event_types": []}, "event_types", "nothing would be sent"),
        ({"event_types": "A"}, "event_types", "not a list of event names"),
        ({"event_types": ["A", " "]}, "event_types", "not a list of event names"),
        ({"event_types": ["A", "x" * 1_025]}, "event_types.1", "1,024"),
        ({"event_types": [str(n) for n in range(1_001)]}, "event_types", "at most 1,000"),
        ({"topics": []}, "topics", "nothing would be sent"),
        ({"topics": ["event.track", "event.trak"]}, "topics.1", "“event.trak” is not one of event.track"),
        ({"match": "some"}, "match", "“some” is not one of all, any, none"),
        ({"match": []}, "match", "is not one of all, any, none"),
        ({"conditions": NESTED}, "conditions", "Write a list"),
        ({"conditions": ["platform"]}, "conditions", "Write a list"),
        ({"conditions": [{"match": "any"}]}, "conditions.0", "The group has no conditions"),
        ({"conditions": [nested(1) | {"value": "x"}]}, "conditions.0.value", "A group has an unknown key “value”"),
        ({"conditions": [nested(5)]}, "conditions.0.conditions.0.conditions.0.conditions.0.conditions.0.conditions",
         "more than 5 levels"),
        ({"conditions": [NESTED] * 101}, "conditions.100", "more than 100 conditions"),
        ({"conditions": [condition("matches", "a")] * 11}, "conditions.10", "more than 10 regular expressions"),
        ({"conditions": [condition() | {"values": 1}]}, "conditions.0.values", "Known: property, operator, value"),
        ({"conditions": [condition(path="colour")]}, "conditions.0.property", "no field of an event"),
        ({"conditions": [{"operator": "is", "value": 1}]}, "conditions.0.property", "Name the property"),
        ({"conditions": [condition("equals")]}, "conditions.0.operator", "“equals” is no operator. Known: is, is not"),
        ({"conditions": [condition(None)]}, "conditions.0.operator", "The operator is missing"),
        ({"conditions": [condition(["is"])]}, "conditions.0.operator", "is no operator"),
        ({"conditions": [condition("is", None)]}, "conditions.0.value", "The value is missing"),
        ({"conditions": [condition("is", ["a"])]}, "conditions.0.value", "For several, use “in list”"),
        ({"conditions": [condition("is", {"a": 1})]}, "conditions.0.value", "takes one value"),
        ({"conditions": [condition("is", float("inf"))]}, "conditions.0.value", "Write a text, a number, true or fal"),
        ({"conditions": [condition("is", "x" * 1_025)]}, "conditions.0.value", "at most 1,024"),
        ({"conditions": [condition("is set", "x")]}, "conditions.0.value", "takes no value"),
        ({"conditions": [condition("contains", "")]}, "conditions.0.value", "this one is empty"),
        ({"conditions": [condition("contains", ["a"])]}, "conditions.0.value", "takes one text"),
        ({"conditions": [condition("greater than", "yes"), condition("greater than", True)]},
         "conditions.1.value", "needs a number, a date or a text"),
        ({"conditions": [condition("less than", "")]}, "conditions.0.value", "needs a number"),
        ({"conditions": [condition("between", 5)]}, "conditions.0.value", "Write [lowest, highest]"),
        ({"conditions": [condition("between", [1, 2, 3])]}, "conditions.0.value", "Write [lowest, highest]"),
        ({"conditions": [condition("between", [2, 1])]}, "conditions.0.value", "the lower one first"),
        ({"conditions": [condition("between", ["2026-02-01", "2026-01-01"])]}, "conditions.0.value", "the lower one"),
        ({"conditions": [condition("between", [1, "2026-01-01"])]}, "conditions.0.value", "different kinds"),
        ({"conditions": [condition("between", ["2.10", "2.9"], "os_version")]}, "conditions.0.value", "the lower one"),
        ({"conditions": [condition("in list", "a")]}, "conditions.0.value", "takes a list"),
        ({"conditions": [condition("in list", [])]}, "conditions.0.value", "at least one value"),
        ({"conditions": [condition("in list", ["a", None])]}, "conditions.0.value.1", "The value is missing"),
        ({"conditions": [condition("in list", list(range(1_001)))]}, "conditions.0.value", "at most 1,000"),
        ({"conditions": [condition("matches", "(a")]}, "conditions.0.value", "no regular expression: missing )"),
        ({"conditions": [condition("matches", "a" * 501)]}, "conditions.0.value", "at most 500"),
        ({"conditions": [NESTED, {"match": "any", "conditions": [NESTED, condition("is", None)]}]},
         "conditions.1.conditions.1.value", "The value is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(rules, place, words):
    ((found, message),) = problems(rules)
    assert (found, words in message) == (place, True), message


def test_every_mistake_is_told_at_once():
    rules = {"x": 1, "event_types": [], "conditions": [condition("hm"), condition(path="colour")]}
    assert [place for place, _ in problems(rules)] == [
        "x",
        "event_types",
        "conditions.0.operator",
        "conditions.1.property",
    ]


@pytest.mark.parametrize("levels", [5_000])
def test_a_deep_filter_is_refused_and_not_walked(levels):
    assert "levels" in problems({"conditions": [nested(levels)]})[0][1]


def test_the_topics_are_those_that_come_in():
    of_segment = {"event.page", "event.alias"}
    assert set(USUAL_TOPICS) == {"event.track", *amplitude_events.TOPICS.values(), *of_segment}


@pytest.mark.django_db
def test_a_destination_names_the_condition(project):
    wrong = {"name": "Hook", "filter": {"conditions": [NESTED, condition("between", [2, 1])]}}
    with pytest.raises(specification.InvalidDestination) as caught:
        specification.save(project, wrong)
    assert [problem.field for problem in caught.value.problems] == ["filter.conditions.1.value"]


@pytest.mark.django_db
def test_what_is_described_saves_without_a_change(project):
    rules = {"topics": ["event.track"], "match": "any", "conditions": [condition("<", "50"), nested(2)]}
    made, _ = specification.save(project, {"name": "Hook", "filter": rules})
    assert specification.save(project, specification.describe(made), made)[1] == "unchanged"
