"""`UtilClass.toJsonString(value)`: compact JSON, keys in order, numbers exact, text as it is."""

from __future__ import annotations

import re

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

_UNSAFE = re.compile(r'["\\\x00-\x1f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def to_json(run: Run, value: Value) -> str:
    """The value as JSON; a missing one is null."""
    kind = type(value)
    if kind is str:
        return _quoted(value)
    if kind is int:
        return str(value) if -(10**18) < value < 10**18 else c_number(value)
    parts: list[str] = []
    _write(run, value, parts)
    text = "".join(parts)
    run.spend(len(parts) >> 2)
    return run.made(text)


def _write(run: Run, value: Value, parts: list[str]) -> None:
    kind = type(value)
    if kind is str:
        parts.append(_quoted(value))
    elif kind is int:
        parts.append(str(value) if -(10**18) < value < 10**18 else c_number(value))
    elif value is None:
        parts.append("null")
    elif kind is bool:
        parts.append("true" if value else "false")
    elif kind is dict:
        _write_hash(run, value, parts)
    elif kind is list:
        _write_sequence(run, value, parts)
    else:
        _write_other(run, value, parts)


def _write_hash(run: Run, value: dict[str, Value], parts: list[str]) -> None:
    _check(run, parts)
    opening = "{"
    for key, item in value.items():
        parts.append(f"{opening}{_quoted(str(key))}:")
        _write(run, item, parts)
        opening = ","
    parts.append("}" if value else "{}")


def _write_sequence(run: Run, value: list[Value], parts: list[str]) -> None:
    _check(run, parts)
    opening = "["
    for item in value:
        parts.append(opening)
        _write(run, item, parts)
        opening = ","
    parts.append("]" if value else "[]")


def _check(run: Run, parts: list[str]) -> None:
    """The same list may stand in itself many times over, so the text can be far longer than the value."""
    run.spend(1)
    if not len(parts) & 0x3FF:
        run.check_length(sum(map(len, parts)))


def _write_other(run: Run, value: Value, parts: list[str]) -> None:
    number = as_number(value)
    if number is not None:
        parts.append(c_number(number))
    elif isinstance(value, str):
        parts.append(_quoted(str.__str__(value)))
    elif isinstance(value, dict):
        _write_hash(run, value, parts)
    elif isinstance(value, list | tuple | Range | Lazy | Matches):
        _write_sequence(run, run.items(value), parts)
    elif isinstance(value, Blank):
        parts.append('""')
    elif isinstance(value, Found | Markup):
        parts.append(_quoted(value.text))
    elif isinstance(value, Moment):
        from destinations.freemarker.builtins.dates import json_form

        parts.append(_quoted(json_form(value)))
    else:
        raise Fault("type", f"{described(value).capitalize()} cannot be written as JSON")


def _quoted(text: str) -> str:
    return f'"{_UNSAFE.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return _SHORT.get(character) or f"\\u{ord(character):04X}"
