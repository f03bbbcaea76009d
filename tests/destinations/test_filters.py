"""Whole filters: topics, types and groups, their words, and the explanation rule by rule."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from destinations.conditions import MOST_WORDS, OPERATORS
from destinations.filter_explanation import Rule, explain
from destinations.filter_rules import check_filter
from destinations.filters import compile_filter

DATA = {
    "event_type": "Order Placed",
    "platform": "Web",
    "event_properties": {"total": 49.9, "tags": ["new", "gift"]},
    "user_properties": {"plan": "free"},
}
EVENT = ("event.track", "Order Placed", DATA)


def rule(path, operator, value=None):
    return {"property": path, "operator": operator, "value": value}


WEB = rule("platform", "is", "Web")
IOS = rule("platform", "is", "iOS")
PRO = rule("user_properties.plan", "is", "pro")
FREE = rule("user_properties.plan", "is", "free")
LARGE = rule("event_properties.total", "at least", 100)


def group(match, *rules):
    return {"match": match, "conditions": list(rules)}


def compiled(rules):
    return compile_filter(check_filter(rules))


TABLE = [
    ({}, None),
    ({"event_types": ["Order Placed"]}, None),
    ({"event_types": ["A"]}, "event type is not A"),
    ({"event_types": ["B", "A"]}, "event type is not one of A, B"),
    ({"event_types": list("GFEDCBA")}, "event type is not one of A, B, C, D, E and 2 more"),
    ({"topics": ["event.track"]}, None),
    ({"topics": ["event.identify"]}, "topic is not event.identify"),
    ({"topics": ["event.identify"], "event_types": ["A"]}, "topic is not event.identify"),
    ({"event_types": ["A"], "conditions": [PRO]}, "event type is not A"),
    ({"event_types": ["Order Placed"], "conditions": [WEB]}, None),
    (group("all", WEB, FREE), None),
    (group("all", WEB, PRO, LARGE), "plan is “free”, not pro"),
    (group("any", IOS, FREE), None),
    (group("any", IOS), "platform is “Web”, not iOS"),
    (group("any", IOS, PRO), "none of 2 alternatives holds: platform is “Web”, not iOS; plan is “free”, not pro"),
    (group("any", IOS, PRO, LARGE, IOS, PRO),
     ("none of 5 alternatives holds: platform is “Web”, not iOS; plan is “free”, not pro; "
      "total is 49.9, not at least 100; and 2 more")),
    (group("none", IOS, PRO), None),
    (group("none", IOS, FREE), "plan is “free”, left out by: plan is free"),
    (group("none", FREE), "plan is “free”, left out by: plan is free"),
    (group("all", WEB, group("any", IOS, FREE)), None),
    (group("all", WEB, group("any", IOS, PRO)),
     "none of 2 alternatives holds: platform is “Web”, not iOS; plan is “free”, not pro"),
    (group("none", group("all", WEB, FREE)), "left out by: all of (platform is Web; plan is free)"),
    (group("none", group("all", WEB, PRO)), None),
    (group("none", group("none", WEB)), None),
    (group("any", group("none", WEB), group("all", FREE, group("none", LARGE))), None),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "words"), TABLE)
def test_verdict(rules, words):
    assert compiled(rules).refusal(*EVENT) == words


@pytest.mark.parametrize(("rules", "words"), TABLE)
def test_the_explanation_comes_to_the_same(rules, words):
    explanation = explain(compiled(rules), *EVENT)
    assert (explanation.refusal, explanation.passed) == (words, words is None)
    assert all(one.passed for one in explanation.rules) is (words is None)


@pytest.mark.parametrize(
    ("rules", "needs"),
    [
        ({}, False),
        ({"event_types": ["A"], "topics": ["event.track"]}, False),
        ({"conditions": [rule("event_type", "starts with", "Order")]}, False),
        ({"conditions": [group("any", rule("event_type", "is", "A"))]}, False),
        ({"conditions": [group("any", rule("event_type", "is", "A"), group("any", WEB))]}, True),
    ],
)
def test_only_a_look_at_properties_needs_the_data(rules, needs):
    assert compiled(rules).needs_data is needs


def test_an_event_type_is_known_without_the_data():
    orders = compiled({"conditions": [rule("event_type", "starts with", "Order")]})
    words = [orders.refusal("event.track", name, {"event_type": name}) for name in ("Order Paid", "Page Viewed")]
    assert words == [None, "event_type is “Page Viewed”, not starting with “Order”"]


def test_every_rule_is_explained_also_after_the_one_that_decided():
    rules = {"topics": ["event.track"], "event_types": ["A"], "conditions": [PRO, LARGE, group("none", FREE, IOS)]}
    assert explain(compiled(rules), *EVENT).rules == (
        Rule("topic in list event.track", "event.track", True),
        Rule("event type in list A", "Order Placed", False),
        Rule("plan is pro", "“free”", False, path="user_properties.plan"),
        Rule("total at least 100", "49.9", False, path="event_properties.total"),
        Rule(
            "none of",
            "1 of 2 hold",
            False,
            rules=(
                Rule("plan is free", "“free”", True, wanted=False, path="user_properties.plan"),
                Rule("platform is iOS", "“Web”", False, wanted=False, path="platform"),
            ),
        ),
    )


def test_a_rule_is_fine_where_it_does_what_its_group_wants():
    (none,) = explain(compiled(group("none", FREE, IOS)), *EVENT).rules
    assert [one.fine for one in (none, *none.rules)] == [False, False, True]


def test_what_cannot_be_decided_is_explained():
    data = {"event_properties": {"x": "x" * 20_000}}
    (found,) = explain(compiled({"conditions": [rule("event_properties.x", "matches", "y")]}), "t", "A", data).rules
    assert (found.passed, found.fine) == (None, False)
    assert "more than 10,000 characters" in found.saw


VALUES: dict[str, Any] = {
    "nothing": None, "any": "free", "text": "e", "order": 50, "pattern": "e$", "list": ["free", 49.9], "pair": [1, 60],
}  # fmt: skip
CONDITIONS = st.builds(
    lambda path, operator: rule(path, operator.name, VALUES[operator.takes]),
    st.sampled_from(["user_properties.plan", "event_properties.total", "event_properties.tags", "country"]),
    st.sampled_from(list(OPERATORS.values())),
)
GROUPS = st.recursive(
    CONDITIONS,
    lambda rules: st.builds(
        lambda match, several: group(match, *several),
        st.sampled_from(["all", "any", "none"]),
        st.lists(rules, min_size=1, max_size=3),
    ),
    max_leaves=4,
)


def by_the_book(rules):
    """What a rule should come to, from its words' meaning alone."""
    if "conditions" not in rules:
        return compiled({"conditions": [rules]}).refusal(*EVENT) is None
    passed = [by_the_book(one) for one in rules["conditions"]]
    return {"all": all(passed), "any": any(passed), "none": not any(passed)}[rules["match"]]


@given(st.sampled_from(["all", "any", "none"]), st.lists(GROUPS, min_size=1, max_size=4))
def test_groups_of_groups(match, rules):
    made = compiled(group(match, *rules))
    words = made.refusal(*EVENT)
    assert (words is None) is by_the_book(group(match, *rules))
    assert words is None or 0 < len(words) <= MOST_WORDS
    assert explain(made, *EVENT).passed is (words is None)
