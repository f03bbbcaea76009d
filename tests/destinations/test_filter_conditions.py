"""Every operator against values of every kind, and what it says where one fails."""

import time

import pytest

from destinations.conditions import MOST_WORDS, OPERATORS
from destinations.filter_patterns import MOST_SUBJECT
from destinations.filter_rules import check_filter
from destinations.filters import compile_filter

NONE, EMPTY, NO_ELEMENTS = None, "", []


def refusal(operator, value, seen, path="event_properties.x"):
    rule = {"property": path, "operator": operator, "value": value}
    stem, dot, name = path.partition(".")
    data = {stem: {name: seen}} if dot else {path: seen}
    return compile_filter(check_filter({"conditions": [rule]})).refusal("event.track", "Order Placed", data)


# operator, the rule's value, values that pass, values that do not
TABLE = [
    ("is", "pro", ["pro", ["free", "pro"]], ["Pro", "pro ", "free", 1, True, NONE, EMPTY, NO_ELEMENTS, {"pro": 1}]),
    ("is", 50, [50, 50.0, "50", [1, 50]], [51, "50.0", "fifty", True, NONE, EMPTY]),
    ("is", 49.9, [49.9, "49.9"], [49, "49,9", NONE]),
    ("is", 1, [1, "1"], [True, "true", 0]),
    ("is", True, [True, "true", "True", [False, True]], [False, "yes", 1, NONE, EMPTY]),
    ("is", False, [False, "FALSE"], [True, 0, NONE, EMPTY]),
    ("is", "007", ["007"], [7, "7"]),
    ("is", "", [""], [NONE, NO_ELEMENTS, " ", 0, False]),
    ("is", "2026-01-15T09:30:00Z", ["2026-01-15 09:30:00.000", "2026-01-15T10:30:00+01:00"], ["2026-01-15", NONE]),
    ("is", "2026-01-15", ["2026-01-15", "2026-01-15 23:59:59.999"], ["2026-01-16 00:00:00.000", "15 January", NONE]),
    ("is", 12345678901234567890, [12345678901234567890, "12345678901234567890"], [12345678901234567891]),
    ("is not", "pro", ["free", "Pro", 1, NONE, EMPTY, NO_ELEMENTS, ["x", "y"], {}], ["pro", ["free", "pro"]]),
    ("is not", 50, [51, "abc", NONE], [50, "50", 50.0, [50]]),
    ("is not", True, [False, NONE, "no"], [True, "true"]),
    ("contains", "ro", ["pro", "rock", ["x", "pro"]], ["PRO", "", NONE, NO_ELEMENTS, {"ro": 1}, 12]),
    ("contains", 12, [3123, "a12", 0.125], [3, "1 2", NONE]),
    ("contains", "ru", [True, "true"], [False]),
    ("contains", "[1", [], [[1, 2], {"a": [1]}]),
    ("does not contain", "ro", ["x", NONE, EMPTY, NO_ELEMENTS, ["x"], {"ro": 1}], ["pro", ["x", "pro"]]),
    ("starts with", "Ord", ["Order", "Ord", ["x", "Order"]], ["order", "Or", NONE, 5]),
    ("ends with", "er", ["Order", ["x", "er"]], ["ER", NONE]),
    ("ends with", 5, [15, "x5", 2.5], [51, NONE]),
    ("matches", r"^[a-z]+@example\.com$", ["a@example.com", ["x", "a@example.com"]], ["A@example.com", "", NONE, 5]),
    ("matches", "b", ["abc"], ["aBc"]),
    ("matches", "(?i)B", ["abc"], ["ac"]),
    ("matches", r"^\d+\.5$", [2.5, "2.5"], [2, NONE]),
    ("greater than", 50, [50.1, 51, "120", [1, 60]], [50, "50", 9, "abc", EMPTY, True, NONE, NO_ELEMENTS, {"a": 60}]),
    ("at least", 50, [50, "50", 51], [49.99, NONE, "nan", "inf"]),
    ("less than", 50, [49, "9", -1, 0], [50, "abc", NONE, False]),
    ("at most", 50, [50, "5e1", 0], [50.01, NONE]),
    ("between", [10, 20], [10, 15.5, "20", [1, 11]], [9.99, 21, "abc", NONE, [1, 30]]),
    ("greater than", "2026-01-15", ["2026-01-16 00:00:00.000", "2026-01-16"], ["2026-01-15 23:59:59.999", 20260116]),
    ("at least", "2026-01-15", ["2026-01-15", "2026-01-15T00:00:00Z"], ["2026-01-14 23:59:59.999", "soon"]),
    ("less than", "2026-01-15", ["2026-01-14 23:59:59.999"], ["2026-01-15", "2026-01-15T00:00:00Z"]),
    ("less than", "2026-01-15T00:00:00Z", ["2026-01-15T00:30:00+01:00"], ["2026-01-14T23:30:00-01:00"]),
    ("at most", "2026-01-15", ["2026-01-15 23:59:59.999999"], ["2026-01-16"]),
    ("between", ["2026-01-01", "2026-01-31"], ["2026-01-01", "2026-01-31 18:00:00.000"], ["2026-02-01", "2025-12-31"]),
    ("at least", "B", ["B", "Ba", "C"], ["A", "", NONE, True]),
    ("at least", "v2.9", ["v2.9", "v2.10", "v3"], ["v2.8.9", "2.10"]),
    ("is set", NONE, ["x", 0, False, EMPTY, ["x"], {"a": 1}], [NONE, NO_ELEMENTS, {}]),
    ("is not set", NONE, [NONE, NO_ELEMENTS, {}], ["x", 0, False, EMPTY, ["x"], {"a": 1}]),
    ("in list", ["pro", "team", 5, True], ["pro", 5, "5", 5.0, True, "TRUE", ["x", "team"]], ["free", 1, False, NONE]),
    ("in list", ["2026-01-15", "never"], ["2026-01-15 08:00:00.000", "never"], ["2026-01-16", NONE]),
    ("not in list", ["pro", 5], ["free", NONE, EMPTY, NO_ELEMENTS, ["x"], True], ["pro", 5, "5", ["x", "pro"]]),
]  # fmt: skip


def test_the_table_knows_every_operator():
    assert {operator for operator, *_ in TABLE} == set(OPERATORS)


CASES = [(o, v, seen, True) for o, v, good, _ in TABLE for seen in good]
CASES += [(o, v, seen, False) for o, v, _, bad in TABLE for seen in bad]


@pytest.mark.parametrize(("operator", "value", "seen", "passes"), CASES)
def test_operator(operator, value, seen, passes):
    assert (refusal(operator, value, seen) is None) is passes


@pytest.mark.parametrize(("operator", "value", "seen", "passes"), CASES)
def test_a_refusal_is_a_short_sentence(operator, value, seen, passes):
    words = refusal(operator, value, seen)
    assert words is None or (
        words.startswith("x is ") and len(words) <= MOST_WORDS and "{" not in words.replace('{"', "")
    )


@pytest.mark.parametrize(
    ("operator", "value", "seen", "words"),
    [
        ("in list", ["pro", "team"], "free", "x is “free”, not one of pro, team"),
        ("in list", list("abcdefg"), "z", "x is “z”, not one of a, b, c, d, e and 2 more"),
        ("not in list", ["pro", "team"], "pro", "x is “pro”, and must not be one of pro, team"),
        ("is", "pro", "free", "x is “free”, not pro"),
        ("is", "", "free", "x is “free”, not “”"),
        ("is", True, False, "x is false, not true"),
        ("is", "pro", None, "x is not set, so not pro"),
        ("is not", "pro", "pro", "x is “pro”, and must not be pro"),
        ("contains", "a", "b", "x is “b”, not containing “a”"),
        ("does not contain", "a", ["ab"], 'x is ["ab"], and must not contain “a”'),
        ("starts with", "a", "b", "x is “b”, not starting with “a”"),
        ("ends with", "a", "b", "x is “b”, not ending with “a”"),
        ("matches", "^a", "b", "x is “b”, not matching “^a”"),
        ("greater than", 50, 49.9, "x is 49.9, not greater than 50"),
        ("at least", 50, "abc", "x is “abc”, not at least 50"),
        ("less than", 50, 50.0, "x is 50, not less than 50"),
        ("at most", 50, 51, "x is 51, not at most 50"),
        ("between", [1, 2], 3, "x is 3, not between 1 and 2"),
        ("is set", None, None, "x is not set"),
        ("is not set", None, "", "x is “”, and must not be set"),
    ],
)
def test_words(operator, value, seen, words):
    assert refusal(operator, value, seen) == words


def test_long_values_are_cut():
    words = refusal("in list", ["y" * 1_000] * 1 + [f"{n}" + "z" * 900 for n in range(9)], "x" * 30_000)
    assert len(words) <= MOST_WORDS
    assert "x" * 59 + "…”" in words


@pytest.mark.parametrize(
    ("operator", "value", "seen", "passes"),
    [
        ("at least", "2.9", "2.10.1", True),
        ("at least", 2.9, "2.10", True),
        ("at least", "2.10", "2.9.9", False),
        ("less than", "3", "2.99", True),
        ("between", ["2.9", "2.10"], "2.9.5", True),
        ("between", ["2.9", "2.10"], "2.11", False),
        ("greater than", "10", "9", False),
        ("at least", "2.9", None, False),
    ],
)
@pytest.mark.parametrize("path", ["version_name", "start_version", "os_version"])
def test_versions_compare_part_by_part(path, operator, value, seen, passes):
    assert (refusal(operator, value, seen, path) is None) is passes


@pytest.mark.parametrize("pattern", [r"(.*a){25}$", r"^(.*?,){40}P"])
def test_a_costly_expression_is_given_up_and_the_event_not_sent(pattern):
    began = time.process_time()
    words = refusal("matches", pattern, "xa," * 3_000)
    assert time.process_time() - began < 1
    assert words == "x cannot be compared: the regular expression takes too long on this text"


@pytest.mark.parametrize("match", ["all", "any", "none"])
def test_what_cannot_be_decided_is_not_sent_in_any_group(match):
    long = {"property": "event_properties.x", "operator": "matches", "value": "y"}
    compiled = compile_filter(check_filter({"match": match, "conditions": [long]}))
    words = compiled.refusal("event.track", "A", {"event_properties": {"x": "x" * (MOST_SUBJECT + 1)}})
    assert "more than 10,000 characters" in words
