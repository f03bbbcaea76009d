"""JSON text exactly as JavaScript's JSON.stringify writes it. (pure)

Receivers that check a signature over JSON.stringify(JSON.parse(body)), and not over the bytes that came, get the same
bytes back only from a body that was written so.
"""

import json
import re
from json.encoder import encode_basestring
from math import isfinite
from typing import Any

# Up to here a JavaScript number holds every integer. Beyond it they are rounded, so they go as text, digits and all.
LARGEST_INTEGER = 2**53
# Keys that are an array's index come first, in ascending order, whatever the object.
MOST_INDEX = 2**32 - 2

_SURROGATE = re.compile("[\ud800-\udfff]")
_INDEX = re.compile(r"0|[1-9][0-9]{0,9}")
_DIGITS = re.compile(r"(\d+)(?:\.(\d+))?(?:e([+-]\d+))?")


def stringify(value: Any) -> str:
    """For a value as json.loads gives it. Raises RecursionError for one that is nested very deeply."""
    parts: list[str] = []
    _write(value, parts.append)
    return "".join(parts)


def rewritten(text: str) -> str:
    """JSON text as JavaScript would write its value. Raises ValueError for text that is no JSON."""
    try:
        return stringify(json.loads(text, parse_constant=_refuse))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _write(value: Any, write: Any) -> None:
    if isinstance(value, str):
        write(_text(value))
    elif value is None:
        write("null")
    elif isinstance(value, bool):
        write("true" if value else "false")
    elif isinstance(value, int):
        write(str(value) if -LARGEST_INTEGER <= value <= LARGEST_INTEGER else f'"{value}"')
    elif isinstance(value, float):
        write(_number(value))
    elif isinstance(value, dict):
        _write_object(value, write)
    else:
        _write_list(value, write)


def _write_list(items: list[Any], write: Any) -> None:
    mark = "["
    for item in items:
        write(mark)
        _write(item, write)
        mark = ","
    write("]" if items else "[]")


def _write_object(given: dict[str, Any], write: Any) -> None:
    mark = "{"
    for key, value in _in_order({_joined(key): value for key, value in given.items()}).items():
        write(mark)
        write(_text(key))
        write(":")
        _write(value, write)
        mark = ","
    write("}" if given else "{}")


def _in_order(members: dict[str, Any]) -> dict[str, Any]:
    indexes = [key for key in members if _INDEX.fullmatch(key) and int(key) <= MOST_INDEX]
    if not indexes:
        return members
    return {key: members[key] for key in sorted(indexes, key=int)} | members


def _text(text: str) -> str:
    """Half a surrogate pair, which is no character and has no bytes in UTF-8, is escaped; all else stays as it is."""
    quoted: str = encode_basestring(_joined(text))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _joined(text: str) -> str:
    """Two halves side by side are one character to JavaScript."""
    if not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _number(value: float) -> str:
    """ECMAScript's Number::toString: the shortest digits that read back as the same, as Python's repr finds them, and
    an exponent from 1e21 and below 1e-6."""
    if not isfinite(value):
        return "null"
    if value == 0:
        return "0"  # -0 too
    sign = "-" if value < 0 else ""
    whole, fraction, exponent = _DIGITS.fullmatch(repr(abs(value))).groups("")  # type: ignore[union-attr]
    digits = (whole + fraction).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))  # where it stands among the digits
    digits = digits.rstrip("0")
    return sign + _placed(digits, point)


def _placed(digits: str, point: int) -> str:
    if len(digits) <= point <= 21:
        return digits + "0" * (point - len(digits))
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    mantissa = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "")
    return f"{mantissa}e{point - 1:+d}"
