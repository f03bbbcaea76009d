"""Events to try a payload on: the project's newest, or a built-in one while nothing has arrived."""

from collections.abc import Iterable, Iterator
from typing import Any

from events.models import Event, Project
from events.shape import complete

OFFERED = 12
BUILT_IN = "built-in"

# What a shop's first event looks like in the export shape (events/shape.py adds the empty fields).
BUILT_IN_DATA: dict[str, Any] = {
    "event_type": "Order Placed",
    "event_time": "2026-01-15 09:30:00.123",
    "user_id": "user_1001",
    "device_id": "5f1d7a9e-0c42-4f4b-9a57-2d8c4b6f3e10",
    "session_id": 1768469400000,
    "event_id": 42,
    "uuid": "0b9a4c1e-7f52-4a83-9d0e-6c5b8f2a1d34",
    "$insert_id": "5f1d7a9e-order-8001",
    "event_properties": {"order_id": "A-8001", "amount": 49.9, "currency": "EUR", "items": 3},
    "user_properties": {"email": "user_1001@example.com", "plan": "pro"},
    "groups": {"company": ["Acme"]},
    "group_properties": {},
    "client_event_time": "2026-01-15 09:30:00.123",
    "server_received_time": "2026-01-15 09:30:00.480",
    "platform": "Web",
    "os_name": "Chrome",
    "language": "English",
    "library": "amplitude-ts/2.11.0",
    "country": "Germany",
    "city": "Berlin",
    "$schema": 13,
}


def recent_events(project: Project) -> list[Event]:
    """The newest events, one per event type first."""
    newest = list(Event.objects.filter(project=project).order_by("-pk")[: OFFERED * 5])
    first_of_type: dict[str, Event] = {}
    for event in newest:
        first_of_type.setdefault(event.event_type, event)
    ordered = [*first_of_type.values(), *(e for e in newest if first_of_type[e.event_type] is not e)]
    return ordered[:OFFERED]


def offered_samples(project: Project, chosen: str = "") -> tuple[list[Event], str]:
    """The events to choose from, and which one is chosen: `chosen` (an event's id) if it is there, else the newest."""
    events = recent_events(project)
    wanted = _event(project, chosen)
    if wanted is not None and wanted not in events:
        events = [wanted, *events[: OFFERED - 1]]
    first = wanted or next(iter(events), None)
    return events, str(first.pk) if first else BUILT_IN


def sample_data(project: Project, choice: str) -> dict[str, Any]:
    """The stored data of the chosen event (its id), or of the built-in one."""
    event = _event(project, choice)
    return BUILT_IN_DATA if event is None else event.data


def _event(project: Project, choice: str) -> Event | None:
    if not (choice.isascii() and choice.isdecimal() and len(choice) < 19):
        return None
    return Event.objects.filter(project=project, pk=int(choice)).first()


def field_names(samples: Iterable[dict[str, Any]]) -> list[str]:
    """Every path that a template could name, for the editor to suggest: "input.user_properties.plan"."""
    names: dict[str, None] = {}
    for data in samples:
        names.update(dict.fromkeys(_paths("input", complete(data), 4)))
    return list(names)


def _paths(stem: str, value: dict[str, Any], depth: int) -> Iterator[str]:
    for key, inner in value.items():
        path = f"{stem}.{key}" if key.isidentifier() else f'{stem}["{key}"]'
        yield path
        if isinstance(inner, dict) and depth > 1:
            yield from _paths(path, inner, depth - 1)
