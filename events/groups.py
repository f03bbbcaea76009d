"""Brings groups up to date with events, and gives every event its groups' properties as they were at that event."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from events.identify import apply
from events.jsontext import dumps, loads
from events.models import Group, Project
from events.property_rows import PropertyRows, Texts

if TYPE_CHECKING:
    from events.accept import Incoming

Properties = dict[str, Any]

GROUPS = PropertyRows(Group, ("group_type", "group_name"), ("properties",), ("updated_at",))
# Characters of JSON, as for profiles; an event may belong to ten groups.
MAX_GROUP_SIZE = 8 * 1024
TOO_LARGE = f"group not updated: it would have more than {MAX_GROUP_SIZE:,} characters"


def update_groups(project: Project, events: list["Incoming"], received_at: datetime) -> None:
    """Fills in the events' `group_properties`, in order, and writes what their operations change."""
    grouped = [event for event in events if event.data.get("groups")]
    keys = {key for event in grouped for key in _keys(event)}
    if keys:
        stored = GROUPS.read(project.pk, keys)
        GROUPS.settle(project.pk, stored, lambda stored: _replay(grouped, stored), received_at)


def _keys(event: "Incoming") -> list[Texts]:
    return [(group_type, name) for group_type, names in event.data["groups"].items() for name in names]


def _replay(grouped: list["Incoming"], stored: dict[Texts, Texts]) -> dict[Texts, Texts]:
    known: dict[Texts, Properties] = {key: loads(text) for key, (text,) in stored.items()}
    changed: set[Texts] = set()
    for event in grouped:
        for key, operations in (event.group_operations or {}).items():
            _apply(event, key, operations, known, changed)
        shown: dict[str, dict[str, Properties]] = {}
        for group_type, name in _keys(event):
            if known.get((group_type, name)):
                shown.setdefault(group_type, {})[name] = known[group_type, name]
        if shown:
            event.data["group_properties"] = shown
    return {key: (dumps(known[key]),) for key in changed}


def _apply(
    event: "Incoming", key: Texts, operations: Properties, known: dict[Texts, Properties], changed: set[Texts]
) -> None:
    before = known.get(key)
    after = apply(before or {}, operations)
    if before is not None and after is before:
        return
    if len(dumps(after)) <= MAX_GROUP_SIZE:
        known[key] = after
        changed.add(key)
    elif TOO_LARGE not in event.notes:
        event.notes.append(TOO_LARGE)
