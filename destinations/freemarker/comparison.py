"""`== != < <= > >=`, and what counts as true."""

from __future__ import annotations

import operator
from typing import Any

from destinations.freemarker.faults import Fault
from destinations.freemarker.run import Run, missing, wrong_type
from destinations.freemarker.values import Blank, Found, Matches, Moment, Value, as_number, described

_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def equal(left: Value, right: Value, at: int, left_at: int, right_at: int) -> bool:
    """`left == right` of two numbers, strings, booleans or dates of one kind.

    Raises Fault for other pairs; the sites are those of the comparison and its operands.
    """
    kind = type(left)
    if kind is type(right) and (kind is str or kind is int or kind is bool):
        return bool(left == right)
    return bool(operator.eq(*_comparable(left, right, at, left_at, right_at, "=")))


def ordered(left: Value, sign: str, right: Value, at: int, left_at: int, right_at: int) -> bool:
    """`left < right` and its kin, of two numbers or two dates of one kind."""
    if type(left) is not int or type(right) is not int:
        left, right = _comparable(left, right, at, left_at, right_at, sign)
    return bool(_ORDERS[sign](left, right))


def _comparable(left: Value, right: Value, at: int, left_at: int, right_at: int, sign: str) -> tuple[Any, Any]:
    if left is None:
        raise missing(left_at)
    if right is None:
        raise missing(right_at)
    number, other = as_number(left), as_number(right)
    if number is not None and other is not None:
        if number != number or other != other:
            raise Fault("other", "NaN cannot be compared", tip="test for it with ?is_nan")
        return number, other
    if isinstance(left, Moment) and isinstance(right, Moment):
        return _moments(left, right, at)
    left, right = _plain(left), _plain(right)
    left, right = _text_if_blank(left, right), _text_if_blank(right, left)
    if isinstance(left, str) and isinstance(right, str):
        if sign == "=":
            return str.__str__(left), str.__str__(right)
        raise Fault(
            "other",
            f"Strings cannot be compared with {sign}",
            at,
            tip="turn them into numbers with ?number, or use ?sort",
        )
    if isinstance(left, bool) and isinstance(right, bool):
        if sign == "=":
            return left, right
        raise Fault("other", f"Booleans cannot be compared with {sign}", at)
    raise Fault("type", _mismatch(left, right), at, _tip(left, right))


def _plain(value: Value) -> Value:
    """Matches are compared as the boolean they are, one match as its text."""
    if isinstance(value, Matches):
        return bool(value)
    return value.text if isinstance(value, Found) else value


def _text_if_blank(value: Value, other: Value) -> Value:
    return "" if isinstance(value, Blank) and isinstance(other, str | Blank) else value


def _moments(left: Moment, right: Moment, at: int) -> tuple[int, int]:
    if left.kind != right.kind:
        raise Fault(
            "other",
            f"{described(left).capitalize()} cannot be compared with {described(right)}",
            at,
            tip="make both the same with ?date, ?time or ?datetime",
        )
    return left.millis, right.millis


def _mismatch(left: Value, right: Value) -> str:
    return f"{described(left).capitalize()} cannot be compared with {described(right)}"


def _tip(left: Value, right: Value) -> str | None:
    kinds = {described(left), described(right)}
    if kinds == {"a string", "a number"}:
        return "turn the string into a number with ?number, or the number into a string with ?c"
    if kinds == {"a string", "a boolean"}:
        return "compare without quotes, x == true, or turn the boolean into a string with ?c"
    return "only two numbers, strings, booleans or dates can be compared"


def truth(run: Run, value: Value, at: int) -> bool:
    """The value as a condition. Raises Fault unless it is a boolean."""
    if value is True or value is False:
        return value
    if isinstance(value, Matches):
        return bool(value)
    if value is None:
        raise missing(at)
    raise wrong_type(value, "a boolean", at, _truth_tip(value))


def _truth_tip(value: Value) -> str:
    if isinstance(value, str):
        return 'compare it, x == "yes", or turn "true" and "false" into a boolean with ?boolean'
    if as_number(value) is not None:
        return "compare it: x != 0"
    return "test with ?has_content, or ?? for being there"
