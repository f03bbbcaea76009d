"""Which request headers and methods may be sent (pure).

The transports put header text on the wire as it is, so a line break in a value would be a header, or a
request, of its own. The rules are applied at save and to every rendered value. Source: RFC 9110, sections 5
and 7 (names, values, and headers that belong to the connection).
"""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
METHODS_WITH_BODY = ("POST", "PUT", "PATCH")

PRESET_NAMES = ("Content-Type", "User-Agent")
MOST_EXTRA_HEADERS = 5
MOST_NAME_BYTES = 256
MOST_VALUE_BYTES = 8 * 1024
MOST_BYTES = 32 * 1024  # all headers of a request together

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_RESERVED = {
    "host": "it follows from the URL",
    "content-length": "it follows from the body",
    "transfer-encoding": "the sender decides how the body is framed",
    "connection": "it belongs to the connection",
    "keep-alive": "it belongs to the connection",
    "te": "it belongs to the connection",
    "trailer": "it belongs to the connection",
    "upgrade": "it belongs to the connection",
    "expect": "the body would wait for the receiver's permission",
    "accept-encoding": "answers are read uncompressed",
}
_SIGNATURE_PREFIXES = ("webhook-", "svix-")


class BadHeader(ValueError):
    """A header that is refused. The message says what is wrong, where, and what to do."""


def check_header(name: str, value: str) -> tuple[str, str]:
    """The pair as it may be sent, its value trimmed; raises `BadHeader` otherwise."""
    if not name:
        raise BadHeader("A header has no name. Enter one or remove the row.")
    if not _NAME.fullmatch(name) or len(name) > MOST_NAME_BYTES:
        raise BadHeader(
            f"“{_shown(name)}” is not a header name. Use letters, digits and hyphens, no spaces or colons, "
            f"at most {MOST_NAME_BYTES} characters."
        )
    reason = _reserved_reason(name.lower())
    if reason:
        raise BadHeader(f"The header {name} cannot be set: {reason}. Remove it.")
    value = value.strip(" \t")
    control = _CONTROL.search(value)
    if control:
        raise BadHeader(
            f"The value of the header {name} has a {_control_name(control[0])} at character "
            f"{control.start() + 1}. Remove it."
        )
    try:
        size = len(value.encode())
    except UnicodeEncodeError as error:
        raise BadHeader(
            f"The value of the header {name} has half a character (a lone surrogate) at character "
            f"{error.start + 1}. Remove it."
        ) from None
    if size > MOST_VALUE_BYTES:
        raise BadHeader(f"The value of the header {name} has {size:,} bytes; at most {MOST_VALUE_BYTES:,} are allowed.")
    return name, value


def check_headers(
    headers: Iterable[tuple[str, str]],
    *,
    presets: Iterable[str] = PRESET_NAMES,
    most: int = MOST_EXTRA_HEADERS,
    signed: bool = False,
    taken: Mapping[str, str] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """A destination's extra headers as they may be sent; raises `BadHeader` for the first that may not.

    `presets` are header names that the destination's kind sets itself. `signed` tells that requests are signed the
    Standard Webhooks way, which reserves the headers of the signature. `taken` are further names that are written
    otherwise, in lower case, each with words that say how: "it carries the message's id".
    """
    checked = [check_header(name, value) for name, value in headers]
    if len(checked) > most:
        raise BadHeader(f"There are {len(checked)} extra headers; at most {most} are allowed. Remove some.")
    preset_names = {name.lower() for name in presets}
    seen = set()
    for name, _ in checked:
        lower = name.lower()
        if lower in preset_names:
            raise BadHeader(f"The header {name} is preset and cannot be overridden. Remove it.")
        if signed and lower.startswith(_SIGNATURE_PREFIXES):
            raise BadHeader(f"The header {name} belongs to the signature. Remove it or switch signing off.")
        if lower in taken:
            raise BadHeader(f"The header {name} cannot be set here: {taken[lower]}. Remove it.")
        if lower in seen:
            raise BadHeader(f"The header {name} occurs twice (case does not count). Keep one of them.")
        seen.add(lower)
    check_size(checked)
    return checked


def check_size(headers: Iterable[tuple[str, str]]) -> None:
    """Raises `BadHeader` if the headers of one request are too big together."""
    size = sum(len(name) + len(value.encode()) + len(": \r\n") for name, value in headers)
    if size > MOST_BYTES:
        raise BadHeader(f"The headers have {size:,} bytes together; at most {MOST_BYTES:,} are allowed.")


def is_reserved(name: str) -> bool:
    """Whether it belongs to the connection or follows from the request."""
    return _reserved_reason(name.lower()) is not None


def _reserved_reason(lower_name: str) -> str | None:
    if lower_name.startswith("proxy-"):
        return "it belongs to the connection"
    return _RESERVED.get(lower_name)


def _control_name(character: str) -> str:
    return "line break" if character in "\r\n" else f"control character (U+{ord(character):04X})"


def _shown(name: str) -> str:
    return _CONTROL.sub("�", name)[:64]
