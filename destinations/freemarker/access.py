"""Reading a part of a value: `h.key`, `h["key"]`, `xs[0]`, `text[1..3]`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from destinations.freemarker.faults import Fault
from destinations.freemarker.number_values import whole_argument
from destinations.freemarker.run import Run, missing, wrong_type
from destinations.freemarker.text import character_at, cut_by_range
from destinations.freemarker.value_errors import BadValue
from destinations.freemarker.values import (
    ENDLESS,
    Blank,
    Found,
    Helper,
    Lazy,
    Matches,
    Method,
    Once,
    Range,
    Value,
    as_number,
    described,
)

_SEQUENCES = (list, tuple, Range, Lazy, Matches)


def dot(value: Value, key: str, at: int) -> Value:
    """`value.key`; None when the hash has no such key. `at` is the site of `value`."""
    if type(value) is dict:
        return value.get(key)
    if isinstance(value, dict):
        return value.get(key)
    if isinstance(value, Helper):
        return value.methods.get(key)
    if key == "iterator" and isinstance(value, _SEQUENCES):
        return Method("iterator", lambda: Once(_items_of(value)), 0, 0)
    if isinstance(value, Blank):
        return None
    if value is None:
        raise missing(at)
    raise wrong_type(value, "a hash", at, _dot_tip(value, key))


def soft_dot(value: Value, key: str, at: int) -> Value:
    """`dot` where a missing value may be: `(a.b.c)!`."""
    return None if value is None else dot(value, key, at)


def index(run: Run, value: Value, key: Value, at: int, key_at: int) -> Value:
    """`value[key]`; None when there is nothing there. `at` and `key_at` are the sites of the two."""
    kind = type(key)
    if kind is str:
        if type(value) is dict:
            return value.get(key)
        return _by_text(value, key, at)
    if kind is int:
        if type(value) is list:
            return value[key] if 0 <= key < len(value) else None
        return _by_number(run, value, key, at)
    if value is None:
        raise missing(at)
    if isinstance(key, Range):
        return _slice(run, value, key, at, key_at)
    if isinstance(key, str):
        return _by_text(value, str.__str__(key), at)
    number = as_number(key)
    if number is not None:
        return index(run, value, whole_argument(number), at, key_at)
    if isinstance(key, Blank):
        return _by_text(value, "", at)
    raise wrong_type(key, "a number, range or string", key_at)


def soft_index(run: Run, value: Value, key: Value, at: int, key_at: int) -> Value:
    """`index` where a missing value or key may be."""
    return None if value is None or key is None else index(run, value, key, at, key_at)


def _by_text(value: Value, key: str, at: int) -> Value:
    if isinstance(value, dict | Helper | Blank) or value is None:
        return dot(value, key, at)
    if isinstance(value, _SEQUENCES):
        raise wrong_type(value, "a hash", at, "a sequence is read by number: xs[0]")
    raise wrong_type(value, "a hash", at)


def _by_number(run: Run, value: Value, position: int, at: int) -> Value:
    if isinstance(value, list | tuple):
        return value[position] if 0 <= position < len(value) else None
    if isinstance(value, Range):
        return value.at(position)
    if isinstance(value, Lazy):
        return next(islice(run.charged(value.walk()), position, None), None) if position >= 0 else None
    if isinstance(value, Matches):
        return value.items[position] if 0 <= position < len(value.items) else None
    if isinstance(value, dict | Helper):
        raise wrong_type(value, "a sequence or string", at, 'a hash is read by text: h["key"] or h[number?c]')
    if isinstance(value, Blank):
        return None
    if value is None:
        raise missing(at)
    if isinstance(value, Found):
        value = value.text
    return character_at(_text_of(run, value, at), position)


def _text_of(run: Run, value: Value, at: int) -> str:
    if isinstance(value, bool):
        raise wrong_type(value, "a sequence or string", at)
    return run.text(value, at)


def _slice(run: Run, value: Value, range_: Range, at: int, range_at: int) -> Value:
    try:
        return _sliced(run, value, range_, at)
    except BadValue as error:  # the range is to blame
        raise Fault(error.kind, str(error), range_at) from None


def _sliced(run: Run, value: Value, range_: Range, at: int) -> Value:
    size = None if range_.size == ENDLESS else range_.size
    if isinstance(value, dict | Helper):
        raise wrong_type(value, "a sequence or string", at)
    if isinstance(value, Blank):
        value = []
    if not isinstance(value, _SEQUENCES):
        return run.made(
            cut_by_range(
                _text_of(run, value, at),
                range_.first,
                size,
                range_.step,
                adaptive=range_.adaptive,
                inclusive=range_.inclusive,
            )
        )
    if isinstance(value, Range) and value.size == ENDLESS:
        return _slice_of_endless(value, range_)
    items = run.items(value, at)
    if size == 0:
        return []
    return run.made_items(_cut(items, range_, size))


def _cut(items: list[Value], range_: Range, size: int | None) -> list[Value]:
    first, count = range_.first, len(items)
    if first < 0:
        raise BadValue(f"The range starts at {first}; the first item of a sequence is 0")
    room = count if range_.adaptive and range_.step > 0 else count - 1
    if first > room:
        raise BadValue(f"The range starts at {first}, but the sequence has {_count(count)}, counted from 0")
    if size is None:
        return items[first:]
    if range_.adaptive:
        size = min(size, count - first if range_.step > 0 else first + 1)
    last = first + (size - 1) * range_.step
    if not 0 <= last < count and size:
        raise BadValue(f"The range ends at {last}, but the sequence has {_count(count)}, counted from 0")
    if range_.step > 0:
        return items[first : last + 1]
    return items[last : first + 1][::-1]


def _slice_of_endless(value: Range, range_: Range) -> Value:
    if range_.first < 0 or (range_.step < 0 and range_.first - range_.size + 1 < 0):
        raise BadValue("The range leaves the sequence; the first item of a sequence is 0")
    first = value.first + range_.first * value.step
    return Range(first, range_.size, value.step * range_.step, range_.adaptive)


def _items_of(value: Value) -> Iterator[Value]:
    if isinstance(value, Lazy):
        return value.walk()
    return iter(value.items if isinstance(value, Matches) else value)


def _count(items: int) -> str:
    return "1 item" if items == 1 else f"{items} items"


def _dot_tip(value: Value, key: str) -> str | None:
    if isinstance(value, _SEQUENCES):
        return f"read one item first, xs[0].{key}, or each in a <#list>"
    if isinstance(value, str) and key in {"length", "size", "trim", "toString"}:
        return f"built-ins are written with ?: ?{'length' if key == 'size' else key}"
    if described(value) in {"a macro", "a function"}:
        return None
    return None


def bounded_range(low: Value, kind: str, high: Value, at: int, high_at: int) -> Range:
    """`low..high`, `low..<high` and `low..*count`. Both sites are for operands that are no numbers."""
    return _between(_bound(low, at), kind, _bound(high, high_at))


def _between(first: int, kind: str, bound: int) -> Range:
    if kind == "..*":
        return Range(first, abs(bound), -1 if bound < 0 else 1, adaptive=True)
    step = 1 if bound >= first else -1
    size = abs(bound - first) + (kind == "..")
    return Range(first, size, step, inclusive=kind == "..")


def endless_range(low: Value, at: int) -> Range:
    """`low..`."""
    return Range(_bound(low, at), ENDLESS, 1, adaptive=True)


def _bound(value: Value, at: int) -> int:
    if type(value) is int:
        return value
    number = as_number(value)
    if number is None:
        raise wrong_type(value, "a number", at)
    return whole_argument(number) if isinstance(number, Decimal) else number
