import pytest

from destinations.filter_rows import Row, row_of, rule_of

# What stands in a row for the property "city" -> the rule's value.
ROWS = {
    "a text": (("is", " Berlin "), "Berlin"),
    "a number, read later": (("at least", "50"), "50"),
    "blanks in a part of a text": (("contains", " am "), " am "),
    "lines of a text": (("contains", "a\r\nb"), "a\nb"),
    "a list": (("in list", "a\r\n\r\n b "), ["a", "b"]),
    "an empty list": (("in list",), []),
    "two bounds": (("between", "1", "5"), ["1", "5"]),
    "one bound": (("between", "1"), ["1", None]),
    "no value": (("is",), None),
    "no operator of ours": (("like", "B"), "B"),
}


@pytest.mark.parametrize("name", ROWS)
def test_the_rule_that_a_row_means(name):
    (operator, *texts), value = ROWS[name]
    assert rule_of(Row(" city ", operator, *texts)) == {"property": "city", "operator": operator, "value": value}


def test_a_value_that_is_not_taken_is_left_out():
    assert rule_of(Row("city", "is set", "left over")) == {"property": "city", "operator": "is set"}


STORED = {
    "a number": ("at least", 50, ("50", "")),
    "a fraction": ("is", 0.5, ("0.5", "")),
    "true": ("is", True, ("true", "")),
    "a text": ("is", "pro", ("pro", "")),
    "a list of kinds": ("in list", ["a", 1, True], ("a\n1\ntrue", "")),
    "two bounds": ("between", ["2026-01-01", "2026-02-01"], ("2026-01-01", "2026-02-01")),
    "a part with a blank": ("contains", "a ", ("a ", "")),
}


@pytest.mark.parametrize("name", STORED)
def test_a_stored_rule_as_a_row_and_back(name):
    operator, value, (text, upper) = STORED[name]
    assert row_of({"property": "city", "operator": operator, "value": value}) == Row("city", operator, text, upper)


UNFIT = {
    "a text with a blank at its end": {"property": "city", "operator": "is", "value": "Berlin "},
    "a list with an empty text": {"property": "city", "operator": "in list", "value": ["", "a"]},
    "a list with lines": {"property": "city", "operator": "in list", "value": ["a\nb"]},
    "a property with a blank at its end": {"property": "data.city ", "operator": "is set"},
    "a group": {"match": "any", "conditions": [{"property": "city", "operator": "is set"}]},
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_a_row_cannot_hold_unchanged(name):
    assert row_of(UNFIT[name]) is None


def test_blank_rows():
    assert Row().is_blank
    assert Row("", "is set", " ").is_blank
    assert not Row(value="x").is_blank
