"""{{ text|json_colour }}: JSON indented and in colour, digit for digit. Other text stays as it is, escaped."""

import json
import re
from collections.abc import Iterator
from typing import Any

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString

from events.jsontext import dumps

register = template.Library()

TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|[{}\[\],:]|[^\s{}\[\],:"]+')
# Colour costs a span per token; beyond this the plain text is what a browser can still hold well.
COLOURED = 256 * 1024


@register.filter
def json_indented(value: Any) -> str:
    """A value, or text that holds a JSON object or list, with two spaces of indent; other text unchanged."""
    text = value if isinstance(value, str) else dumps(value)
    return "".join(part for part, _ in _laid_out(text)) if is_json(text) else text


@register.filter
def json_colour(value: Any) -> str:
    """`json_indented` with keys, strings, numbers and words marked up for the stylesheet."""
    text = value if isinstance(value, str) else dumps(value)
    if len(text) > COLOURED or not is_json(text):
        return escape(json_indented(text))
    return SafeString("".join(f'<span class="{c}">{escape(t)}</span>' if c else escape(t) for t, c in _laid_out(text)))


@register.filter
def is_json(value: Any) -> bool:
    """Whether text holds a JSON object or list (a lone number or word reads as plain text)."""
    if not isinstance(value, str):
        return True
    try:
        return isinstance(json.loads(value, parse_constant=_refuse), (dict, list))
    except (ValueError, RecursionError):
        return False


def _laid_out(text: str) -> Iterator[tuple[str, str]]:
    """(text, class) pieces of valid JSON. Works on tokens, so that numbers and escapes stay as they were written."""
    tokens = TOKEN.findall(text)
    depth = 0
    for here, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if here in "{[":
            depth += 1
            yield (here if following in "}]" else here + _line(depth)), ""
        elif here in ",:":
            yield ("," + _line(depth) if here == "," else ": "), ""
        else:
            if here in "}]":
                depth -= 1
                yield here, ""
            else:
                yield here, _kind(here, following)
            if following and following in "}]":
                yield _line(depth - 1), ""


def _line(depth: int) -> str:
    return "\n" + "  " * depth


def _kind(token: str, following: str) -> str:
    if token.startswith('"'):
        return "k" if following == ":" else "s"
    return "w" if token in ("true", "false", "null") else "n"


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
