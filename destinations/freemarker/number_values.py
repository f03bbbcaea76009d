"""Numbers from text, rounded, cut to machine sizes, and spelled in letters."""

from __future__ import annotations

import re
import struct
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from destinations.freemarker.limits import DEFAULTS
from destinations.freemarker.number_format import Number, check_digits
from destinations.freemarker.value_errors import BadValue, TooLarge, WrongType, quoted

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?")
_SPECIAL = {
    "NaN": Decimal("NaN"),
    "INF": Decimal("Infinity"),
    "Infinity": Decimal("Infinity"),
    "-INF": Decimal("-Infinity"),
    "-Infinity": Decimal("-Infinity"),
}
_HALF = Decimal("0.5")


def parse_number(text: str, allowed: int = DEFAULTS.number_digits) -> Number:
    """`?number`: sign, digits, point, exponent; also `INF`, `Infinity` and `NaN`. No spaces, no grouping.

    Raises WrongType for other text, and TooLarge for more digits than `allowed` or an exponent beyond it.
    """
    if text in _SPECIAL:
        return _SPECIAL[text]
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise WrongType(f"{quoted(text)} is not a number; digits, a decimal point and an exponent are read, no spaces")
    digits, exponent = match.groups()
    if len(digits) > allowed or (exponent and (len(exponent) > 10 or abs(int(exponent)) > allowed)):
        raise TooLarge(f"{quoted(text)} has more than {allowed:,} digits", "number_digits", allowed)
    return int(text) if exponent is None and "." not in text else Decimal(text)


def is_nan(number: Number) -> bool:
    """`?is_nan`."""
    return isinstance(number, Decimal) and number.is_nan()


def is_infinite(number: Number) -> bool:
    """`?is_infinite`."""
    return isinstance(number, Decimal) and number.is_infinite()


def absolute(number: Number) -> Number:
    """`?abs`."""
    return abs(number) if isinstance(number, int) else number.copy_abs()


def floor(number: Number) -> int:
    """`?floor`. Raises BadValue for infinities and NaN."""
    return _whole(number, ROUND_FLOOR)


def ceiling(number: Number) -> int:
    """`?ceiling`. Raises BadValue for infinities and NaN."""
    return _whole(number, ROUND_CEILING)


def round_half_up(number: Number) -> int:
    """`?round`: the nearest whole number, .5 towards plus infinity. Raises BadValue for infinities and NaN."""
    if isinstance(number, int):
        return number
    check_finite(number)
    return _whole(_exact(number).add(number, _HALF), ROUND_FLOOR)


def cut_to_int(number: Number) -> int:
    """`?int`: cut towards zero, the low 32 bits of it."""
    return _low_bits(number, 32)


def cut_to_long(number: Number) -> int:
    """`?long`: cut towards zero, the low 64 bits of it."""
    return _low_bits(number, 64)


def cut_to_short(number: Number) -> int:
    """`?short`: cut towards zero, the low 16 bits of it."""
    return _low_bits(number, 16)


def cut_to_byte(number: Number) -> int:
    """`?byte`: cut towards zero, the low 8 bits of it."""
    return _low_bits(number, 8)


def to_double(number: Number) -> Decimal:
    """`?double`: the nearest 64-bit floating point number, as its shortest decimal."""
    return Decimal(repr(float(number)))


def to_float(number: Number) -> Decimal:
    """`?float`: the nearest 32-bit floating point number, as its shortest decimal."""
    nearest = _single(float(number))
    for digits in range(1, 10):
        shortest = f"{nearest:.{digits}g}"
        if _single(float(shortest)) == nearest:
            return Decimal(shortest)
    return Decimal(repr(nearest))


def lower_abc(number: Number) -> str:
    """`?lower_abc`: 1 is a, 26 is z, 27 is aa. Raises BadValue below 1 and for what is not whole."""
    whole = whole_argument(number)
    if whole != number or not 1 <= whole < 2**31:
        raise BadValue(f"Only whole numbers from 1 up can be written in letters, not {str(number)[:40]}")
    letters = ""
    rest = whole
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("a") + letter) + letters
    return letters


def upper_abc(number: Number) -> str:
    """`?upper_abc`: as `lower_abc`, in capitals."""
    return lower_abc(number).upper()


def whole_argument(number: Number) -> int:
    """A number used as an index, a length or a count: cut towards zero.

    Raises BadValue for infinities and NaN, TooLarge for a number beyond the digits allowed.
    """
    if isinstance(number, int):
        return number
    check_finite(number)
    return int(number)


def check_finite(number: Decimal) -> None:
    """Raises BadValue for infinities and NaN, TooLarge for a number beyond the digits allowed."""
    if not number.is_finite():
        raise BadValue("The number must be finite here")
    check_digits(number)


def _whole(number: Number, mode: str) -> int:
    if isinstance(number, int):
        return number
    check_finite(number)
    return int(number.to_integral_value(mode))


def _exact(number: Decimal) -> Context:
    return Context(prec=len(number.as_tuple().digits) + abs(number.adjusted()) + 4)


def _low_bits(number: Number, bits: int) -> int:
    if isinstance(number, Decimal) and not number.is_finite():
        limit = 1 << (max(bits, 32) - 1)
        whole = 0 if number.is_nan() else limit - 1 if number > 0 else -limit
    else:
        whole = whole_argument(number)
    half = 1 << (bits - 1)
    return (whole + half) % (1 << bits) - half


def _single(number: float) -> float:
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")
