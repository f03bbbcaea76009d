"""The properties that a project's newest events have, as filters name them."""

from collections.abc import Iterable, Iterator
from typing import Any

from destinations.event_paths import EVENT_FIELDS, HOLDERS, path_problem
from events.models import Event, Project

LOOKED_AT = 300  # newest events
MOST_PATHS = 1_000
LEVELS = 3  # of objects within a property
LISTED = 5  # elements of a list that are looked into


def recent_paths(project: Project) -> list[str]:
    """What filters may name of the newest events: properties first, then fields."""
    newest = Event.objects.filter(project=project).order_by("-pk").values_list("data", flat=True)
    return paths_of(newest[:LOOKED_AT])


def recent_properties(project: Project) -> dict[str, list[str]]:
    """The names to forward by: of event and user properties, and of group properties with their group's type."""
    found: dict[str, dict[str, None]] = {"event": {}, "user": {}, "group": {}}
    newest = Event.objects.filter(project=project).order_by("-pk").values_list("data", flat=True)
    for data in newest[:LOOKED_AT]:
        for name in ("event", "user"):
            found[name].update(dict.fromkeys(data.get(f"{name}_properties") or ()))
        found["group"].update(dict.fromkeys(_group_properties(data)))
    return {name: sorted(names, key=str.lower)[:MOST_PATHS] for name, names in found.items()}


def _group_properties(data: dict[str, Any]) -> Iterator[str]:
    groups = {"group_properties": data.get("group_properties")}
    for path in _paths(groups, levels=1):
        yield path.partition(".")[2]


def paths_of(events: Iterable[dict[str, Any]]) -> list[str]:
    """Every path of the events' stored data that has a value, at most 1,000, and all the fields an event can have."""
    found: dict[str, None] = {}
    for data in events:
        found.update(dict.fromkeys(_paths(data)))
        if len(found) >= MOST_PATHS:
            break
    known = sorted((path for path in found if path_problem(path) is None), key=_order)
    return [*known[:MOST_PATHS], *EVENT_FIELDS]


def _paths(data: dict[str, Any], levels: int = LEVELS) -> Iterator[str]:
    for stem in HOLDERS:
        held = data.get(stem)
        if not isinstance(held, dict):
            continue
        if stem != "group_properties":
            yield from _inside(stem, held, levels)
            continue
        for group_type, groups in held.items():
            for properties in groups.values() if isinstance(groups, dict) else ():
                yield from _inside(f"{stem}.{group_type}", properties, levels)


def _inside(stem: str, value: Any, levels: int) -> Iterator[str]:
    """The ways on from `stem`: through objects, and through the objects in lists."""
    for held in value[:LISTED] if isinstance(value, list) else [value]:
        if not isinstance(held, dict):
            continue
        for name, inner in held.items():
            path = f"{stem}.{name}"
            yield path
            if levels > 1:
                yield from _inside(path, inner, levels - 1)


def _order(path: str) -> tuple[int, str]:
    stem = path.partition(".")[0]
    return HOLDERS.index(stem), path.lower()
