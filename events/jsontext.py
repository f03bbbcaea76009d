"""JSON as the hub stores and sends it: orjson's speed, exact where orjson is not."""

import json
import re
from typing import Any

import orjson

# The cheapest sign that orjson may have rounded an integer: 19 digits in a row (64 bits end there).
LONG_DIGITS = re.compile(rb"\d{19}")


def dumps(value: Any) -> str:
    """Compact JSON text, non-ASCII kept. Integers of any size keep their digits (orjson refuses those over 64 bits)."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def loads(text: str | bytes) -> Any:
    """Reads JSON text that `dumps` wrote, integers exactly."""
    raw = text.encode() if isinstance(text, str) else text
    if LONG_DIGITS.search(raw):
        return json.loads(raw)
    return orjson.loads(raw)
