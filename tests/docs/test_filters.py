"""What the page about filters says is what the code does."""

import re
from pathlib import Path

import pytest
import yaml

from destinations import event_paths, filter_patterns, filter_rules
from destinations.conditions import OPERATORS
from destinations.filter_rules import check_filter
from destinations.filters import compile_filter
from events.shape import OBJECTS

PAGE = (Path(__file__).parents[2] / "docs" / "filters.md").read_text()
VALUES = {"nothing": None, "any": "x", "text": "x", "order": 5, "pattern": "x", "list": ["x"], "pair": [1, 2]}
WORDS = {"passes": True, "refused": False}


def rows(table):
    text = PAGE.partition(f"<!-- {table} -->\n")[2].partition(f"<!-- /{table} -->")[0]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in text.splitlines()]


def passes(operator, value, properties):
    rule = {"property": "event_properties.x", "operator": operator, "value": value}
    compiled = compile_filter(check_filter({"conditions": [rule]}))
    return compiled.refusal("event.track", "A", {"event_properties": properties}) is None


def test_every_operator_and_its_symbol_are_listed():
    assert [row[:2] for row in rows("operators")] == [[one.name, one.symbol] for one in OPERATORS.values()]


@pytest.mark.parametrize("row", rows("missing"), ids=lambda row: row[0])
def test_what_is_said_of_missing_values(row):
    operator, no_value, empty = row
    value = VALUES[OPERATORS[operator].takes]
    for missing in ({}, {"x": None}, {"x": []}, {"x": {}}):
        assert passes(operator, value, missing) is WORDS[no_value]
    said, *but = re.split(", (?:unless|if) ", empty)
    exception = {
        "is": "", "is not": "", "in list": [""], "not in list": [""], "matches": "^$", "less than": "A", "at most": "A",
    }  # fmt: skip
    assert bool(but) is (operator in exception)
    if operator == "matches":  # said as "passes, if"
        assert (passes(operator, value, {"x": ""}), passes(operator, exception[operator], {"x": ""})) == (False, True)
        return
    assert passes(operator, value, {"x": ""}) is WORDS[said]
    if but:
        assert passes(operator, exception[operator], {"x": ""}) is not WORDS[said]


def test_every_operator_has_its_missing_values():
    assert [row[0] for row in rows("missing")] == list(OPERATORS)


def test_the_example_is_a_filter():
    example = yaml.safe_load(re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1])
    assert check_filter(example["filter"]) == example["filter"]


def test_every_place_of_properties_is_named():
    table = PAGE.partition("| written | is |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)\.", table)) == set(event_paths.HOLDERS) >= set(OBJECTS)


def test_every_topic_is_named():
    assert re.findall(r"`((?:event|experiment|cohort|annotation|monitor)\.\w+)`", PAGE) == list(filter_rules.TOPICS)


def test_numbers_in_the_text():
    numbers = [int(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", PAGE.partition("## Limits")[2])]
    assert numbers == [
        filter_rules.MOST_LEVELS,
        filter_rules.MOST_CONDITIONS,
        filter_rules.MOST_PATTERNS,
        filter_patterns.MOST_CHARACTERS,
        filter_rules.MOST_LISTED,
        filter_rules.MOST_LISTED,
        filter_rules.MOST_CHARACTERS,
    ]
    assert (filter_patterns.SECONDS, filter_patterns.MOST_SUBJECT) == (0.01, 10_000)
    assert "10 ms of processor time" in PAGE
    assert "more than 10,000 characters" in PAGE
