"""Row by row what a nested value becomes in a query."""

import pytest

from destinations.messages.flattening import flattened
from destinations.messages.query import query_of, with_query

ROWS = [
    ({"a": {"b": 1}}, [("a.b", "1")]),
    ({"arr": [1, {"x": 2}, [3]]}, [("arr[0]", "1"), ("arr[1].x", "2"), ("arr[2][0]", "3")]),
    ({"a.b": {"c.d": 1}}, [("a.b.c.d", "1")]),
    ({"o": {}, "l": [], "deep": {"o": {}}}, [("o", "{}"), ("l", "[]"), ("deep.o", "{}")]),
    ({}, []),
    ({"n": None, "t": True, "f": False}, [("n", ""), ("t", "true"), ("f", "false")]),
    ({"z": 0, "e": ""}, [("z", "0"), ("e", "")]),
    (None, [("", "")]),
    ([1, {"b": 2}], [("[0]", "1"), ("[1].b", "2")]),
    ("plain", [("", "plain")]),
    (7, [("", "7")]),
    ([1, 1.5, 999999, 1000000], [("[0]", "1"), ("[1]", "1.5"), ("[2]", "999999"), ("[3]", "1000000")]),
    ([20999999, 123456789, 0.00001], [("[0]", "20999999"), ("[1]", "123456789"), ("[2]", "0.00001")]),
    ({"big": 123456789012345678901}, [("big", "123456789012345678901")]),
    ({"text": "ä b&c=d"}, [("text", "ä b&c=d")]),
]  # fmt: skip


@pytest.mark.parametrize(("value", "pairs"), ROWS)
def test_it_becomes(value, pairs):
    assert flattened(value) == pairs


OBJECTS = [
    ({"type": "identify", "traits": {"a": 1}, "context": {"traits": {"b": 2}}}, [("a", "1")]),
    ({"type": "identify", "context": {"traits": {"b": 2}}}, [("b", "2")]),
    ({"type": "identify", "traits": None, "context": {"traits": {"b": 2}}}, [("b", "2")]),
    ({"type": "identify", "traits": {}, "context": {"traits": {"b": 2}}}, []),
    ({"type": "identify"}, [("", "")]),
    ({"type": "identify", "context": "web"}, [("", "")]),
    ({"type": "Identify", "traits": {"a": 1}, "properties": {"p": 1}}, [("p", "1")]),
    *(
        ({"type": kind, "properties": {"p": {"q": 1}}}, [("p.q", "1")])
        for kind in ("track", "page", "screen", "group", "alias")
    ),
    ({"properties": {"p": 1}}, [("p", "1")]),
    ({"type": "group", "traits": {"a": 1}}, []),
    ({"type": "alias", "previousId": "x", "userId": "u"}, []),
    ({"type": "track", "properties": None}, [("", "")]),
    ({"type": "track", "properties": [1]}, [("[0]", "1")]),
]  # fmt: skip


@pytest.mark.parametrize(("message", "pairs"), OBJECTS)
def test_which_object_is_sent(message, pairs):
    assert query_of(message) == pairs


@pytest.mark.parametrize(
    ("url", "pairs", "whole"),
    [
        ("https://a.example/x", [], "https://a.example/x"),
        ("https://a.example/x", [("b", "2"), ("a", "1")], "https://a.example/x?a=1&b=2"),
        ("https://a.example/x?key=k&b=0", [("b", "2"), ("a", "1")], "https://a.example/x?a=1&b=0&b=2&key=k"),
        ("https://a.example/x", [("arr[0].n", "two words")], "https://a.example/x?arr%5B0%5D.n=two+words"),
        ("https://a.example/x?empty=", [], "https://a.example/x?empty="),
        ("https://a.example/x", [("", "")], "https://a.example/x?="),
        ("https://a.example/x", [("ä", "~._-&=é")], "https://a.example/x?%C3%A4=~._-%26%3D%C3%A9"),
    ],
)
def test_how_it_stands_in_the_url(url, pairs, whole):
    assert with_query(url, pairs) == whole
