"""The tests behind `is`: `x is defined`, `n is odd`, `v is mapping`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2.runtime import Macro, Undefined
from jinja2.utils import pass_context

from destinations.jinja.comparison import COMPARISONS
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.methods import Method
from destinations.jinja.text import NUMBERS, SEQUENCES, name_of, require


def _defined(value: Any) -> bool:
    return not isinstance(value, Undefined)


def _present(test: Callable[..., bool]) -> Callable[..., bool]:
    """A test that fails, rather than says no, for a missing value."""

    def ask(value: Any, *arguments: Any) -> bool:
        require(value)
        return test(value, *arguments)

    return ask


def _whole(test: Callable[..., bool]) -> Callable[..., bool]:
    def ask(value: Any, *arguments: Any) -> bool:
        for number in (value, *arguments):
            if type(number) not in NUMBERS:
                raise Fault("other", f"This test takes numbers, not {name_of(number)}.", "Write x|int.")
        return test(value, *arguments)

    return _present(ask)


def _compared(operator: str) -> Callable[..., bool]:
    @pass_context
    def ask(context: RenderContext, value: Any, other: Any) -> bool:
        return COMPARISONS[operator](context.budget, value, other)

    return ask


def _iterable(value: Any) -> bool:
    kind = type(value)
    return kind in SEQUENCES or kind in (dict, str, range)


TESTS: dict[str, Callable[..., bool]] = {
    "defined": _defined,
    "undefined": lambda value: not _defined(value),
    "none": _present(lambda value: value is None),
    "boolean": _present(lambda value: type(value) is bool),
    "true": _present(lambda value: value is True),
    "false": _present(lambda value: value is False),
    "integer": _present(lambda value: type(value) is int),
    "float": _present(lambda value: type(value) not in (int, bool) and type(value) in NUMBERS),
    "number": _present(lambda value: type(value) in NUMBERS and type(value) is not bool),
    "string": _present(lambda value: type(value) is str),
    "mapping": _present(lambda value: type(value) is dict),
    "sequence": _present(_iterable),
    "iterable": _present(_iterable),
    "callable": _present(lambda value: type(value) in (Macro, Method)),
    "lower": _present(lambda value: type(value) is str and value.islower()),
    "upper": _present(lambda value: type(value) is str and value.isupper()),
    "odd": _whole(lambda value: value % 2 == 1),
    "even": _whole(lambda value: value % 2 == 0),
    "divisibleby": _whole(lambda value, number: value % number == 0),
    "sameas": _present(lambda value, other: value is other),
    **{
        name: _compared(operator)
        for operator, names in (
            ("eq", "== eq equalto"),
            ("ne", "!= ne"),
            ("gt", "> gt greaterthan"),
            ("gteq", ">= ge"),
            ("lt", "< lt lessthan"),
            ("lteq", "<= le"),
            ("in", "in"),
        )
        for name in names.split()
    },
}
