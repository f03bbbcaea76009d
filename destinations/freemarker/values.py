"""The values a template can hold, beyond the plain ones.

Text is str, booleans are bool, numbers are int or Decimal (a float from the host becomes the Decimal of its
shortest text), sequences are lists, hashes are dicts, None is a missing value. Nothing else of Python reaches
a template: what is not listed here has no built-in, no key and no text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from destinations.freemarker.datetimes import Moment
from destinations.freemarker.patterns import Found, Matches

__all__ = [
    "BLANK",
    "ENDLESS",
    "Blank",
    "Definition",
    "Found",
    "Helper",
    "Lazy",
    "Markup",
    "Matches",
    "Method",
    "Moment",
    "Number",
    "Once",
    "Range",
    "Value",
    "as_number",
    "described",
]

Number = int | Decimal
Value = Any
"""A template value, None for a missing one."""

ENDLESS = 1 << 62
"""The size of a range without an end; more than any limit."""


class Blank:
    """What `x!` gives for a missing x: text, sequence and hash at once, all empty."""

    __slots__ = ()


BLANK = Blank()


@dataclass(frozen=True, slots=True)
class Markup:
    """Text that is already escaped for an output format."""

    text: str
    output_format: str


@dataclass(frozen=True, slots=True)
class Range:
    """`a..b` and its kin: `size` numbers from `first`, by `step` (1 or -1)."""

    first: int
    size: int
    step: int = 1
    adaptive: bool = False
    """A slice may reach past the end."""
    inclusive: bool = False
    """Written `a..b`."""

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.first + self.size * self.step, self.step))

    def at(self, index: int) -> int | None:
        return self.first + index * self.step if 0 <= index < self.size else None


@dataclass(frozen=True, slots=True)
class Lazy:
    """The result of `?filter` and its kin over something too long to walk at once; each walk begins anew."""

    walk: Callable[[], Iterator[Value]]


@dataclass(slots=True)
class Once:
    """`xs.iterator()`: gives its items one time."""

    items: Iterator[Value]


@dataclass(frozen=True, slots=True)
class Method:
    """Something to call: a built-in that takes arguments, or a function of a helper object."""

    name: str
    call: Callable[..., Value]
    least: int = 0
    most: int | None = None
    with_run: bool = False
    """It is called with the rendering before its arguments."""


@dataclass(frozen=True, slots=True)
class Helper:
    """A host object: a hash of methods and nothing more."""

    methods: dict[str, Method]


@dataclass(frozen=True, slots=True)
class Definition:
    """A `#macro` or `#function` as a value. `body` takes `(write, content, *values)`, one value for each
    parameter (None when not given) and one for the rest; `.args` is made from the same."""

    name: str
    parameters: tuple[str, ...]
    rest: str | None
    is_function: bool
    body: Callable[..., Value]
    preset: tuple[tuple[Value, ...], dict[str, Value]] | None = None
    """Arguments from `?with_args`."""


def described(value: Value) -> str:
    """The type of a value as messages name it."""
    for kinds, name in _DESCRIPTIONS:
        if isinstance(value, kinds):
            return name
    if isinstance(value, Definition):
        return "a function" if value.is_function else "a macro"
    if isinstance(value, Moment):
        return {"date": "a date", "time": "a time"}.get(value.kind, "a date-time")
    return "a value of an unknown kind"


_DESCRIPTIONS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (type(None), "missing"),
    (bool, "a boolean"),
    (str, "a string"),
    ((int, float, Decimal), "a number"),
    ((list, tuple, Range, Lazy), "a sequence"),
    (dict, "a hash"),
    (Blank, "an empty value"),
    (Markup, "markup"),
    (Once, "an iterator"),
    (Matches, "a list of matches"),
    (Found, "a match"),
    (Method, "a method"),
    (Helper, "a helper object"),
)


def as_number(value: Value) -> Number | None:
    """The value if it is a number, else None."""
    kind = type(value)
    if kind is int or kind is Decimal:
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        number = Decimal(repr(float(value)))
        whole = number.is_finite() and number == number.to_integral_value() and abs(number.adjusted()) < 400
        return int(number) if whole else number
    if isinstance(value, int):
        return int(value)
    return Decimal(value) if isinstance(value, Decimal) else None
