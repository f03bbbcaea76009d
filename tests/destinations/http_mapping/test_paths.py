"""Where mappings take values from and where they put them, as tables."""

import pytest

from destinations.http_mapping.paths import MISSING, BadMapping, Source, Target

MESSAGE = {
    "type": "track",
    "userId": "u 1/2",
    "properties": {"price": 12.5, "none": None, "items": [{"sku": "a"}, {"sku": "b", "n": 3}], "odd-name": True},
}


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("$.userId", "u 1/2"),
        ("$.properties.price", 12.5),
        ("$.properties['odd-name']", True),
        ("$.properties.items[*].sku", ["a", "b"]),
        ("$..n", 3),
        ("$.properties.items[?@.n == 3].sku", "b"),
        ("$.properties.none", None),
        ("$.properties.absent", MISSING),
        ("$.properties.items", [{"sku": "a"}, {"sku": "b", "n": 3}]),
        ("$", MESSAGE),
        ("5", "5"),
        ("true", "true"),
        ('"quoted"', "quoted"),
        ("'quoted'", "quoted"),
        ("it's", "it's"),
        ("", ""),
    ],
)
def test_a_path_or_a_constant(source, value):
    assert Source(source).value(MESSAGE) == value


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("$.a[", "is no JSONPath"),
        ("costs $5", "is no JSONPath"),
        ("$..a..b", "one “..”"),
        ("$[?match(@.a, '(a+)+b')]", "is no JSONPath"),
        ("$[?search(@.a, 'b')]", "is no JSONPath"),
        ("$." + "a" * 500, "500 characters"),
    ],
)
def test_what_is_no_source(source, words):
    with pytest.raises(BadMapping, match="Error in custom mappings: ") as told:
        Source(source)
    assert words in str(told.value)


@pytest.mark.parametrize(
    ("puts", "body"),
    [
        ([("$.a", 1)], {"a": 1}),
        ([("$.a.b", 1), ("$.a.c", 2)], {"a": {"b": 1, "c": 2}}),
        ([("$.list[1].x", 1), ("$.list[0]", "first")], {"list": ["first", {"x": 1}]}),
        ([("$['odd name']", 1)], {"odd name": 1}),
        ([("$.a", 1), ("$.a.b", 2)], {"a": {"b": 2}}),
        ([("$.a[0]", 1), ("$.a.b", 2)], {"a": {"b": 2}}),
        ([("$.a", 1), ("$.a", 2)], {"a": 2}),
    ],
)
def test_a_place_in_the_body(puts, body):
    made = {}
    for path, value in puts:
        Target(path).put(made, value)
    assert made == body


@pytest.mark.parametrize("path", ["a.b", "$", "$.a[*]", "$..a", "$[0]", "$.a[-1]", "$.a[101]", "$.a[?@.b]", "$.a["])
def test_what_is_no_place(path):
    with pytest.raises(BadMapping, match="Error in custom mappings: "):
        Target(path)
