"""Hashes: keys, values and size."""

from __future__ import annotations

from destinations.freemarker.builtins.catalogue import built_in
from destinations.freemarker.run import Run, wrong_type
from destinations.freemarker.values import ENDLESS, Blank, Found, Helper, Lazy, Matches, Range, Value


def hash_of(run: Run, value: Value, at: int) -> dict[str, Value]:
    """The value if it is a hash. Raises Fault."""
    if isinstance(value, dict):
        return value
    if isinstance(value, Blank):
        return {}
    raise wrong_type(value, "a hash", at)


@built_in("keys", of="hash", gives="present", with_run=True)
def keys(run: Run, value: dict[str, Value]) -> list[str]:
    return run.made_items(list(value))


@built_in("values", of="hash", gives="present", with_run=True)
def values(run: Run, value: dict[str, Value]) -> list[Value]:
    return run.made_items(list(value.values()))


def size_of(run: Run, value: Value, at: int) -> int:
    """`?size` of a sequence or hash."""
    if isinstance(value, list | dict | tuple):
        return len(value)
    if isinstance(value, Range) and value.size < ENDLESS:
        return value.size
    if isinstance(value, Matches):
        return len(value.items)
    if isinstance(value, Lazy | Range | Found):
        return len(run.items(value, at))
    if isinstance(value, Blank):
        return 0
    if isinstance(value, Helper):
        return len(value.methods)
    raise wrong_type(
        value, "a sequence or hash", at, "the length of a text is ?length" if isinstance(value, str) else None
    )
