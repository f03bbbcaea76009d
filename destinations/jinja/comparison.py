"""`==`, `<`, `in` and their like. Python's own would walk nested lists without a bound."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from jinja2.utils import pass_context

from destinations.jinja.budget import Budget
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.text import SCALARS, SEQUENCES, name_of, require, subject

_NESTING = 100


@pass_context
def compare(context: RenderContext, left: Any, *steps: Any) -> bool:
    """`left op right op right ...`, the operators by Jinja2's names (`eq`, `lteq`, `notin`)."""
    for index in range(0, len(steps), 2):
        right = steps[index + 1]
        if not COMPARISONS[steps[index]](context.budget, left, right):
            return False
        left = right
    return True


def equal(budget: Budget, left: Any, right: Any, depth: int = 0) -> bool:
    """Equality of JSON values; a list never equals a mapping."""
    kind, other = type(left), type(right)
    if kind in SCALARS or other in SCALARS:
        return left == right
    require(left)
    require(right)
    if depth > _NESTING:
        raise Fault("limit", f"The values are nested deeper than {_NESTING} levels.")
    if kind is dict and other is dict:
        budget.spend(len(left))
        return left.keys() == right.keys() and all(
            equal(budget, item, right[key], depth + 1) for key, item in left.items()
        )
    if kind in SEQUENCES and other in SEQUENCES:
        budget.spend(len(left))
        return len(left) == len(right) and all(equal(budget, a, b, depth + 1) for a, b in zip(left, right, strict=True))
    return left is right


def contains(budget: Budget, value: Any, container: Any) -> bool:
    """`value in container`: part of a text, item of a list, key of a mapping."""
    kind = type(container)
    if kind is str:
        if type(value) is not str:
            raise Fault("other", f"Text cannot contain {name_of(value)}.", "Write x|string in ... to compare.")
        budget.spend((len(container) >> 8) + 1)
        return value in container
    if kind is dict:
        return key_of(value) in container
    if kind is range:
        return type(value) is int and value in container
    if kind in SEQUENCES:
        budget.spend((len(container) >> 2) + 1)
        if type(value) in SCALARS:
            return value in container
        return any(equal(budget, value, item) for item in container)
    require(container)
    raise Fault("other", f"{subject(container)} contains nothing that `in` could find.")


def key_of(value: Any) -> Any:
    """A value fit to be a key; raises an `other` fault for a list or mapping."""
    if type(value) not in SCALARS:
        require(value)
        raise Fault("other", f"{subject(value)} cannot be a key.")
    return value


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Budget, Any, Any], bool]:
    def order(budget: Budget, left: Any, right: Any) -> bool:
        if type(left) in SCALARS and type(right) in SCALARS:
            try:
                return test(left, right)
            except TypeError:
                pass
        for value in (left, right):
            require(value)
        raise Fault("other", f"{subject(left)} and {name_of(right)} have no order.", "Compare like with like.")

    return order


COMPARISONS: dict[str, Callable[[Budget, Any, Any], bool]] = {
    "eq": equal,
    "ne": lambda budget, left, right: not equal(budget, left, right),
    "gt": _ordered(operator.gt),
    "gteq": _ordered(operator.ge),
    "lt": _ordered(operator.lt),
    "lteq": _ordered(operator.le),
    "in": contains,
    "notin": lambda budget, value, container: not contains(budget, value, container),
}
