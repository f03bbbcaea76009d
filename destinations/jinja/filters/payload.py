"""Filters that payloads need: JSON, defaults, digests."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256 as _sha256
from typing import Any

from jinja2.runtime import Undefined
from jinja2.utils import pass_context

from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.text import json_text, quoted, text


def default(value: Any, default_value: Any = "", boolean: bool = False) -> Any:
    """`default_value` for what is missing; with `boolean`, also for null, false, zero and what is empty."""
    if isinstance(value, Undefined) or (boolean and not value):
        return default_value
    return value


@pass_context
def tojson(context: RenderContext, value: Any, indent: int | None = None) -> str:
    """The value as JSON, for a place without quotes: keys in their order, nothing escaped for HTML."""
    if indent is not None and (type(indent) is not int or not 0 <= indent <= 8):
        raise Fault("other", "tojson takes an indent from 0 to 8.")
    return json_text(value, context.budget, indent or 0)


@pass_context
def json_string(context: RenderContext, value: Any) -> str:
    """The value's text for a place between quotes in JSON."""
    made = quoted(text(value, context.budget))[1:-1]
    context.budget.text(len(made))
    return made


@pass_context
def sha256(context: RenderContext, value: Any, trim: bool = False, lower: bool = False) -> str:
    """SHA-256 of the text's UTF-8, in lower-case hex; of the trimmed and lower-case text where that is asked for."""
    octets = _octets(context, value)
    if trim or lower:
        shown = octets.decode().strip() if trim else octets.decode()
        octets = (shown.lower() if lower else shown).encode()
    return _sha256(octets).hexdigest()


@pass_context
def base64(context: RenderContext, value: Any) -> str:
    """Base64 of the text's UTF-8."""
    return b64encode(_octets(context, value)).decode("ascii")


def _octets(context: RenderContext, value: Any) -> bytes:
    shown = text(value, context.budget)
    context.budget.text(len(shown) * 2)
    return shown.encode("utf-8", "replace")


PAYLOAD: dict[str, Callable[..., Any]] = {
    "base64": base64,
    "d": default,
    "default": default,
    "json_string": json_string,
    "sha256": sha256,
    "tojson": tojson,
}
