"""The methods a template may call, by type. None is Python's own: each counts what it builds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from jinja2.runtime import LoopContext

from destinations.jinja.budget import Budget
from destinations.jinja.comparison import equal, key_of
from destinations.jinja.faults import Fault
from destinations.jinja.missing import Missing
from destinations.jinja.text import name_of, text

_SPACES = re.compile(r"\s+")


class Method:
    """A method taken from a value but not yet called, or a global function (`subject` is then None)."""

    __slots__ = ("name", "run", "subject")

    def __init__(self, name: str, subject: Any, run: Callable[..., Any]) -> None:
        self.name = name
        self.subject = subject
        self.run = run

    @property
    def described(self) -> str:
        return f"The function {self.name}"


def replaced(budget: Budget, value: str, old: Any, new: Any, count: int = -1) -> str:
    """`value` with `old` replaced, its size checked first."""
    old, new = text(old, budget), text(new, budget)
    budget.spend((len(value) >> 8) + 1)
    found = value.count(old)
    if count >= 0:
        found = min(found, count)
    budget.text(len(value) + found * (len(new) - len(old)))
    return value.replace(old, new, count)


def stripped(budget: Budget, value: str, chars: str | None = None) -> str:
    """`value` without white space, or `chars`, at both ends."""
    _charge_stripping(budget, value, chars)
    return value.strip(chars)


def _left_stripped(budget: Budget, value: str, chars: str | None = None) -> str:
    _charge_stripping(budget, value, chars)
    return value.lstrip(chars)


def _right_stripped(budget: Budget, value: str, chars: str | None = None) -> str:
    _charge_stripping(budget, value, chars)
    return value.rstrip(chars)


def _charge_stripping(budget: Budget, value: str, chars: str | None) -> None:
    budget.spend((len(value) * max(len(chars or ""), 1) >> 8) + 1)
    budget.text(len(value))


def joined(budget: Budget, separator: str, values: Any) -> str:
    """The texts of `values` with `separator` between, the size checked before joining."""
    budget.items(len(values))
    parts = []
    for value in values:
        part = value if type(value) is str else text(value, budget)
        parts.append(part)
    budget.text(sum(map(len, parts)) + len(separator) * max(len(parts) - 1, 0))
    return separator.join(parts)


def _split(budget: Budget, value: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
    _charge_splitting(budget, value, sep, maxsplit)
    return value.split(sep, maxsplit)


def _right_split(budget: Budget, value: str, sep: str | None = None, maxsplit: int = -1) -> list[str]:
    _charge_splitting(budget, value, sep, maxsplit)
    return value.rsplit(sep, maxsplit)


def _charge_splitting(budget: Budget, value: str, sep: str | None, maxsplit: int) -> None:
    """White space parts at every other character at most; a separator where it is found."""
    budget.text(len(value))
    parts = (len(value) + 1) // 2 if sep is None else value.count(sep) + 1
    if sep is None and parts > 1024:
        parts = sum(1 for _ in _SPACES.finditer(value)) + 1
    budget.items(parts if maxsplit < 0 else min(parts, maxsplit + 1))


def _lines(budget: Budget, value: str) -> list[str]:
    budget.make(len(value) * 8)
    lines = value.splitlines()
    budget.items(len(lines))
    return lines


def _changed(name: str) -> Callable[..., str]:
    def change(budget: Budget, value: str) -> str:
        budget.text(len(value) * 3 if len(value) < 1024 else len(value))
        return getattr(value, name)()

    return change


def _asked(name: str) -> Callable[..., Any]:
    """A question about the text, whose answer takes no room."""

    def ask(budget: Budget, value: str, *arguments: Any) -> Any:
        budget.spend((len(value) >> 8) + 1)
        return getattr(value, name)(*arguments)

    return ask


def _without(name: str) -> Callable[..., str]:
    def remove(budget: Budget, value: str, affix: str) -> str:
        budget.text(len(value))
        return getattr(value, name)(affix)

    return remove


def _pairs(budget: Budget, value: dict[Any, Any]) -> list[tuple[Any, Any]]:
    budget.items(len(value) * 2)
    return list(value.items())


def _keys(budget: Budget, value: dict[Any, Any]) -> list[Any]:
    budget.items(len(value))
    return list(value)


def _values(budget: Budget, value: dict[Any, Any]) -> list[Any]:
    budget.items(len(value))
    return list(value.values())


def _get(budget: Budget, value: dict[Any, Any], key: Any, default: Any = None) -> Any:
    return value.get(key_of(key), default)


def _index(budget: Budget, value: list[Any], wanted: Any) -> Any:
    budget.spend(len(value))
    for index, candidate in enumerate(value):
        if equal(budget, candidate, wanted):
            return index
    return Missing(f"the list does not hold {name_of(wanted)} that was looked for")


def _count(budget: Budget, value: list[Any], wanted: Any) -> int:
    budget.spend(len(value))
    return sum(equal(budget, candidate, wanted) for candidate in value)


def _cycle(budget: Budget, loop: LoopContext, *values: Any) -> Any:
    if not values:
        raise Fault("other", "loop.cycle needs the values to go through.")
    return values[loop.index0 % len(values)]


def _loop_changed(budget: Budget, loop: LoopContext, *values: Any) -> bool:
    before = loop._last_changed_value
    if type(before) is list and equal(budget, before, list(values)):
        return False
    loop._last_changed_value = list(values)
    return True


_QUESTIONS = "startswith endswith find rfind count isdigit isnumeric isalpha isalnum isspace islower isupper"

METHODS: dict[type, dict[str, Callable[..., Any]]] = {
    str: {
        **{name: _changed(name) for name in ("upper", "lower", "capitalize", "title", "casefold", "swapcase")},
        **{name: _asked(name) for name in _QUESTIONS.split()},
        "strip": stripped,
        "lstrip": _left_stripped,
        "rstrip": _right_stripped,
        "removeprefix": _without("removeprefix"),
        "removesuffix": _without("removesuffix"),
        "replace": replaced,
        "split": _split,
        "rsplit": _right_split,
        "splitlines": _lines,
        "join": joined,
    },
    dict: {"items": _pairs, "keys": _keys, "values": _values, "get": _get},
    list: {"index": _index, "count": _count},
    tuple: {"index": _index, "count": _count},
    LoopContext: {"cycle": _cycle, "changed": _loop_changed},
}
