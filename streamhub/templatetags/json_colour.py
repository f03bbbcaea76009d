"""{{ text|json_colour }}: JSON indented and in colour, digit for digit. Other text stays as it is, escaped."""

import json
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from events.jsonlayout import indented, laid_out
from events.jsontext import dumps

register = template.Library()

# Colour costs a span per token; beyond this the plain text is what a browser can still hold well.
COLOURED = 256 * 1024


@register.filter
def json_indented(value: Any) -> str:
    """A value, or text that holds a JSON object or list, with two spaces of indent; other text unchanged."""
    text = value if isinstance(value, str) else dumps(value)
    return indented(text) if is_json(text) else text


@register.filter
def json_colour(value: Any) -> str:
    """`json_indented` with keys, strings, numbers and words marked up for the stylesheet."""
    text = value if isinstance(value, str) else dumps(value)
    if len(text) > COLOURED or not is_json(text):
        return escape(json_indented(text))
    return SafeString("".join(f'<span class="{c}">{escape(t)}</span>' if c else escape(t) for t, c in laid_out(text)))


@register.filter
def is_json(value: Any) -> bool:
    """Whether text holds a JSON object or list (a lone number or word reads as plain text)."""
    if not isinstance(value, str):
        return True
    try:
        return isinstance(json.loads(value, parse_constant=_refuse), (dict, list))
    except (ValueError, RecursionError):
        return False


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
