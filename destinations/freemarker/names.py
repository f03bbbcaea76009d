"""Names in their two spellings: `upper_case` and `upperCase`."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_HUMP = re.compile(r"(?<!^)([A-Z])")


def snake_case(name: str) -> str:
    """The spelling that the engine uses inside."""
    return _HUMP.sub(r"_\1", name).lower() if not name.islower() else name


def convention(name: str) -> str | None:
    """`camelCase`, `snake_case`, or None for a name that is the same in both."""
    if name != name.lower():
        return "camelCase"
    return "snake_case" if "_" in name else None


def unescaped(name: str) -> str:
    """A name without the backslashes that let it hold `-`, `.`, `:` and `#`."""
    return _ESCAPE.sub(r"\1", name) if "\\" in name else name
