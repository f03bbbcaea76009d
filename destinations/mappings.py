"""Which properties of an event go on to a destination, and which of its fields they fill. (pure)

`{"properties": {"event": [name, …], "user": [name, …], "group": ["type.name", …]}, "fields": {field: property}}`: an
object that is not named is forwarded whole, one with an empty list not at all. {} forwards everything.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from destinations.event_paths import path_problem, reader

KEYS = ("properties", "fields")
OBJECTS = {"event": "event_properties", "user": "user_properties", "group": "group_properties"}
MOST_NAMES = 1_000
MOST_CHARACTERS = 1_024

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What a kind lets one fill from a property."""

    name: str
    required: bool = False


class BadMappings(ValueError):
    """Mappings that are refused; `problems`: for each the keys that lead to it, and the message."""

    def __init__(self, problems: list[tuple[tuple[str, ...], str]]) -> None:
        super().__init__("; ".join(message for _, message in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Mapping:
    """`forwarded`: an event's full shape with nothing in it that was not chosen. `scope`: what templates see beside
    the event. Values keep their types."""

    forwarded: Callable[[Data], Data]
    scope: Callable[[Data], Data]


def check_mappings(given: Any, declared: Sequence[Field] = (), *, complete: bool = True) -> Data:
    """The mappings as they are stored; `declared`: the fields of the kind. `complete`: those that are required must be
    filled. Raises BadMappings."""
    if given is None:
        given = {}
    if not isinstance(given, dict) or not set(given) <= set(KEYS):
        raise BadMappings(
            [((), "Write {properties: {event: [name, …], user: …, group: …}, fields: {field: property}}.")]
        )
    problems: list[tuple[tuple[str, ...], str]] = []
    properties = _checked_properties(given.get("properties"), problems)
    fields = _checked_fields(given.get("fields"), declared, problems, complete=complete)
    if problems:
        raise BadMappings(problems)
    return ({"properties": properties} if properties else {}) | ({"fields": fields} if fields else {})


def compile_mappings(mappings: Data) -> Mapping:
    """`mappings`: as `check_mappings` returned them."""
    chosen = {name: tuple(names) for name, names in mappings.get("properties", {}).items()}
    kept = {OBJECTS[name]: frozenset(names) for name, names in chosen.items()}
    # Of two properties of one name, the event's comes before the user's and the user's before the group's.
    reads = [_read(name, wanted) for name in reversed(OBJECTS) for wanted in chosen.get(name, ())]
    fields = {field: reader(path) for field, path in mappings.get("fields", {}).items()}

    def forwarded(data: Data) -> Data:
        return data | {name: _selected(name, data.get(name), names) for name, names in kept.items()}

    def scope(data: Data) -> Data:
        found = {name: value for name, read in reads if (value := read(data)) is not None}
        return {"mappedProperties": found, "mappedFields": {field: read(data) for field, read in fields.items()}}

    return Mapping(forwarded, scope)


def names_in_scope(mappings: Data) -> dict[str, list[str]]:
    """What a template may name in `mappedProperties` and `mappedFields`, whether an event has it or not."""
    chosen = mappings.get("properties", {})
    names = [name.partition(".")[2] if stem == "group" else name for stem in OBJECTS for name in chosen.get(stem, ())]
    return {"mappedProperties": list(dict.fromkeys(names)), "mappedFields": list(mappings.get("fields", {}))}


def _checked_properties(given: Any, problems: list[tuple[tuple[str, ...], str]]) -> dict[str, list[str]]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not set(given) <= set(OBJECTS):
        problems.append((("properties",), "Write {event: [name, …], user: [name, …], group: [type.name, …]}."))
        return {}
    return {name: _checked_names(name, given[name], problems) for name in OBJECTS if given.get(name) is not None}


def _checked_names(key: str, names: Any, problems: list[tuple[tuple[str, ...], str]]) -> list[str]:
    place = ("properties", key)
    if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
        problems.append((place, "Write a list of names: [name, …]."))
        return []
    if len(names) > MOST_NAMES:
        problems.append((place, f"{len(names):,} properties are named; at most {MOST_NAMES:,} are allowed."))
    for name in names:
        if len(name) > MOST_CHARACTERS:
            problems.append((place, f"A name has more than {MOST_CHARACTERS:,} characters."))
        elif key == "group" and not all(name.partition(".")):
            problems.append(
                (place, f"“{name[:60]}” names no group’s property. Write the group’s type too: company.plan.")
            )
    return list(dict.fromkeys(names))


def _checked_fields(
    given: Any, declared: Sequence[Field], problems: list[tuple[tuple[str, ...], str]], *, complete: bool
) -> dict[str, str]:
    if given is None:
        given = {}
    if not isinstance(given, dict):
        problems.append((("fields",), "Write {field: property, …}."))
        return {}
    known = ", ".join(field.name for field in declared)
    given = {name: path for name, path in given.items() if path not in (None, "")}
    for name, path in given.items():
        if name not in {field.name for field in declared}:
            told = f"“{name}” is none of its fields: {known}." if known else "This kind has no fields to map."
            problems.append((("fields", str(name)), told))
        elif wrong := path_problem(path):
            problems.append((("fields", name), wrong))
    for field in declared:
        if complete and field.required and not given.get(field.name):
            problems.append((("fields", field.name), f"{field.name} is required. Choose a property for it."))
    return dict(given)


def _read(stem: str, name: str) -> tuple[str, Callable[[Data], Any]]:
    if stem == "group":
        return name.partition(".")[2], reader(f"group_properties.{name}")

    def read(data: Data) -> Any:
        held = data.get(OBJECTS[stem])
        return held.get(name) if isinstance(held, dict) else None

    return name, read


def _selected(holder: str, held: Any, names: frozenset[str]) -> Any:
    if not isinstance(held, dict):
        return held
    if holder != "group_properties":
        return {name: value for name, value in held.items() if name in names}
    return {group_type: _of_groups(group_type, groups, names) for group_type, groups in held.items()}


def _of_groups(group_type: str, groups: Any, names: frozenset[str]) -> Any:
    if not isinstance(groups, dict):
        return groups
    return {
        group: {name: value for name, value in properties.items() if f"{group_type}.{name}" in names}
        if isinstance(properties, dict)
        else properties
        for group, properties in groups.items()
    }
