"""The known name nearest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_HABITS = {
    "elif": "elseif",
    "elsif": "elseif",
    "for": "list",
    "set": "assign",
    "endif": "/#if",
    "endfor": "/#list",
    "tojson": "json_string",
    "json": "json_string",
    "count": "size",
    "len": "length",
    "upper": "upper_case",
    "lower": "lower_case",
    "int": "int",
    "default": "default",
    "empty": "has_content",
    "strip": "trim",
    "format": "string",
    "title": "capitalize",
    "escape": "json_string",
    "urlencode": "url",
}


def nearest(name: str, known: Iterable[str]) -> str | None:
    """What the author probably meant, or None."""
    known = list(known)
    if name in _HABITS:
        return _HABITS[name]
    plain = {k.replace("_", "").lower(): k for k in known}
    wanted = name.replace("_", "").lower()
    if wanted in plain:
        return plain[wanted]
    matches = get_close_matches(wanted, list(plain), n=1, cutoff=0.7)
    return plain[matches[0]] if matches else None
