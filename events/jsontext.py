"""JSON as the hub stores and sends it: orjson's speed, exact where orjson is not."""

import json
import re
from typing import Any

import orjson

# Every digit becomes "0": then a run of 19 (64 bits end there) is a plain substring search, 15 times as fast as a
# regular expression.
DIGITS_TO_ZERO = bytes(ord("0") if chr(byte).isdecimal() and byte < 128 else ord(" ") for byte in range(256))
LONG_RUN = b"0" * 19
# Inside strings (ids with a time in nanoseconds, say) a run of digits does no harm: a number follows one of these.
LONG_NUMBER = re.compile(rb"(?:^|[\s:,\[])-?\d{19}")


def has_long_digits(raw: bytes) -> bool:
    """The cheapest sign that orjson may have rounded an integer."""
    return LONG_RUN in raw.translate(DIGITS_TO_ZERO) and LONG_NUMBER.search(raw) is not None


def dumps(value: Any) -> str:
    """Compact JSON text, non-ASCII kept. Integers of any size keep their digits (orjson refuses those over 64 bits)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """Reads JSON text that `dumps` wrote, integers exactly."""
    raw = text.encode() if isinstance(text, str) else text
    if has_long_digits(raw):
        return json.loads(raw)
    return orjson.loads(raw)
