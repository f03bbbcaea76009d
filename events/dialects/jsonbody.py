"""Bytes of a request -> a JSON value that every database, template and serializer downstream can carry.

Whole bodies are looked at with a few byte searches; only a body that holds something unusual is walked through.
"""

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from events.jsontext import DIGITS_TO_ZERO, LONG_RUN

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MAX_LEVELS = 100
MAX_NUMBER_CHARACTERS = 100
# Where a number, its fraction or its exponent may begin. One of more than 100 characters has such a run somewhere.
LONG_NUMBER = re.compile(rb"(?:^|[\s:,\[.eE+-])\d{19}")
# A run of bytes without a quotation mark as long as this may be a long string (dialects cut those).
LONG_STRING = 1024
NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"{}[]")
REPLACEMENT = "\ufffd"
# NUL, which PostgreSQL refuses, and lone surrogates, which are no text at all.
UNSTORABLE = {0: REPLACEMENT} | dict.fromkeys(range(0xD800, 0xE000), REPLACEMENT)


class BadJSON(ValueError):
    """The body is no JSON that can be stored; the text says what is wrong and where."""


@dataclass(slots=True, frozen=True)
class Document:
    """A parsed body, and what whoever takes parts of it has still to do with each of them."""

    value: Any
    # Some text may hold a NUL or a lone surrogate: `clean` it.
    unclean: bool
    # Some text may be longer than LONG_STRING characters.
    long_strings: bool


def read_json(raw: bytes) -> Document:
    """Checks and parses a body. Raises BadJSON."""
    raw = raw.removeprefix(BYTE_ORDER_MARK)
    value, unclean = _parse(raw)
    if _may_be_deep(raw):
        _refuse_deep(value)
    return Document(value, unclean or b"\\u0000" in raw, _may_have_long_strings(raw))


def _parse(raw: bytes) -> tuple[Any, bool]:
    """The value, and whether it may hold lone surrogates (orjson lets none pass)."""
    if not _may_have_long_numbers(raw):
        try:
            return orjson.loads(raw), False
        except orjson.JSONDecodeError:
            pass  # the exact parser below either reads it or says where it is wrong
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise BadJSON(f"not UTF-8: byte 0x{raw[error.start]:02x} at position {error.start}") from error
    try:
        return json.loads(text, parse_constant=_no_number, parse_float=_float, parse_int=_int), True
    except json.JSONDecodeError as error:
        raise BadJSON(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise BadJSON(f"nested more than {MAX_LEVELS} levels deep") from error


def _may_have_long_numbers(raw: bytes) -> bool:
    """orjson makes a float of an integer over 64 bits, and takes numbers of any length."""
    return LONG_RUN in raw.translate(DIGITS_TO_ZERO) and LONG_NUMBER.search(raw) is not None


def _no_number(text: str) -> NoReturn:
    raise BadJSON(f"{text} is not a JSON number")


def _float(text: str) -> float:
    _refuse_long(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise BadJSON(f"the number {text} is too large")
    return value


def _int(text: str) -> int:
    _refuse_long(text)
    return int(text)


def _refuse_long(number: str) -> None:
    if len(number) > MAX_NUMBER_CHARACTERS:
        raise BadJSON(f"the number {number[:20]}… has more than {MAX_NUMBER_CHARACTERS} characters")


def _may_be_deep(raw: bytes) -> bool:
    """Takes away innermost pairs of brackets, a level at a time. Brackets inside strings may leave a rest: then the
    value itself is looked at."""
    rest = raw.translate(None, NOT_BRACKETS)
    for _ in range(12):
        if not rest:
            return False
        rest = rest.replace(b"{}", b"").replace(b"[]", b"")
    return bool(rest)


def _refuse_deep(value: Any) -> None:
    level, containers = 0, [value]
    while containers:
        containers = [
            child
            for container in containers
            if isinstance(container, (dict, list))
            for child in (container.values() if isinstance(container, dict) else container)
            if isinstance(child, (dict, list))
        ]
        level += 1
        if level > MAX_LEVELS:
            raise BadJSON(f"nested more than {MAX_LEVELS} levels deep")


def clean(value: Any) -> tuple[Any, int]:
    """The value with every NUL and lone surrogate, in keys too, replaced by U+FFFD; and how many there were."""
    if isinstance(value, str):
        better = value.translate(UNSTORABLE)
        return better, 0 if better == value else sum(a != b for a, b in zip(value, better, strict=True))
    if isinstance(value, list):
        pairs = [clean(item) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        entries = [(clean(key), clean(entry)) for key, entry in value.items()]
        return (
            {key: entry for (key, _), (entry, _) in entries},
            sum(in_key + in_entry for (_, in_key), (_, in_entry) in entries),
        )
    return value, 0


def _may_have_long_strings(raw: bytes) -> bool:
    """Steps from quotation mark to quotation mark, always to the last one within LONG_STRING bytes."""
    position, step, end = 0, LONG_STRING + 1, len(raw)
    while position + step <= end:
        quote = raw.rfind(b'"', position, position + step)
        while quote > position and raw[quote - 1] == 0x5C:  # \" stands inside a string
            quote = raw.rfind(b'"', position, quote)
        if quote < 0:
            return True
        position = quote + 1
    return False
