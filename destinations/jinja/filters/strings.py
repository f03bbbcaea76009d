"""Filters on text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

from jinja2.utils import pass_context

from destinations.jinja.context import RenderContext
from destinations.jinja.faults import Fault
from destinations.jinja.methods import joined, replaced, stripped
from destinations.jinja.text import SEQUENCES, text

_WORD_START = re.compile(r"([-\s({\[<]+)")
_HTML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;"})


@pass_context
def string(context: RenderContext, value: Any) -> str:
    return text(value, context.budget)


@pass_context
def upper(context: RenderContext, value: Any) -> str:
    return _grown(context, text(value, context.budget).upper())


@pass_context
def lower(context: RenderContext, value: Any) -> str:
    return _grown(context, text(value, context.budget).lower())


@pass_context
def capitalize(context: RenderContext, value: Any) -> str:
    return _grown(context, text(value, context.budget).capitalize())


@pass_context
def title(context: RenderContext, value: Any) -> str:
    shown = text(value, context.budget)
    context.budget.make(len(shown) * 8)
    words = _WORD_START.split(shown)
    return _grown(context, "".join(word[:1].upper() + word[1:].lower() for word in words))


@pass_context
def trim(context: RenderContext, value: Any, chars: str | None = None) -> str:
    return _grown(context, stripped(context.budget, text(value, context.budget), chars))


@pass_context
def replace(context: RenderContext, value: Any, old: Any, new: Any, count: int | None = None) -> str:
    return replaced(context.budget, text(value, context.budget), old, new, -1 if count is None else count)


@pass_context
def truncate(
    context: RenderContext, value: Any, length: int = 255, killwords: bool = False, end: str = "...", leeway: int = 5
) -> str:
    """At most `length` characters with `end`, cut between words unless `killwords`."""
    shown = text(value, context.budget)
    if length < len(end):
        raise Fault("other", f"truncate cannot cut to {length} characters: the end alone has {len(end)}.")
    if len(shown) <= length + leeway:
        return shown
    cut = shown[: length - len(end)]
    if not killwords:
        cut = cut.rsplit(" ", 1)[0]
    return _grown(context, cut + end)


@pass_context
def urlencode(context: RenderContext, value: Any) -> str:
    """Percent-encoded text; of a mapping or list of pairs, a query string."""
    budget = context.budget
    if type(value) is dict or type(value) in SEQUENCES:
        pairs = value.items() if type(value) is dict else value
        budget.items(len(value))
        parts = [f"{_encoded(budget, key, quote_plus)}={_encoded(budget, item, quote_plus)}" for key, item in pairs]
        return joined(budget, "&", parts)
    return _encoded(budget, value, quote)


def _encoded(budget: Any, value: Any, encode: Any) -> str:
    shown = text(value, budget)
    budget.text(len(shown))
    try:
        encoded = encode(shown, safe="/") if encode is quote else encode(shown)
    except UnicodeEncodeError:
        raise Fault("other", "urlencode met half of a surrogate pair, which has no UTF-8 form.") from None
    budget.text(len(encoded))
    return encoded


@pass_context
def escape(context: RenderContext, value: Any) -> str:
    """Text for HTML or XML. JSON takes `tojson` or `json_string`."""
    return _grown(context, text(value, context.budget).translate(_HTML))


@pass_context
def wordcount(context: RenderContext, value: Any) -> int:
    shown = text(value, context.budget)
    context.budget.make(len(shown) * 8)
    return len(shown.split())


def _grown(context: RenderContext, made: str) -> str:
    """Count text that can have grown by a small factor only."""
    context.budget.text(len(made))
    return made


STRING: dict[str, Callable[..., Any]] = {
    "capitalize": capitalize,
    "e": escape,
    "escape": escape,
    "lower": lower,
    "replace": replace,
    "string": string,
    "title": title,
    "trim": trim,
    "truncate": truncate,
    "upper": upper,
    "urlencode": urlencode,
    "wordcount": wordcount,
}
