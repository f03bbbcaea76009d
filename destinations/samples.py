"""Events to try a payload on: newest ones that pass the filter, saved ones, pasted ones, or a built-in one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from destinations import catalog
from destinations.kind.definition import COHORTS
from destinations.mappings import names_in_scope
from destinations.models import Destination, Sample
from destinations.passing import passing_events
from destinations.payloads import EMPTY_SCOPE
from destinations.preview import json_fault
from destinations.sample_batches import BATCH, BUILT_IN_BATCH, batch_of, offered_batches, takes_batches
from events.jsontext import loads
from events.models import Event
from events.shape import complete

OFFERED = 12
SCANNED = 2_000  # newest events looked at for samples
MOST_NAMES = 2_000
MOST_CHARACTERS = 1_000_000
MOST_NAME, MOST_SAVED = 60, 100
BUILT_IN, PASTED, SAVED = "built-in", "pasted", "saved-"

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


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sample in use: its value in the picker, its stored data, and the message that it came as."""

    value: str
    data: dict[str, Any]
    came_as: dict[str, Any] | None = None

    @property
    def saved(self) -> str:
        """The saved sample's key, or ""."""
        return self.value.removeprefix(SAVED) if self.value.startswith(SAVED) else ""


class BadSample(ValueError):
    """Pasted text that cannot stand for an event; the message says why and where."""


def recent_events(destination: Destination) -> list[Event]:
    """The newest events that pass the filter, one per event type first."""
    newest = list(passing_events(destination, OFFERED * 5, SCANNED))
    first_of_type: dict[str, Event] = {}
    for event in newest:
        first_of_type.setdefault(event.event_type, event)
    ordered = [*first_of_type.values(), *(e for e in newest if first_of_type[e.event_type] is not e)]
    return ordered[:OFFERED]


def offered_samples(destination: Destination, wanted: str = "") -> tuple[list[Event], Chosen]:
    """The events to choose from, and the chosen sample: `wanted` if it is there, else the newest event."""
    events = recent_events(destination)
    chosen = chosen_sample(destination, BUILT_IN if wanted == PASTED else wanted)
    if chosen.value != wanted and (batches := offered_batches(destination)):
        chosen = chosen_sample(destination, f"{BATCH}{batches[0].key}")
    elif chosen.value != wanted and events:
        chosen = _of_event(str(events[0].pk), events[0])
    event = _event(destination, chosen.value)
    if event is not None and event not in events:
        events = [event, *events[: OFFERED - 1]]
    return events, chosen


def chosen_sample(destination: Destination, value: str, pasted: str = "") -> Chosen:
    """The sample that a value of the picker names: an event's id, `saved-<key>`, `pasted`; otherwise the built-in one.

    Raises BadSample for pasted text that is no event.
    """
    if value == PASTED:
        return Chosen(PASTED, read_sample(pasted))
    if value.startswith(SAVED) and (key := _key(value.removeprefix(SAVED))) is not None:
        sample = destination.samples.filter(pk=key).first()
        if sample is not None:
            return Chosen(value, sample.data)
    if (batch := batch_of(destination, value)) is not None:
        return Chosen(value, batch)
    event = _event(destination, value)
    return _of_event(value, event) if event is not None else Chosen(BUILT_IN, _built_in(destination))


def _of_event(value: str, event: Event) -> Chosen:
    return Chosen(value, event.data, event.message)


def read_sample(text: str) -> dict[str, Any]:
    """Pasted JSON as an event's data. Raises BadSample."""
    if len(text) > MOST_CHARACTERS:
        raise BadSample(f"The sample has {len(text):,} characters; at most {MOST_CHARACTERS:,} are allowed.")
    fault = json_fault(text)
    if fault:
        raise BadSample(f"The sample is not JSON: {fault}.")
    data = loads(text)
    if not isinstance(data, dict):
        raise BadSample('The sample is not one event. Write an object: {"event_type": …}.')
    return data


def _event(destination: Destination, value: str) -> Event | None:
    key = _key(value)
    return None if key is None else Event.objects.filter(project=destination.project_id, pk=key).first()


def _key(value: str) -> int | None:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else None


def completions(destination: Destination, events: Iterable[Event]) -> list[str]:
    """What the editor suggests: every path of the newest events, and what else a template is given."""
    named = [
        path
        for stem, names in names_in_scope(destination.mappings).items()
        for path in _paths(stem, dict.fromkeys(names), 1)
    ]
    kind = catalog.of(destination)
    if kind is not None:
        named += [f"parameters.{one.name}" for one in kind.parameters]
        named += [f"mappedFields.{one.name}" for one in kind.mappings]
    if takes_batches(destination):
        fields = list(_paths("input", _built_in(destination), 2))
    else:
        fields = field_names([_built_in(destination), *(event.data for event in events)])
    return list(dict.fromkeys([*fields, *EMPTY_SCOPE, *named]))


def _built_in(destination: Destination) -> dict[str, Any]:
    """A cohort's batches have another shape than events: the kind's own sample."""
    kind = catalog.of(destination)
    if kind is not None and kind.section == COHORTS and kind.samples:
        return kind.samples[0].event
    return BUILT_IN_BATCH if takes_batches(destination) else BUILT_IN_DATA


def field_names(samples: Iterable[dict[str, Any]]) -> list[str]:
    """Every path that a template could name, for the editor to suggest: "input.user_properties.plan"."""
    names: dict[str, None] = {}
    for data in samples:
        names.update(dict.fromkeys(_paths("input", complete(data), 4)))
        if len(names) > MOST_NAMES:
            break
    return list(names)[:MOST_NAMES]


def _paths(stem: str, value: dict[str, Any], depth: int) -> Iterator[str]:
    for key, inner in value.items():
        path = f"{stem}.{key}" if key.isidentifier() else f'{stem}["{key}"]'
        yield path
        if isinstance(inner, dict) and depth > 1:
            yield from _paths(path, inner, depth - 1)


def keep_sample(destination: Destination, name: str, text: str) -> Sample:
    """Saves pasted JSON under a name; one of that name is replaced. Raises BadSample."""
    name, data = name.strip(), read_sample(text)
    if not 0 < len(name) <= MOST_NAME:
        raise BadSample(f"Give the sample a name of 1 to {MOST_NAME} characters.")
    others = destination.samples.exclude(name=name)
    if others.count() >= MOST_SAVED:
        raise BadSample(f"This destination has {MOST_SAVED} samples. Delete one first.")
    return destination.samples.update_or_create(name=name, defaults={"data": data})[0]


def drop_sample(destination: Destination, value: str) -> bool:
    """Deletes the saved sample that a value of the picker names; whether there was one."""
    key = _key(value.removeprefix(SAVED)) if value.startswith(SAVED) else None
    return key is not None and bool(destination.samples.filter(pk=key).delete()[0])
