import pytest

from events.identify import MAX_LIST, apply

BIG = 10**30

CASES = [
    # what is stored, the operations, what is stored then
    ("a plain object is set", {"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
    ("set replaces", {"a": 1}, {"$set": {"a": [1, 2]}}, {"a": [1, 2]}),
    ("set keeps true and 1 apart", {"a": True}, {"$set": {"a": 1}}, {"a": 1}),
    ("null is ignored", {"a": 1}, {"$set": {"a": None, "b": None}}, {"a": 1}),
    ("a null in a plain object too", {"a": 1}, {"a": None}, {"a": 1}),
    ("setOnce only where nothing is", {"a": 1}, {"$setOnce": {"a": 2, "b": 2}}, {"a": 1, "b": 2}),
    ("setOnce keeps an empty text and 0", {"a": "", "b": 0}, {"$setOnce": {"a": 2, "b": 2}}, {"a": "", "b": 0}),
    ("add", {"a": 1}, {"$add": {"a": 2.5}}, {"a": 3.5}),
    ("add to nothing starts at 0", {}, {"$add": {"a": -2}}, {"a": -2}),
    ("add to a text leaves it", {"a": "x"}, {"$add": {"a": 1}}, {"a": "x"}),
    ("add of a text leaves it", {"a": 1}, {"$add": {"a": "1", "b": True}}, {"a": 1}),
    ("add keeps big numbers exact", {"a": BIG}, {"$add": {"a": 1}}, {"a": BIG + 1}),
    ("add past infinity leaves it", {"a": 1.7e308}, {"$add": {"a": 1.7e308}}, {"a": 1.7e308}),
    ("add of a huge integer and a float", {"a": 10**309}, {"$add": {"a": 0.5}}, {"a": 10**309}),
    ("append", {"a": [1]}, {"$append": {"a": 2}}, {"a": [1, 2]}),
    ("append a list, element by element", {"a": [1]}, {"$append": {"a": [2, 3]}}, {"a": [1, 2, 3]}),
    ("append to nothing", {}, {"$append": {"a": "x"}}, {"a": ["x"]}),
    ("append to a single value", {"a": "x"}, {"$append": {"a": "y"}}, {"a": ["x", "y"]}),
    ("append keeps doubles", {"a": [1]}, {"$append": {"a": [1, 1]}}, {"a": [1, 1, 1]}),
    ("prepend keeps the given order", {"a": [3]}, {"$prepend": {"a": [1, 2]}}, {"a": [1, 2, 3]}),
    ("preInsert only what is missing", {"a": [2, 3]}, {"$preInsert": {"a": [1, 2, 1]}}, {"a": [1, 2, 3]}),
    ("postInsert only what is missing", {"a": [1]}, {"$postInsert": {"a": [1, 2, 2]}}, {"a": [1, 2]}),
    ("postInsert keeps true and 1 apart", {"a": [1]}, {"$postInsert": {"a": True}}, {"a": [1, True]}),
    (
        "postInsert of objects",
        {"a": [{"x": 1}]},
        {"$postInsert": {"a": [{"x": 1}, {"x": 2}]}},
        {"a": [{"x": 1}, {"x": 2}]},
    ),
    ("remove every copy", {"a": [1, 2, 1, 3]}, {"$remove": {"a": [1, 3]}}, {"a": [2]}),
    ("remove from nothing", {}, {"$remove": {"a": 1}}, {}),
    ("unset", {"a": 1, "b": 2}, {"$unset": {"a": "-", "c": "-"}}, {"b": 2}),
    ("clearAll", {"a": 1, "b": 2}, {"$clearAll": "-"}, {}),
    ("clearAll comes first", {"a": 1}, {"$set": {"b": 2}, "$clearAll": "-"}, {"b": 2}),
    (
        "the servers' order, whatever the sender's",
        {"a": 1, "gone": 1},
        {"$remove": {"l": 1}, "$append": {"l": [1, 2]}, "$add": {"a": 1}, "$set": {"a": 5}, "$unset": {"gone": "-"}},
        {"a": 6, "l": [2]},
    ),
    ("plain keys among operations are set", {}, {"$add": {"a": 1}, "a": 10, "b": 2}, {"a": 11, "b": 2}),
    ("an unknown $ key is a property", {}, {"$price": 5}, {"$price": 5}),
    ("operands of the wrong type are ignored", {"a": 1}, {"$set": 5, "$add": [1], "$unset": "a"}, {"a": 1}),
]


@pytest.mark.parametrize(("name", "before", "operations", "after"), CASES, ids=[case[0] for case in CASES])
def test_operations(name, before, operations, after):
    original = repr((before, operations))
    result = apply(before, operations)
    assert repr(result) == repr(after), name
    assert repr((before, operations)) == original, "what was given must stay as it was"


@pytest.mark.parametrize(
    "operations",
    [
        {"$set": {"a": 1}},
        {"a": 1, "l": [1, {"x": 2}]},
        {"$setOnce": {"a": 5}},
        {"$add": {"a": 0}},
        {"$postInsert": {"l": 1}},
        {"$remove": {"l": 9}},
        {"$unset": {"z": "-"}},
    ],
)
def test_the_same_object_comes_back_when_nothing_changes(operations):
    before = {"a": 1, "l": [1, {"x": 2}]}
    assert apply(before, operations) is before


def test_lists_stop_growing():
    full = {"a": list(range(MAX_LIST))}
    assert apply(full, {"$append": {"a": "more"}}) is full
    assert len(apply(full, {"$prepend": {"a": ["more", "yet"]}})["a"]) == MAX_LIST
