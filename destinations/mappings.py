"""Which properties of an event go on to a destination, which of its fields they fill, and how they are changed. (pure)

`{"properties": {"event": [name, …], "user": [name, …], "group": ["type.name", …]}, "fields": {field: property},
"steps": [{step: …, property: …}, …]}`: an object that is not named is forwarded whole, one with an empty list not at
all. {} forwards everything. The steps (event_steps.py) change what is forwarded, and fields, as `mappedFields.name`.
"""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any

from destinations.event_paths import path_problem, reader
from destinations.event_steps import check_steps, compile_steps
from destinations.value_steps import BadSteps, Place, Step, compile_value_steps
from events.checking import BadPart
from events.shape import complete

KEYS = ("properties", "fields", "steps")
FIELD = "mappedFields."
OBJECTS = {"event": "event_properties", "user": "user_properties", "group": "group_properties"}
MOST_NAMES = 1_000
MOST_CHARACTERS = 1_024

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """What a kind lets one fill from a property."""

    name: str
    required: bool = False


class BadMappings(BadPart):
    """Mappings that are refused."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """`forwarded`: an event's full shape with nothing in it that was not chosen, changed by the steps. `scope`: what
    templates see beside the event. Values keep their types, unless a step gives them another."""

    forwarded: Callable[[Data], Data]
    scope: Callable[[Data], Data]


def check_mappings(given: Any, declared: Sequence[Field] = (), *, complete: bool = True) -> Data:
    """The mappings as they are stored; `declared`: the fields of the kind. `complete`: those that are required must be
    filled. Raises BadMappings."""
    if given is None:
        given = {}
    if not isinstance(given, dict) or not set(given) <= set(KEYS):
        raise BadMappings(
            [((), "Write {properties: {event: [name, …], user: …, group: …}, fields: {field: property}, steps: […]}.")]
        )
    problems: list[tuple[Place, str]] = []
    properties = _checked_properties(given.get("properties"), problems)
    steps = _checked_steps(given.get("steps"), declared, problems)
    filled = _set_by(steps)
    required = [field.name for field in declared if complete and field.required and field.name not in filled]
    fields = _checked_fields(given.get("fields"), declared, required, problems)
    if problems:
        raise BadMappings(problems)
    checked = {"properties": properties, "fields": fields, "steps": steps}
    return {key: value for key, value in checked.items() if value}


def compile_mappings(mappings: Data) -> Mapping:
    """`mappings`: as `check_mappings` returned them."""
    kept = {OBJECTS[name]: frozenset(names) for name, names in mappings.get("properties", {}).items()}
    chosen = _names_after(mappings)
    # Of two properties of one name, the event's comes before the user's and the user's before the group's.
    reads = [_read(name, wanted) for name in reversed(OBJECTS) for wanted in chosen.get(name, ())]
    fields = _fields(mappings)
    steps = [step for step in mappings.get("steps", ()) if _field_of(step) is None]
    change = compile_steps(steps)

    def selected(data: Data) -> Data:
        return data | {name: _selected(name, data.get(name), names) for name, names in kept.items()}

    def changed(data: Data) -> Data:
        return complete(change(selected(data)))

    def scope(data: Data) -> Data:
        forwarded = change(selected(data)) if steps else data
        found = {name: value for name, read in reads if (value := read(forwarded)) is not None}
        return {"mappedProperties": found, "mappedFields": {field: read(data) for field, read in fields.items()}}

    return Mapping(changed if steps else selected, scope)


def names_in_scope(mappings: Data) -> dict[str, list[str]]:
    """What a template may name in `mappedProperties` and `mappedFields`, whether an event has it or not."""
    chosen = _names_after(mappings)
    names = [name.partition(".")[2] if stem == "group" else name for stem in OBJECTS for name in chosen.get(stem, ())]
    fields = dict.fromkeys([*mappings.get("fields", {}), *_set_by(mappings.get("steps", ()))])
    return {"mappedProperties": list(dict.fromkeys(names)), "mappedFields": list(fields)}


def for_fields(mappings: Data, names: Container[str]) -> Data:
    """The mappings without what they say of other fields than these."""
    fields = {name: path for name, path in mappings.get("fields", {}).items() if name in names}
    steps = [one for one in mappings.get("steps", ()) if (of := _field_of(one)) is None or of in names]
    return {key: value for key, value in (mappings | {"fields": fields, "steps": steps}).items() if value}


def _names_after(mappings: Data) -> dict[str, list[str]]:
    """The chosen names as the steps leave them: renamed, dropped; what is set is forwarded, too."""
    chosen = {stem: dict.fromkeys(names) for stem, names in mappings.get("properties", {}).items()}
    for step in mappings.get("steps", ()):
        holder, _, name = step["property"].partition(".")
        stem = next((stem for stem, known in OBJECTS.items() if known == holder), "")
        names = chosen.get(stem, {})
        if not stem:
            continue
        if step["step"] == "rename" and name in names:
            front = name.partition(".")[0] + "." if stem == "group" else ""
            chosen[stem] = dict.fromkeys(front + step["to"] if one == name else one for one in names)
        elif step["step"] == "drop":
            names.pop(name, None)
        elif step["step"] == "constant":
            made = name if stem == "group" or name in names else name.partition(".")[0]
            chosen[stem] = names | {made: None}
    return {stem: list(names) for stem, names in chosen.items()}


def _field_of(step: Step) -> str | None:
    """The field that a step changes."""
    front, dot, name = step["property"].partition(FIELD)
    return name if dot and not front else None


def _set_by(steps: Sequence[Step]) -> list[str]:
    """The fields that get a value of their own."""
    return [of for step in steps if step["step"] == "constant" and (of := _field_of(step)) is not None]


def _fields(mappings: Data) -> dict[str, Callable[[Data], Any]]:
    """Fields are filled from the event as it came; the steps that name them change what they got."""
    paths: dict[str, str] = mappings.get("fields", {})
    steps: dict[str, list[Step]] = {}
    for step in mappings.get("steps", ()):
        if (of := _field_of(step)) is not None:
            steps.setdefault(of, []).append(step)
    return {name: _field(paths.get(name), steps.get(name, [])) for name in dict.fromkeys([*paths, *steps])}


def _field(path: str | None, steps: list[Step]) -> Callable[[Data], Any]:
    read = reader(path) if path else lambda data: None
    if not steps:
        return read
    change = compile_value_steps(steps)
    return lambda data: change(read(data))


def _checked_steps(given: Any, declared: Sequence[Field], problems: list[tuple[Place, str]]) -> list[Step]:
    try:
        return check_steps(given, [FIELD + field.name for field in declared])
    except BadSteps as error:
        problems += [(("steps", *place), message) for place, message in error.problems]
        return []


def _checked_properties(given: Any, problems: list[tuple[Place, str]]) -> dict[str, list[str]]:
    if given is None:
        return {}
    if not isinstance(given, dict) or not set(given) <= set(OBJECTS):
        problems.append((("properties",), "Write {event: [name, …], user: [name, …], group: [type.name, …]}."))
        return {}
    return {name: _checked_names(name, given[name], problems) for name in OBJECTS if given.get(name) is not None}


def _checked_names(key: str, names: Any, problems: list[tuple[Place, str]]) -> list[str]:
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
    given: Any, declared: Sequence[Field], required: Sequence[str], problems: list[tuple[Place, str]]
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
    for name in required:
        if not given.get(name):
            problems.append((("fields", name), f"{name} is required. Choose a property for it."))
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
