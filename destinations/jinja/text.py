"""How a value is written into the payload.

Text stays as it is, everything else is written as JSON writes it: `null`, `true`, `1.50`, `["a"]`. So
`"vip": {{ input.vip }}` is valid JSON whatever the value; stock Jinja2 would print Python's `None`,
`True` and `['a']`, which no receiver of JSON accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from json.encoder import encode_basestring as quoted
from typing import Any, NamedTuple

from jinja2.runtime import Undefined

from destinations.jinja.budget import Budget
from destinations.jinja.faults import Fault

PRINTED_DIGITS = 1_000
_PLAIN = 10**18
_EXPONENT_REACH = 1_000
_NESTING = 100


class Group(NamedTuple):
    """One entry of `groupby`: what the items have in common, and the items."""

    grouper: Any
    list: list[Any]


SEQUENCES = frozenset({list, tuple, Group})
NUMBERS = frozenset({int, float, Decimal, bool})
SCALARS = NUMBERS | {str, type(None)}


def text(value: Any, budget: Budget | None = None) -> str:
    """The value as it appears in the output; raises a `type` fault for what has no text."""
    kind = type(value)
    if kind is str:
        return value
    if kind is int and -_PLAIN < value < _PLAIN:
        return str(value)
    write = _SCALAR_TEXT.get(kind)
    if write is not None:
        return write(value)
    if kind is dict or kind in SEQUENCES or kind is range:
        return json_text(value, budget)
    return _without_text(value)


def json_text(value: Any, budget: Budget | None = None, indent: int = 0) -> str:
    """Compact JSON: keys in their order, non-ASCII and `<` kept, numbers exact. `indent` spreads it out."""
    kind = type(value)
    if kind is str:
        return quoted(value)
    write = _SCALAR_TEXT.get(kind)
    if write is not None:
        return write(value)
    parts: list[str] = []
    _write(value, parts.append, budget, indent, 1)
    if budget is not None:
        budget.text(sum(map(len, parts)))
    return "".join(parts)


def _write(value: Any, put: Callable[[str], object], budget: Budget | None, indent: int, depth: int) -> None:
    kind = type(value)
    if kind is str:
        if budget is not None and len(value) > 64:
            budget.make(len(value))
        put(quoted(value))
        return
    write = _SCALAR_TEXT.get(kind)
    if write is not None:
        put(write(value))
        return
    if depth > _NESTING:
        raise Fault("limit", f"The value is nested deeper than {_NESTING} levels.")
    gap = "\n" + " " * (indent * depth) if indent else ""
    end = "\n" + " " * (indent * (depth - 1)) if indent else ""
    if gap and budget is not None and (kind is dict or kind in SEQUENCES or kind is range):
        budget.make((len(value) + 1) * len(gap))
    if kind is dict:
        if budget is not None:
            budget.items(len(value))
        opening = "{" + gap
        for key, item in value.items():
            put(opening)
            put(quoted(key if type(key) is str else text(key)))
            put(": " if indent else ":")
            _write(item, put, budget, indent, depth + 1)
            opening = "," + gap
        put(end + "}" if value else "{}")
    elif kind in SEQUENCES or kind is range:
        if budget is not None:
            budget.items(len(value))
        opening = "[" + gap
        for item in value:
            put(opening)
            _write(item, put, budget, indent, depth + 1)
            opening = "," + gap
        put(end + "]" if value else "[]")
    else:
        put(_without_text(value))


def _whole(value: int) -> str:
    if value.bit_length() > PRINTED_DIGITS * 3.33:
        raise Fault("other", f"A number of more than {PRINTED_DIGITS:,} digits cannot be printed.")
    return str(value)


def _decimal(value: Decimal) -> str:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise Fault("other", f"{value} is not a number that can be printed.")
    if abs(exponent) > _EXPONENT_REACH:
        raise Fault("limit", f"The exponent of a number is beyond ±{_EXPONENT_REACH:,}.")
    return format(value, "f")


def _float(value: float) -> str:
    if value != value or value in (float("inf"), float("-inf")):
        raise Fault("other", f"{value} is not a number that can be printed.")
    return repr(value)


_SCALAR_TEXT: dict[type, Callable[[Any], str]] = {
    int: _whole,
    float: _float,
    Decimal: _decimal,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
}


def require(value: Any) -> None:
    """Raise a `missing` fault unless there is a value."""
    if type(value) is Undefined:
        raise Fault("missing", "An inline if without else gave no value.", 'Write (a if b else "").')
    if isinstance(value, Undefined):
        str(value)  # raises, and names the path


def _without_text(value: Any) -> str:
    if type(value) is Undefined:  # an inline `if` without `else` prints nothing
        return ""
    require(value)
    raise Fault("type", f"{subject(value)} has no text.", "A function or method needs parentheses: name().")


def name_of(value: Any) -> str:
    """What a value is, in an author's words."""
    return _NAMES.get(type(value)) or getattr(value, "described", None) or "This object"


def subject(value: Any) -> str:
    """`name_of` at the start of a sentence."""
    name = name_of(value)
    return name[0].upper() + name[1:]


_NAMES = {
    str: "text",
    int: "a number",
    float: "a number",
    Decimal: "a number",
    bool: "a boolean",
    type(None): "null",
    list: "a list",
    tuple: "a list",
    Group: "a group",
    dict: "a mapping",
    range: "a range",
}
