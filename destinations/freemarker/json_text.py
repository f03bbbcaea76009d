"""`UtilClass.toJsonString(value)`: compact JSON, keys in order, numbers exact, text as it is."""

from __future__ import annotations

import re
from json.encoder import encode_basestring

from destinations.freemarker.faults import Fault
from destinations.freemarker.number_format import c_number
from destinations.freemarker.run import Run
from destinations.freemarker.values import (
    Blank,
    Found,
    Lazy,
    Markup,
    Matches,
    Moment,
    Range,
    Value,
    as_number,
    described,
)

_PLAIN_INT = 10**99
_CODE = re.compile(r"\\(u[0-9a-f]{4}|.)")


def to_json(run: Run, value: Value) -> str:
    """The value as JSON; a missing one is null."""
    text = _text(run, value)
    return run.made(text) if len(text) > 256 else text


def _text(run: Run, value: Value) -> str:
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is int and -_PLAIN_INT < value < _PLAIN_INT:
        return str(value)
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is float:
        return float_text(value)
    if kind is dict:
        return _hash(run, value)
    if kind is list:
        return _sequence(run, value)
    return _other(run, value)


def _hash(run: Run, value: dict[str, Value]) -> str:
    run.steps += 1 + len(value)
    if run.steps > run.mark:
        run.check()
    text = "{" + ",".join([f"{_quoted(key)}:{_text(run, item)}" for key, item in value.items()]) + "}"
    run.check_length(len(text))
    return text


def _sequence(run: Run, value: list[Value]) -> str:
    run.steps += 1 + len(value)
    if run.steps > run.mark:
        run.check()
    text = "[" + ",".join([_text(run, item) for item in value]) + "]"
    run.check_length(len(text))
    return text


def _other(run: Run, value: Value) -> str:
    number = as_number(value)
    if number is not None:
        return c_number(number)
    if isinstance(value, str):
        return _quoted(str.__str__(value))
    if isinstance(value, dict):
        return _hash(run, value)
    if isinstance(value, list | tuple | Range | Lazy | Matches):
        return _sequence(run, run.items(value))
    if isinstance(value, Blank):
        return '""'
    if isinstance(value, Found | Markup):
        return _quoted(value.text)
    if isinstance(value, Moment):
        from destinations.freemarker.builtins.dates import json_form

        return _quoted(json_form(value))
    raise Fault("type", f"{described(value).capitalize()} cannot be written as JSON")


def float_text(value: float) -> str:
    """A host's float as `?c` prints it."""
    text = repr(value)
    if "e" in text or "n" in text or text == "-0.0":
        number = as_number(value)
        return c_number(0 if number is None else number)
    return text[:-2] if text.endswith(".0") else text


def _quoted(text: str) -> str:
    quoted = encode_basestring(str(text))
    return _CODE.sub(_upper, quoted) if "\\u" in quoted else quoted


def _upper(match: re.Match[str]) -> str:
    code = match[1]
    return f"\\u{code[1:].upper()}" if code[0] == "u" else match[0]
