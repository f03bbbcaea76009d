"""A nested value -> names and values for a query: `a.b`, `list[0].c`. (pure)"""

from collections.abc import Iterator
from typing import Any

from events.jsontext import dumps

Pair = tuple[str, str]


def flattened(value: Any) -> list[Pair]:
    """One pair for each innermost value; a plain value on its own has an empty name, an empty object no pair. Dots in
    keys stay."""
    return [(name, as_text(one)) for name, one in _walk("", value)] if value != {} else []


def as_text(value: Any) -> str:
    """Text as it is, null as nothing, everything else as JSON prints it: 1000000, true, {}."""
    if value is None:
        return ""
    return value if isinstance(value, str) else dumps(value)


def _walk(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from _walk(f"{name}.{key}" if name else key, inner)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from _walk(f"{name}[{number}]", inner)
    else:
        yield name, value
