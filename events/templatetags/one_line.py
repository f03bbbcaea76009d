"""{{ value|one_line }}: a property's value on one line."""

from typing import Any

from django import template

from events.jsontext import dumps

register = template.Library()


@register.filter
def one_line(value: Any) -> str:
    """Text as it is; everything else as compact JSON."""
    return value if isinstance(value, str) else dumps(value)
