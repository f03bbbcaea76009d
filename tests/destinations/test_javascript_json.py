"""JSON as JavaScript writes it: our writer against a real Node.js."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from destinations.javascript_json import stringify
from tests.node import needs_node, started

INTEGER_LIKE = st.integers(-2, 2**32 + 2).map(str) | st.sampled_from(["007", "4294967294", "4294967295", "-0", "1.0"])
KEYS = st.text(max_size=5) | INTEGER_LIKE | st.sampled_from(["__proto__", "constructor", "toJSON", "length"])
TEXTS = st.text(st.characters(codec=None) | st.sampled_from('\ud83d\ude00\u2028\x7f\x00"\\/\b\f'), max_size=20)
NUMBERS = (
    st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-1e25, 1e25)
    | st.floats(-1e-4, 1e-4)
    | st.builds(lambda digits, power: float(f"{digits}e{power}"), st.integers(-9999, 9999), st.integers(-330, 300))
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS | TEXTS, inner, max_size=6),
    max_leaves=20,
)


@pytest.fixture(scope="module")
def node():
    with started("stringify.js") as lines:
        yield lines


@needs_node
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(values=st.lists(VALUES, min_size=10, max_size=25))
def test_the_same_as_node(node, values):
    wanted = node.ask(json.dumps(value).encode() for value in values)
    assert [stringify(value).encode() for value in values] == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (-0.0, "0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e-05, "0.00001"),
        (1e-06, "0.000001"),
        (1e-07, "1e-7"),
        (1.5e-07, "1.5e-7"),
        (1e16, "10000000000000000"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (-1.25e22, "-1.25e+22"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (2**53, "9007199254740992"),
        (2**53 + 1, '"9007199254740993"'),
        (-(2**64), '"-18446744073709551616"'),
        (float("nan"), "null"),
        (float("-inf"), "null"),
        ({"b": 1, "10": 2, "a": 3, "9": 4, "01": 5}, '{"9":4,"10":2,"b":1,"a":3,"01":5}'),
        ({"x": {"2": [], "1": {}}}, '{"x":{"1":{},"2":[]}}'),
        ("Zürich ✓ 🚀 </script> /", '"Zürich ✓ 🚀 </script> /"'),
        ('\x00\x1f\x7f\u2028\t\r\n\b\f"\\', '"\\u0000\\u001f\x7f\u2028\\t\\r\\n\\b\\f\\"\\\\"'),
        ("\ud83d", '"\\ud83d"'),
        ("\ud83d\ude00", '"😀"'),
        ({"\udfff": None}, '{"\\udfff":null}'),
        ([True, False, None, [], {}], "[true,false,null,[],{}]"),
    ],
)
def test_by_name(value, text):
    assert stringify(value) == text
