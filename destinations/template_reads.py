"""What a destination's template reads, and whether that is there: in the event it is tried on, in the kind. (pure)"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from destinations.freemarker import Reference
from destinations.kind.definition import Kind
from destinations.kind.scopes import scope_maker
from destinations.mappings import names_in_scope
from destinations.models import Language

FILLED, EMPTY, MISSING, UNKNOWN = "filled", "empty", "missing", "unknown"


@dataclass(frozen=True, slots=True)
class Read:
    """One thing that the template reads. `found`: filled, empty (null or {}), or missing in the event; unknown where
    no such variable exists. `lines`: where it is read, counted from 1."""

    name: str
    found: str
    lines: tuple[int, ...]


def template_reads(
    language: str,
    source: str,
    data: dict[str, Any],
    mappings: dict[str, Any],
    kind: Kind | None = None,
    parameters: dict[str, Any] = MappingProxyType({}),  # type: ignore[assignment]
) -> list[Read]:
    """In the order of first reading. `data`: an event's stored data. `mappings`, and the values of the kind's
    `parameters`: as they are stored. Raises TemplateError."""
    declared = names_in_scope(mappings)
    if kind is not None:
        declared["parameters"] = [one.name for one in kind.parameters]
        declared["mappedFields"] += [one.name for one in kind.mappings]
    scope = scope_maker(kind, dict(parameters), mappings)(data)
    lines: dict[tuple[str, ...], dict[int, None]] = {}
    for reference in _references(language, source):
        lines.setdefault(reference.path, {})[reference.line] = None
    longest = [path for path in lines if not any(_goes_on(path, other) for other in lines)]
    return [Read(_written(path), _found(scope, declared, path), tuple(lines[path])) for path in longest]


def _references(language: str, source: str) -> list[Reference]:
    if language == Language.JINJA2:
        from destinations.jinja import references as jinja2_references

        return jinja2_references(source)
    from destinations.freemarker import references as freemarker_references

    return freemarker_references(source)


def _goes_on(path: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether `other` reads something inside `path`: `input.items` in a list of which each `sku` is read."""
    return len(other) > len(path) and other[: len(path)] == path


def _found(scope: dict[str, Any], declared: dict[str, list[str]], path: tuple[str, ...]) -> str:
    """`declared`: the names inside a variable, where they are not the event's to give."""
    stem, *inner = path
    if stem not in scope or (inner and stem != "input" and inner[0] not in declared.get(stem, ())):
        return UNKNOWN
    values = [scope]
    for key in path:
        values = [value[key] for value in _items(values) if isinstance(value, dict) and key in value]
    if not values:
        return MISSING
    return EMPTY if all(value is None or value in ({}, []) for value in values) else FILLED


def _items(values: Iterable[Any]) -> Iterable[Any]:
    """Lists stand for their items: positions are left out of paths."""
    for value in values:
        if isinstance(value, list):
            yield from _items(value)
        else:
            yield value


def _written(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f".{key}" if key.isidentifier() else f'["{key}"]' for key in path[1:])
