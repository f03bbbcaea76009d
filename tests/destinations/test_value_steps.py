import hashlib

import pytest

from destinations.value_steps import MOST_STEPS, BadSteps, check_value_steps, compile_value_steps


def made(value, *steps):
    return compile_value_steps(check_value_steps(list(steps)))(value)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()


TRIM_LOWER = {"step": "sha256", "trim": True, "lower": True}
PLANS = {"step": "lookup", "table": {"p": "pro", 1: "one", "true": False}}
CASES = [
    ({"step": "lower"}, "ÄB", "äb"),
    ({"step": "lower"}, ["A", 5, None, ["B"]], ["a", 5, None, ["b"]]),
    ({"step": "lower"}, {"A": "B"}, {"A": "B"}),
    ({"step": "upper"}, "a", "A"),
    ({"step": "trim"}, " a b ", "a b"),
    ({"step": "cast", "to": "text"}, 5.0, "5"),
    ({"step": "cast", "to": "text"}, True, "true"),
    ({"step": "cast", "to": "text"}, [1, 2.5], ["1", "2.5"]),
    ({"step": "cast", "to": "text"}, {"a": 1}, '{"a":1}'),
    ({"step": "cast", "to": "number"}, " 49.90 ", 49.9),
    ({"step": "cast", "to": "number"}, "12345678901234567890", 12345678901234567890),
    ({"step": "cast", "to": "number"}, "12 €", None),
    ({"step": "cast", "to": "number"}, True, 1),
    ({"step": "cast", "to": "number"}, {"a": 1}, None),
    ({"step": "cast", "to": "integer"}, "12.9", 12),
    ({"step": "cast", "to": "integer"}, "x", None),
    ({"step": "cast", "to": "boolean"}, " Yes ", True),
    ({"step": "cast", "to": "boolean"}, "0", False),
    ({"step": "cast", "to": "boolean"}, 2, True),
    ({"step": "cast", "to": "boolean"}, "maybe", None),
    ({"step": "cast", "to": "json"}, [1, "a"], '[1,"a"]'),
    ({"step": "sha256"}, " A@b.c", digest(" A@b.c")),
    (TRIM_LOWER, " A@b.c", digest("a@b.c")),
    (TRIM_LOWER, ["A", " a"], [digest("a"), digest("a")]),
    (TRIM_LOWER, "  ", None),
    (TRIM_LOWER, 5, digest("5")),
    ({"step": "date", "format": "iso"}, "2026-01-15 09:30:00.123", "2026-01-15T09:30:00.123Z"),
    ({"step": "date", "format": "iso"}, "2026-01-15T09:30:00+02:00", "2026-01-15T07:30:00.000Z"),
    ({"step": "date", "format": "date"}, 1768469400, "2026-01-15"),
    ({"step": "date", "format": "unix"}, 1768469400123, 1768469400),
    ({"step": "date", "format": "unix_ms"}, "2026-01-15 09:30:00.123", 1768469400123),
    ({"step": "date", "format": "%d.%m.%Y"}, "2026-01-15", "15.01.2026"),
    ({"step": "date", "format": "iso"}, "yesterday", None),
    (PLANS, "p", "pro"),
    (PLANS, 1, "one"),
    (PLANS, True, False),
    (PLANS, "other", "other"),
    (PLANS, ["p", "q"], ["pro", "q"]),
    (PLANS | {"default": None}, "other", None),
    (PLANS | {"default": "free"}, "other", "free"),
    ({"step": "constant", "value": [1, {"a": None}]}, "x", [1, {"a": None}]),
    ({"step": "constant", "value": 5}, None, 5),
    ({"step": "default", "value": "none"}, None, "none"),
    ({"step": "default", "value": "none"}, "", "none"),
    ({"step": "default", "value": "none"}, 0, 0),
]


@pytest.mark.parametrize(("step", "value", "wanted"), CASES, ids=lambda one: str(one)[:40])
def test_what_each_step_makes(step, value, wanted):
    found = made(value, step)
    assert (found, type(found)) == (wanted, type(wanted))


@pytest.mark.parametrize("name", ["lower", "trim", "sha256"])
def test_nothing_stays_nothing(name):
    assert made(None, {"step": name}) is None


def test_steps_are_done_in_order():
    steps = [{"step": "trim"}, {"step": "lookup", "table": {"P": "Pro"}}, {"step": "lower"}]
    assert made(" P ", *steps) == "pro"
    assert made("x") == "x"


BAD = [
    ("lower", (), "Write a list of steps"),
    ([{"step": "lower"}] * (MOST_STEPS + 1), (), "101 steps"),
    ([{}], (0, "step"), "The step is missing. Known: lower,"),
    ([{"step": "lower"}, {"step": "hash"}], (1, "step"), "“hash” is no step. Known: lower,"),
    ([{"step": ["lower"]}], (0, "step"), "is no step"),
    ([{"step": "lower", "trim": True}], (0, "trim"), "“lower” takes no “trim”."),
    ([{"step": "cast"}], (0, "to"), "“cast” needs “to”."),
    ([{"step": "cast", "to": "float"}], (0, "to"), "“float” is not one of text, number"),
    ([{"step": "cast", "to": ["text"]}], (0, "to"), "is not one of"),
    ([{"step": "sha256", "trim": "yes"}], (0, "trim"), "Write true or false."),
    ([{"step": "date", "format": "dd.MM.yyyy"}], (0, "format"), "Write one of iso, date, unix, unix_ms, or how"),
    ([{"step": "date", "format": 5}], (0, "format"), "Write one of iso"),
    ([{"step": "lookup", "table": {}}], (0, "table"), "Write {value: new value"),
    ([{"step": "lookup", "table": {"a": [1]}}], (0, "table"), "New values are texts, numbers"),
    ([{"step": "lookup", "table": {"a": "b" * 1025}}], (0, "table"), "more than 1,024 characters"),
    ([{"step": "lookup", "table": {str(n): n for n in range(1001)}}], (0, "table"), "1,001 values"),
    ([{"step": "constant", "value": float("inf")}], (0, "value"), "finite"),
    ([{"step": "constant", "value": {1, 2}}], (0, "value"), "Write a text, a number"),
    ([{"step": "constant", "value": "a" * 10_001}], (0, "value"), "10,003 characters"),
    ([{"step": "default"}], (0, "value"), "“default” needs “value”."),
]


@pytest.mark.parametrize(("given", "place", "words"), BAD, ids=lambda one: str(one)[:40])
def test_what_is_refused_and_where(given, place, words):
    with pytest.raises(BadSteps) as caught:
        check_value_steps(given)
    ((found, message),) = caught.value.problems
    assert found == place
    assert words in message
