"""Printing numbers: by name, by pattern, for computers, and as `#{...}` does."""

from __future__ import annotations

import decimal
import re
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import cast

from destinations.freemarker.decimal_pattern import DecimalPattern, read_pattern
from destinations.freemarker.limits import DEFAULTS
from destinations.freemarker.number_symbols import symbols_of
from destinations.freemarker.value_errors import BadValue, TooLarge, quoted

Number = int | Decimal
"""A whole number is an int where it can be; infinities and NaN are Decimals."""

_PLAIN_ZEROS = 100
_PLAIN_LIMIT = 10**_PLAIN_ZEROS
_LEGACY_FRACTION = 16
_LONGEST_LOCALE = 16  # what is longer names none, and is not kept in a cache
_ASCII_DIGITS = frozenset("0123456789")
_WORDS = ("NaN", "Infinity", "-Infinity")
_SPECIAL_WORDS = {
    "Java": ("Double.NaN", "Double.POSITIVE_INFINITY", "Double.NEGATIVE_INFINITY"),
    "XS": ("NaN", "INF", "-INF"),
    "legacy": ("NaN", "INF", "-INF"),
}


def format_number(number: Number, number_format: str = "number", locale: str = "en_US") -> str:
    """The number as `${...}` prints it under this `number_format` setting, or as `?string(format)` does.

    The format is `number`, `currency`, `percent`, `computer`, `c` or a pattern.
    Raises BadValue for a malformed pattern and TooLarge for a number beyond the digits allowed.
    """
    if number_format == "number" and type(number) is int and locale == "en_US":
        check_digits(number)
        return f"{number:,}"
    if number_format in ("computer", "c"):
        return c_number(number)
    return print_decimal(number, _pattern_of(number_format, locale[:_LONGEST_LOCALE]))


def c_number(number: Number, c_format: str = "JavaScript or JSON") -> str:
    """`?c` of a number: exact and as short as possible, for computers.

    Raises TooLarge for a number beyond the digits allowed.
    """
    check_digits(number)
    if type(number) is int and -_PLAIN_LIMIT < number < _PLAIN_LIMIT:
        return str(number)
    exact = Decimal(number)
    if not exact.is_finite():
        nan, positive, negative = _SPECIAL_WORDS.get(c_format, _WORDS)
        return nan if exact.is_nan() else negative if exact < 0 else positive
    if c_format == "legacy":
        return print_decimal(number, _legacy_pattern(0, _LEGACY_FRACTION, "en_US"))
    return _shortest(exact)


def legacy_number(number: Number, least: int = 0, most: int = 50, locale: str = "en_US") -> str:
    """`#{number; mXMY}`: no grouping, `least` to `most` fraction digits, at most 50.

    Raises BadValue when the digits asked for make no sense.
    """
    if most > 50:
        raise BadValue(f"At most 50 fraction digits can be printed, not {most}")
    if least > most:
        raise BadValue(f"The least number of fraction digits, {least}, is more than the most, {most}")
    if type(number) is int and not least:
        check_digits(number)
        return (
            str(number) if locale == "en_US" else print_decimal(number, _legacy_pattern(0, 0, locale[:_LONGEST_LOCALE]))
        )
    return print_decimal(number, _legacy_pattern(least, most, locale[:_LONGEST_LOCALE]))


def check_number_format(number_format: str, locale: str = "en_US") -> None:
    """Raises BadValue for a format that could not print any number."""
    if number_format not in ("computer", "c"):
        _pattern_of(number_format, locale[:_LONGEST_LOCALE])


def check_digits(number: Number, allowed: int = DEFAULTS.number_digits) -> None:
    """Refuse a number of more digits than `allowed`, or with an exponent beyond plus or minus that.

    Raises TooLarge.
    """
    if type(number) is int:
        too_long = number.bit_length() > 64 and number.bit_length() * 0.30103 > allowed + 1
    else:
        exact = cast(Decimal, number)
        too_long = exact.is_finite() and (abs(exact.adjusted()) > allowed or len(exact.as_tuple().digits) > allowed)
    if too_long:
        raise TooLarge(f"The number has more than {allowed:,} digits", "number_digits", allowed)


def print_decimal(number: Number, pattern: DecimalPattern) -> str:
    """The number printed as a pattern asks.

    Raises BadValue when the pattern forbids the rounding that would be needed.
    """
    check_digits(number)
    symbols = pattern.symbols
    if isinstance(number, Decimal) and not number.is_finite():
        return _special(number, pattern)
    digits, point = _significant(number, pattern.multiplier)
    negative = number < 0
    layout = _scientific if pattern.exponent_digits else _fixed
    middle = layout(digits, point, pattern, negative)
    if symbols.zero != "0":
        middle = "".join(chr(ord(symbols.zero) + int(c)) if c in _ASCII_DIGITS else c for c in middle)
    prefix, suffix = pattern.negative if negative else pattern.positive
    return prefix + middle + suffix


def _special(number: Decimal, pattern: DecimalPattern) -> str:
    if number.is_nan():
        return pattern.symbols.nan
    prefix, suffix = pattern.negative if number < 0 else pattern.positive
    return prefix + pattern.symbols.infinity + suffix


def _shortest(number: Decimal) -> str:
    """Whole numbers in full, unless a hundred zeros end them; others in full or with an exponent."""
    plain = str(number)
    if "E" not in plain and len(plain) <= _PLAIN_ZEROS:
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return plain if number else "0"
    text, point = _significant(number, 1)
    if not text:
        return "0"
    zeros = point - len(text)
    if 0 <= zeros < _PLAIN_ZEROS:
        return ("-" if number < 0 else "") + text.ljust(point, "0")
    return str(Decimal((number < 0, tuple(map(int, text)), zeros)))


# The digits of a number are a text without zeros at its end, "" for zero; the decimal point stands `point`
# digits after its start, which may be before or after all of them.


def _significant(number: Number, multiplier: int) -> tuple[str, int]:
    if isinstance(number, int):
        text = str(abs(number) * multiplier)
        point = len(text)
    else:
        _, digits, exponent = number.as_tuple()
        text = str(int("".join(map(str, digits))) * multiplier)
        point = len(text) + cast(int, exponent)
    text = text.rstrip("0")
    return text, point if text else 0


def _rounded(digits: str, point: int, kept: int, mode: str | None, negative: bool) -> tuple[str, int]:
    """The first `kept` digits; a number too small to reach them is 0 without regard to the mode."""
    if kept < 0:
        return "", 0
    if kept >= len(digits):
        return digits, point
    if mode is None:
        raise BadValue("The number cannot be printed without rounding, which the number format forbids")
    value = Decimal((int(negative), tuple(map(int, digits)), kept - len(digits)))
    whole = abs(int(value.quantize(Decimal(1), mode, decimal.Context(prec=len(digits) + 2))))
    if not whole:
        return "", 0
    text = str(whole)
    return text.rstrip("0"), point + len(text) - kept


def _fixed(digits: str, point: int, pattern: DecimalPattern, negative: bool) -> str:
    digits, point = _rounded(digits, point, point + pattern.most_fraction, pattern.rounding, negative)
    if point > 0:
        whole, fraction = digits[:point].ljust(point, "0"), digits[point:]
    else:
        whole, fraction = "", "0" * -point + digits
    whole = whole.rjust(pattern.least_integer, "0")
    fraction = fraction.ljust(pattern.least_fraction, "0")
    if not whole and not fraction:
        whole = "0"
    if pattern.grouping:
        whole = _grouped(whole, pattern.grouping, pattern.symbols.grouping)
    separator = pattern.symbols.decimal if fraction or pattern.always_point else ""
    return whole + separator + fraction


def _grouped(whole: str, size: int, separator: str) -> str:
    first = len(whole) % size or size
    return separator.join([whole[:first], *(whole[i : i + size] for i in range(first, len(whole), size))])


def _scientific(digits: str, point: int, pattern: DecimalPattern, negative: bool) -> str:
    least, most = pattern.least_integer, pattern.repeat
    digits, point = _rounded(digits, point, most + pattern.most_fraction, pattern.rounding, negative)
    if most > 1 and most > least:  # the exponent is a multiple of the greatest number of integer digits
        exponent = (point - 1) // most * most
        whole = 1
    else:
        exponent = point - least
        whole = least
    if digits:
        whole = point - exponent
    else:
        exponent = 0
    shown = max(len(digits), least + pattern.least_fraction, whole)
    mantissa = digits.ljust(shown, "0")
    separator = pattern.symbols.decimal if shown > whole or pattern.always_point else ""
    sign = pattern.symbols.minus if exponent < 0 else ""
    power = str(abs(exponent)).rjust(pattern.exponent_digits, "0")
    return mantissa[:whole] + separator + mantissa[whole:] + pattern.symbols.exponent + sign + power


@lru_cache(maxsize=256)
def _pattern_of(number_format: str, locale: str) -> DecimalPattern:
    symbols = symbols_of(locale)
    if number_format == "number":
        return read_pattern("#,##0.###", symbols)
    if number_format == "currency":
        return read_pattern(symbols.currency_pattern, symbols)
    if number_format == "percent":
        return read_pattern(symbols.percent_pattern, symbols)
    if re.match(r"@[^\W\d_]", number_format):
        raise BadValue(f"There is no number format named {quoted(number_format)}")
    return read_pattern(number_format, symbols)


@lru_cache(maxsize=256)
def _legacy_pattern(least: int, most: int, locale: str) -> DecimalPattern:
    return replace(read_pattern("0.#", symbols_of(locale)), grouping=0, least_fraction=least, most_fraction=most)
