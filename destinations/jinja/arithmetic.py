"""The operators `+ - * / // % **` and `~`, which check the size of their result before they build it."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinja2.utils import pass_context

from destinations.jinja.budget import Budget
from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault, Place
from destinations.jinja.text import NUMBERS, PRINTED_DIGITS, SEQUENCES, name_of, require, subject, text

_PLAIN = 2**63
_BITS = PRINTED_DIGITS * 10 * 332 // 100
"""Results in between may have ten times the digits that can be printed."""

_EXACT = decimal.Context(prec=34, traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow])


@pass_context
def add(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    kind, other = type(left), type(right)
    if kind is int and other is int:
        return _whole(context.budget, left + right)
    if kind is str and other is str:
        context.budget.text(len(left) + len(right))
        return left + right
    if kind in SEQUENCES and other in SEQUENCES:
        context.budget.items(len(left) + len(right))
        return [*left, *right]
    return _calculated(context.budget, "+", left, right, place)


@pass_context
def subtract(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    return _calculated(context.budget, "-", left, right, place)


@pass_context
def multiply(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    kind, other = type(left), type(right)
    if kind is int and (other is str or other is list):
        left, right, kind, other = right, left, other, kind
    if other is int:
        if kind is str:
            context.budget.text(len(left) * max(right, 0))
            return left * right
        if kind is list:
            context.budget.items(len(left) * max(right, 0))
            return left * right
        if kind is int and left.bit_length() + right.bit_length() > _BITS:
            raise _too_long(context.budget, place)
    return _calculated(context.budget, "*", left, right, place)


@pass_context
def divide(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    return _calculated(context.budget, "/", left, right, place)


@pass_context
def floor_divide(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    return _calculated(context.budget, "//", left, right, place)


@pass_context
def modulo(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    if type(left) is str:
        raise Fault("refused", "Text cannot be formatted with %.", "Join the parts with ~ instead.", place)
    return _calculated(context.budget, "%", left, right, place)


@pass_context
def power(context: RenderContext, left: Any, right: Any, place: Place) -> Any:
    if isinstance(left, int) and isinstance(right, int) and abs(left) > 1 and right > 0:
        if right > _BITS or left.bit_length() * right > _BITS:
            raise _too_long(context.budget, place)
    elif type(right) in NUMBERS and abs(right) > 10_000:
        raise Fault("limit", f"The exponent of {place[0]} is beyond 10,000.", None, place)
    return _calculated(context.budget, "**", left, right, place)


@pass_context
def concatenate(context: RenderContext, values: list[Any]) -> str:
    """`a ~ b ~ c`: the texts of the values, one after the other."""
    budget = context.budget
    parts = [value if type(value) is str else text(value, budget) for value in values]
    budget.text(sum(map(len, parts)))
    return "".join(parts)


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_DECIMAL_OPERATORS: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": _EXACT.add,
    "-": _EXACT.subtract,
    "*": _EXACT.multiply,
    "/": _EXACT.divide,
    "//": _EXACT.divide_int,
    "%": _EXACT.remainder,
    "**": _EXACT.power,
}


def _calculated(budget: Budget, sign: str, left: Any, right: Any, place: Place) -> Any:
    kind, other = type(left), type(right)
    if kind not in NUMBERS or other not in NUMBERS:
        for value in (left, right):
            require(value)
        tip = "Write a ~ b to join text, or x|int and x|float to read a number out of text."
        raise Fault("other", f"{subject(left)} {sign} {name_of(right)} has no meaning.", tip, place)
    if sign in "/%//" and right == 0:
        raise Fault("other", f"{place[0]} divides by zero.", None, place)
    if kind is Decimal or other is Decimal:
        return _DECIMAL_OPERATORS[sign](_decimal(left), _decimal(right))
    result = _OPERATORS[sign](left, right)
    if type(result) is int:
        return _whole(budget, result)
    if type(result) is complex:
        raise Fault("other", f"{place[0]} has no real result.", None, place)
    return result


def _decimal(value: Any) -> Decimal:
    return value if type(value) is Decimal else Decimal(repr(value) if type(value) is float else value)


def _whole(budget: Budget, value: int) -> int:
    if not -_PLAIN < value < _PLAIN:
        if value.bit_length() > _BITS:
            raise _too_long(budget, None)
        budget.make(value.bit_length() >> 3)
    return value


def _too_long(budget: Budget, place: Place | None) -> Fault:
    digits = budget.limits.number_digits
    return Fault("limit", f"The result has far more than number_digits = {digits:,} digits.", None, place)
