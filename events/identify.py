"""Operations on a user's or a group's properties: $set, $add, $append ... Pure: dictionaries in, dictionaries out."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any

from events.jsontext import dumps

Properties = dict[str, Any]

MAX_LIST = 10_000
NOTHING = object()


def apply(properties: Properties, operations: Mapping[str, Any]) -> Properties:
    """The properties after the operations, in the order the Amplitude servers use. Keys that are no operation are set.

    Returns the same object when nothing changes, and never alters what it was given. What makes no sense ($add of a
    text, a null value) leaves the property as it is.
    """
    if NAMES.isdisjoint(operations):
        return _set(properties, operations)
    plain = {key: value for key, value in operations.items() if key not in NAMES}
    for name, operate in IN_SERVER_ORDER.items():
        given = operations.get(name, NOTHING)
        if name == "$clearAll":
            properties = {} if properties and given is not NOTHING else properties
        elif isinstance(given, dict):
            properties = operate(properties, given)
        if name == "$set" and plain:
            properties = _set(properties, plain)
    return properties


def plain_properties(operations: Mapping[str, Any]) -> Properties:
    """What an object with operations says by itself, when no stored properties may be used."""
    return apply({}, operations)


def _set(properties: Properties, given: Mapping[str, Any]) -> Properties:
    changed = {
        key: value
        for key, value in given.items()
        if value is not None and not same(properties.get(key, NOTHING), value)
    }
    return {**properties, **changed} if changed else properties


def _set_once(properties: Properties, given: Mapping[str, Any]) -> Properties:
    return _set(properties, {key: value for key, value in given.items() if properties.get(key) is None})


def _unset(properties: Properties, given: Mapping[str, Any]) -> Properties:
    if given.keys().isdisjoint(properties):
        return properties
    return {key: value for key, value in properties.items() if key not in given}


def _add(properties: Properties, given: Mapping[str, Any]) -> Properties:
    sums = {}
    for key, value in given.items():
        present = properties.get(key)
        present = 0 if present is None else present
        if is_number(value) and is_number(present):
            total = _sum(present, value)
            if total is not None:
                sums[key] = total
    return _set(properties, sums)


def _sum(a: int | float, b: int | float) -> int | float | None:
    """None when the result is no number that JSON can carry."""
    try:
        total = a + b
        return total if isfinite(total) else None
    except OverflowError:  # an integer too large for a float
        return None


def _on_lists(combine: Callable[[list[Any], list[Any]], list[Any]], *, missing: bool = True) -> Callable[..., Any]:
    """An operation that makes a new list of the present one and the given one. `missing`: also where none is."""

    def operate(properties: Properties, given: Mapping[str, Any]) -> Properties:
        lists = {
            key: combine(_as_list(properties.get(key)), _as_list(value))[:MAX_LIST]
            for key, value in given.items()
            if value is not None and (missing or properties.get(key) is not None)
        }
        return _set(properties, lists)

    return operate


def _as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _not_in(present: list[Any], given: list[Any]) -> list[Any]:
    """The given values that are not in the list yet, each once."""
    seen = {dumps(value) for value in present}
    return [value for value in given if (mark := dumps(value)) not in seen and not seen.add(mark)]  # type: ignore[func-returns-value]


def _without(present: list[Any], given: list[Any]) -> list[Any]:
    marks = {dumps(value) for value in given}
    return [value for value in present if dumps(value) not in marks]


def same(a: Any, b: Any) -> bool:
    """Equal as JSON: 1 and true differ, as do 1 and 1.0."""
    if a is b:
        return True
    if type(a) is not type(b):
        return False
    return dumps(a) == dumps(b) if isinstance(a, (dict, list)) else a == b


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


IN_SERVER_ORDER: dict[str, Callable[[Properties, Mapping[str, Any]], Properties]] = {
    "$clearAll": lambda properties, given: {},
    "$unset": _unset,
    "$set": _set,
    "$setOnce": _set_once,
    "$add": _add,
    "$append": _on_lists(lambda present, given: present + given),
    "$prepend": _on_lists(lambda present, given: given + present),
    "$preInsert": _on_lists(lambda present, given: _not_in(present, given) + present),
    "$postInsert": _on_lists(lambda present, given: present + _not_in(present, given)),
    "$remove": _on_lists(_without, missing=False),
}
NAMES = frozenset(IN_SERVER_ORDER)
