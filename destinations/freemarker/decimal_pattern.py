"""Reading number patterns such as `#,##0.00` into what they ask for.

The language is that of Java's DecimalFormat, with `;; name=value` options after it.
"""

from __future__ import annotations

import decimal
import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from destinations.freemarker.number_symbols import Symbols, currency_symbol
from destinations.freemarker.value_errors import BadValue, quoted

_MOST_CHARACTERS = 1_000
_DIGITS = "#0,."
_UNLIMITED = 1 << 30


@dataclass(frozen=True, slots=True)
class DecimalPattern:
    """What to print around a number and how many digits of it.

    `repeat` is the greatest number of integer digits in scientific notation, where `exponent_digits` is not 0.
    """

    symbols: Symbols
    positive: tuple[str, str] = ("", "")
    negative: tuple[str, str] = ("-", "")
    least_integer: int = 0
    repeat: int = 0
    least_fraction: int = 0
    most_fraction: int = _UNLIMITED
    grouping: int = 3
    exponent_digits: int = 0
    always_point: bool = False
    multiplier: int = 1
    rounding: str | None = decimal.ROUND_HALF_EVEN


def read_pattern(pattern: str, symbols: Symbols) -> DecimalPattern:
    """Read a pattern for the given locale's symbols.

    Raises BadValue for one that is malformed.
    """
    if len(pattern) > _MOST_CHARACTERS:
        raise BadValue(f"The number format has {len(pattern):,} characters; at most {_MOST_CHARACTERS:,} are read")
    body, options = _split_options(pattern)
    settings = _read_options(options, pattern)
    symbols = _with_symbols(symbols, settings, pattern)
    read = _read_body(body, symbols)
    if "multiplier" in settings:
        read = replace(read, multiplier=_whole(settings["multiplier"], pattern))
    return replace(read, rounding=_rounding(settings.get("roundingMode", "halfEven"), pattern))


def _split_options(pattern: str) -> tuple[str, str]:
    """The pattern proper, and what follows its second unquoted semicolon."""
    semicolons = [i for i, c in enumerate(pattern) if c == ";" and pattern.count("'", 0, i) % 2 == 0]
    if len(semicolons) < 2:
        return pattern, ""
    return pattern[: semicolons[1]], pattern[semicolons[1] + 1 :]


_OPTION = re.compile(r"""\s*([\w$]+)\s*=\s*([\w$]+|'(?:[^']|'')*'|"(?:[^"]|"")*")\s*(,?)""")


def _read_options(options: str, pattern: str) -> dict[str, str]:
    settings: dict[str, str] = {}
    position = 0
    rest = options.rstrip()
    while position < len(rest):
        match = _OPTION.match(rest, position)
        if match is None or (match[3] and match.end() == len(rest)):
            raise BadValue(f'After ";;" the number format {quoted(pattern)} must have name=value pairs')
        name, value, _ = match.groups()
        if value[0] in "'\"":
            value = value[1:-1].replace(value[0] * 2, value[0])
        settings["multiplier" if name == "multipier" else name] = value
        position = match.end()
    return settings


_SYMBOL_OPTIONS = {
    "decimalSeparator": "decimal",
    "groupingSeparator": "grouping",
    "minusSign": "minus",
    "percent": "percent",
    "perMill": "per_mille",
    "zeroDigit": "zero",
    "monetaryDecimalSeparator": "monetary_decimal",
    "exponentSeparator": "exponent",
    "infinity": "infinity",
    "nan": "nan",
    "currencySymbol": "currency",
}
_LONGER_SYMBOLS = {"exponentSeparator", "infinity", "nan", "currencySymbol"}
_OPTIONS = [*_SYMBOL_OPTIONS, "currencyCode", "multiplier", "roundingMode"]


def _with_symbols(symbols: Symbols, settings: dict[str, str], pattern: str) -> Symbols:
    changes: dict[str, str] = {}
    for name, value in settings.items():
        if name == "currencyCode":
            symbol = currency_symbol(value)
            if symbol is None:
                raise BadValue(f"{quoted(value)} is not an ISO 4217 currency code")
            changes.setdefault("currency", symbol)
            changes["currency_code"] = value
        elif name in _SYMBOL_OPTIONS:
            if len(value) != 1 and name not in _LONGER_SYMBOLS:
                raise BadValue(f"{name} in the number format {quoted(pattern)} must be one character")
            changes[_SYMBOL_OPTIONS[name]] = value
        elif name not in _OPTIONS:
            raise BadValue(
                f"The number format {quoted(pattern)} has no option {quoted(name)}; there are {', '.join(_OPTIONS)}"
            )
    return replace(symbols, **changes)


_ROUNDINGS: dict[str, str | None] = {
    "up": decimal.ROUND_UP,
    "down": decimal.ROUND_DOWN,
    "ceiling": decimal.ROUND_CEILING,
    "floor": decimal.ROUND_FLOOR,
    "halfUp": decimal.ROUND_HALF_UP,
    "halfDown": decimal.ROUND_HALF_DOWN,
    "halfEven": decimal.ROUND_HALF_EVEN,
    "unnecessary": None,
}


def _rounding(name: str, pattern: str) -> str | None:
    if name not in _ROUNDINGS:
        raise BadValue(
            f"roundingMode in the number format {quoted(pattern)} must be one of {', '.join(_ROUNDINGS)}, "
            f"not {quoted(name)}"
        )
    return _ROUNDINGS[name]


def _whole(value: str, pattern: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise BadValue(f"multiplier in the number format {quoted(pattern)} must be a whole number")
    return int(value)


class _Digits(NamedTuple):
    """The number part of a pattern as counted: `#` before the zeros, zeros, `#` after them."""

    left: int
    zeros: int
    right: int
    point: int
    grouping: int
    exponent: int


def _read_body(pattern: str, symbols: Symbols) -> DecimalPattern:
    if not pattern:
        return DecimalPattern(symbols, negative=(symbols.minus, ""))
    reader = _Reader(pattern, symbols)
    positive, digits = reader.read_positive()
    negative = reader.read_negative()
    if negative is None or negative == positive:
        negative = (symbols.minus + positive[0], positive[1])
    total = digits.left + digits.zeros + digits.right
    point = total if digits.point < 0 else digits.point
    least_integer = point - digits.left
    if reader.currency:
        symbols = replace(symbols, decimal=symbols.monetary_decimal)
    return DecimalPattern(
        symbols,
        positive,
        negative,
        least_integer=least_integer,
        repeat=digits.left + least_integer,
        least_fraction=0 if digits.point < 0 else digits.left + digits.zeros - point,
        most_fraction=total - point,
        grouping=max(digits.grouping, 0),
        exponent_digits=digits.exponent,
        always_point=digits.point in (0, total),
        multiplier=reader.multiplier,
    )


class _Reader:
    """Walks a pattern once: prefix, digits and suffix, then the negative prefix and suffix if there are any."""

    def __init__(self, pattern: str, symbols: Symbols) -> None:
        self.pattern = pattern
        self.symbols = symbols
        self.position = 0
        self.multiplier = 1
        self.currency = False

    def read_positive(self) -> tuple[tuple[str, str], _Digits]:
        prefix = self._affix(first=True)
        digits = self._digits(_Digits(0, 0, 0, -1, -1, 0))
        suffix = self._affix(first=False)
        while self._at_digits():  # as in "0%0", where the digits go on after what is already the suffix
            digits = self._digits(digits)
            suffix += self._affix(first=False)
        return (prefix, suffix), self._checked(digits)

    def read_negative(self) -> tuple[str, str] | None:
        """The affixes after the semicolon; the digits there mean nothing."""
        self.position += 1
        if self.position >= len(self.pattern):
            return None
        self.multiplier, multiplier = 1, self.multiplier
        prefix = self._affix(first=True)
        suffix = ""
        while self._at_digits():
            while self._at_digits() or self.pattern.startswith("E", self.position):
                self.position += 1
            suffix += self._affix(first=True)
        self.multiplier = multiplier
        return prefix, suffix

    def _at_digits(self) -> bool:
        return self.position < len(self.pattern) and self.pattern[self.position] in _DIGITS

    def _affix(self, *, first: bool) -> str:
        """Literal text up to the next digit or, behind digits, the semicolon."""
        parts: list[str] = []
        in_quotes = False
        while self.position < len(self.pattern):
            character = self.pattern[self.position]
            following = self.pattern[self.position + 1 : self.position + 2]
            if character == "'":
                if following == "'":
                    parts.append("'")
                    self.position += 1
                else:
                    in_quotes = not in_quotes
            elif in_quotes:
                parts.append(character)
            elif character in _DIGITS:
                break
            elif character == ";":
                if first:
                    raise self._malformed('has ";" where a digit is due')
                break
            else:
                parts.append(self._symbol(character, following))
            self.position += 1
        if in_quotes:
            raise self._malformed("has a quote that is not closed")
        return "".join(parts)

    def _symbol(self, character: str, following: str) -> str:
        if character == "¤":
            self.currency = True
            if following == "¤":
                self.position += 1
                return self.symbols.currency_code
            return self.symbols.currency
        if character in "%‰":
            if self.multiplier != 1:
                raise self._malformed("has more than one percent sign")
            self.multiplier = 100 if character == "%" else 1000
            return self.symbols.percent if character == "%" else self.symbols.per_mille
        return self.symbols.minus if character == "-" else character

    def _digits(self, counted: _Digits) -> _Digits:
        left, zeros, right, point, grouping, exponent = counted
        while self.position < len(self.pattern):
            character = self.pattern[self.position]
            if character == "E":
                exponent = self._exponent(exponent, left + zeros)
                break
            if character == "#":
                left, right = (left, right + 1) if zeros else (left + 1, right)
            elif character == "0":
                if right:
                    raise self._malformed('has "0" after "#" in the same part')
                zeros += 1
            elif character == ".":
                if point >= 0:
                    raise self._malformed("has more than one decimal point")
                point = left + zeros + right
            elif character == ",":
                grouping = 0
            else:
                break
            if character in "#0" and grouping >= 0 and point < 0:
                grouping += 1
            self.position += 1
        return _Digits(left, zeros, right, point, grouping, exponent)

    def _exponent(self, already: int, digits: int) -> int:
        if already:
            raise self._malformed("has more than one exponent")
        self.position += 1
        start = self.position
        while self.pattern.startswith("0", self.position):
            self.position += 1
        if not digits or self.position == start:
            raise self._malformed('needs digits before "E" and "0" after it')
        return self.position - start

    def _checked(self, digits: _Digits) -> _Digits:
        left, zeros, right, point, grouping, exponent = digits
        if not zeros and left and point >= 0:  # "#.##" means "0.##", ".##" means ".0#"
            before = max(point, 1)
            left, zeros, right = before - 1, 1, left - before
        if grouping == 0:
            raise self._malformed("ends its integer digits with a comma")
        if point >= 0 and not left <= point <= left + zeros:
            raise self._malformed('has "#" between "0" and the decimal point, or the reverse')
        if point < 0 and right:
            raise self._malformed('has "#" after "0" in its integer digits')
        return _Digits(left, zeros, right, point, grouping, exponent)

    def _malformed(self, why: str) -> BadValue:
        return BadValue(f"The number format {quoted(self.pattern)} {why}; write a pattern such as #,##0.00")
