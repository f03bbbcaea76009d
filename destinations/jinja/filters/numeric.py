"""Filters on numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from destinations.jinja.faults import Fault
from destinations.jinja.text import NUMBERS, name_of, require

_LONGEST = 400
_ROUNDING = {"common": ROUND_HALF_EVEN, "ceil": ROUND_CEILING, "floor": ROUND_FLOOR}


def absolute(value: Any) -> Any:
    return abs(_number(value, "abs"))


def whole(value: Any, default: Any = 0, base: int = 10) -> Any:
    """The whole number in a value, towards zero; `default` when there is none."""
    require(value)
    try:
        if type(value) is str:
            if len(value) > _LONGEST:
                return default
            try:
                return int(value, base)
            except ValueError:
                return int(float(value))
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return default


def real(value: Any, default: Any = 0.0) -> Any:
    """The number in a value; `default` when there is none. A Decimal stays exact."""
    require(value)
    if type(value) is Decimal:
        return value
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return default
    return number if math.isfinite(number) else default


def rounded(value: Any, precision: int = 0, method: str = "common") -> Any:
    """`value` with `precision` digits after the point; `method` is common, ceil or floor."""
    number = _number(value, "round")
    if method not in _ROUNDING:
        raise Fault("other", "round takes 'common', 'ceil' or 'floor'.")
    if type(precision) is not int or abs(precision) > 300:
        raise Fault("other", "round takes a precision from -300 to 300.")
    if type(number) is Decimal:
        try:
            return number.quantize(Decimal(1).scaleb(-precision), _ROUNDING[method])
        except InvalidOperation:
            raise Fault("other", "The number is too long to be rounded.") from None
    if method == "common":
        return round(float(number), precision)
    scale = 10.0**precision
    return getattr(math, method)(number * scale) / scale


def _number(value: Any, who: str) -> Any:
    if type(value) in NUMBERS:
        return value
    require(value)
    raise Fault("other", f"{who} takes a number, not {name_of(value)}.", "Write x|float or x|int first.")


NUMERIC: dict[str, Callable[..., Any]] = {"abs": absolute, "float": real, "int": whole, "round": rounded}
