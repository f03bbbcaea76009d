"""Cuts strings at 1,024 characters, as Amplitude does."""

from typing import Any

from events.dialects.jsonbody import LONG_STRING


def cut(value: Any) -> tuple[Any, int]:
    """The value with every string in it at most LONG_STRING characters long, and how many were cut. Keys stay."""
    if isinstance(value, str):
        return (value[:LONG_STRING], 1) if len(value) > LONG_STRING else (value, 0)
    if isinstance(value, list):
        pairs = [cut(item) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        entries = {key: cut(entry) for key, entry in value.items()}
        return {key: entry for key, (entry, _) in entries.items()}, sum(count for _, count in entries.values())
    return value, 0
