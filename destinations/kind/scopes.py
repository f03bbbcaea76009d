"""What a kind's templates see of one event: input, parameters, mappedProperties, mappedFields. (pure)"""

from collections.abc import Callable
from typing import Any

from destinations.event_paths import reader
from destinations.kind.definition import COHORTS, Identifier, Kind
from destinations.mappings import compile_mappings
from events.shape import complete

Data = dict[str, Any]
Scope = dict[str, Any]
FIELDS = "mappedFields."
# Roots of what differs from event to event; `parameters` alone are settled once.
EVENT_ROOTS = frozenset({"input", "mappedFields", "mappedProperties", "identifiers"})


def scope_maker(kind: Kind | None, parameters: Data, mappings: Data) -> Callable[[Data], Scope]:
    """From an event's stored data to the templates' variables. Of a cohort batch the templates also see
    `identifiers`: one text for each member that has it."""
    mapping = compile_mappings(mappings) if mappings else None
    if kind is not None and kind.section == COHORTS:
        identify = _identifiers(kind.identifier or Identifier(), parameters)

        def of_batch(data: Data) -> Scope:
            fixed = {"parameters": parameters, "mappedProperties": {}, "mappedFields": {}}
            return {"input": data, **fixed, "identifiers": identify(data)}

        return of_batch
    fixed: Scope = {"parameters": parameters, "mappedProperties": {}, "mappedFields": {}}
    if mapping is None:
        return lambda data: {"input": complete(data), **fixed}
    return lambda data: {"input": complete(data), **fixed, **mapping.scope(data)}


def _identifiers(identifier: Identifier, parameters: Data) -> Callable[[Data], list[str]]:
    path = identifier.by.get(str(parameters.get(identifier.parameter, "")), identifier.path)
    read = reader(path)

    def identify(data: Data) -> list[str]:
        found = (read(user) for user in data.get("users") or () if isinstance(user, dict))
        return [str(value) for value in found if value not in (None, "") and not isinstance(value, (dict, list))]

    return identify


def missing_input(kind: Kind, scope: Scope) -> str:
    """Why an event of this kind is not sent, naming what it lacks; "" where it is."""
    for field in kind.mappings:
        if field.required and scope["mappedFields"].get(field.name) in (None, ""):
            return f"{field.label} is empty."
    for paths in kind.skip_without:
        if all(_filled(path, scope) in (None, "") for path in paths):
            names = " and ".join(path.removeprefix(FIELDS) for path in paths)
            return f"{names} {'are' if len(paths) > 1 else 'is'} empty."
    if scope.get("identifiers") == []:
        return "No member of the batch has the identifier."
    return ""


def _filled(path: str, scope: Scope) -> Any:
    if path.startswith(FIELDS):
        return scope["mappedFields"].get(path.removeprefix(FIELDS))
    return reader(path)(scope["input"])
