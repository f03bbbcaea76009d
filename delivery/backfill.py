"""Deliveries for stored events that never had one to a destination: events from before it existed or was switched on,
and those that its filter refused then and lets through now."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models import Max, QuerySet

from delivery.lane_counters import count_created
from delivery.models import Delivery, Replay, State
from delivery.ordering import order_key
from delivery.selection import COUNT_SECONDS, Counted
from delivery.transforming import insert as insert_transformed
from destinations.models import Destination
from destinations.reach import reach_of
from destinations.sending_rules import sending_of
from destinations.transformations.wanting import Part, Wanting, wanting_of
from events import bulk
from events.models import Event, Outbox
from events.stored_data import messages_of
from events.time_bounds import first_since

BATCH = 500


@dataclass(frozen=True, slots=True)
class Window:
    """Events of one destination's project that came in within a time, or a single one (`event`)."""

    destination: int
    since: datetime | None = None
    until: datetime | None = None
    event: int | None = None

    def as_json(self) -> dict[str, Any]:
        times = {"since": self.since, "until": self.until}
        found: dict[str, int | str | None] = {"destination": self.destination, "event": self.event}
        found |= {name: moment.isoformat() for name, moment in times.items() if moment}
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Window":
        times = {name: datetime.fromisoformat(stored[name]) for name in ("since", "until") if name in stored}
        return cls(stored["destination"], event=stored.get("event"), **times)

    def events(self) -> "QuerySet[Event]":
        lane = Destination.objects.filter(pk=self.destination).values("project_id")
        events = Event.objects.filter(project__in=lane)
        if self.event:
            return events.filter(pk=self.event)
        if self.since:
            events = events.filter(received_at__gte=self.since)
        return events.filter(received_at__lt=self.until) if self.until else events

    def first_id(self) -> int:
        if self.event:
            return self.event
        return first_since(Event.objects.all(), "received_at", self.since) if self.since else 0

    def last_id(self) -> int:
        if self.event:
            return self.event
        lane = Destination.objects.filter(pk=self.destination).values_list("project_id", flat=True)
        return Event.objects.filter(project__in=list(lane)).aggregate(last=Max("pk"))["last"] or 0


def next_events(window: Window, after: int, last: int, most: int) -> tuple[list[Event], int]:
    """Those of the next up to `most` events above `after` that are to be delivered, and where to go on: `last` if there
    are no more. What has not been routed yet is left to routing, which goes by the same filter."""
    found = window.events().filter(pk__gt=after, pk__lte=last).order_by("pk")
    events = list(found.defer("notes", "message")[:most])
    end = events[-1].pk if len(events) == most else last
    return _missing(window.destination, events), end


def count(window: Window, seconds: float = COUNT_SECONDS) -> Counted:
    """Counts for so long at most."""
    number, until = 0, monotonic() + seconds
    after, last = window.first_id() - 1, window.last_id()
    while after < last:
        if monotonic() > until:
            return Counted(number, is_exact=False)
        found, after = next_events(window, after, last, BATCH)
        number += len(found)
    return Counted(number, is_exact=True)


def first_events(window: Window, most: int, seconds: float) -> Iterator[Event]:
    """Up to `most` of the oldest events that would be delivered, looked for so long at most."""
    until, left = monotonic() + seconds, most
    after, last = window.first_id() - 1, window.last_id()
    while after < last and left and monotonic() < until:
        found, after = next_events(window, after, last, BATCH)
        yield from found[:left]
        left -= len(found[:left])


def deliver(destination: Destination, events: list[Event], moment: datetime, replay: Replay) -> int:
    """Makes deliveries for those of the events that still have none. Call it in a transaction that holds the
    destination's row: two backfills of it must not both find an event without one."""
    rest = _missing(destination.pk, events)
    ordered = sending_of(destination.sending).ordered
    wanting = wanting_of(destination)
    if wanting.transforms:
        return _deliver_transformed(wanting, destination.pk, rest, moment, replay, ordered=ordered)
    rows = [
        (
            event.project_id, destination.pk, event.pk, State.QUEUED.value, 0, moment, moment, "", replay.pk,
            order_key(event.user_id, event.device_id) if ordered else None,
        )
        for event in rest
    ]  # fmt: skip
    bulk.insert(Delivery, COLUMNS, rows)
    count_created([destination.pk] * len(rows), moment)
    return len(rows)


def _deliver_transformed(
    wanting: Wanting, destination: int, events: list[Event], moment: datetime, replay: Replay, *, ordered: bool
) -> int:
    made: list[tuple[tuple[int, int, int], Part]] = []
    for event in events:
        parts = wanting.parts_of(event)
        place = (event.project_id, destination, event.pk)
        if not isinstance(parts, str):
            made += [(place, part) for part in parts]
    keys = {event.pk: order_key(event.user_id, event.device_id) for event in events} if ordered else {}
    insert_transformed(made, keys, {destination} if ordered else (), moment, replay.pk)
    count_created([destination] * len(made), moment)
    return len(made)


COLUMNS = (
    "project_id", "destination_id", "event_id", "state", "attempts_made", "created_at", "next_attempt_at", "last_error",
    "replay_id", "order_key",
)  # fmt: skip


def _missing(destination: int, events: list[Event]) -> list[Event]:
    """In this order: what is in the outbox no more has got its delivery, if it was wanted, and that is to be seen."""
    ids = [event.pk for event in events]
    unrouted = set(Outbox.objects.filter(pk__in=ids).values_list("pk", flat=True))
    had = set(Delivery.objects.filter(destination=destination, event__in=ids).values_list("event_id", flat=True))
    lane = Destination.objects.get(pk=destination)
    wanting, reach = wanting_of(lane), reach_of(lane)
    left: Iterable[Event] = (event for event in events if event.pk not in unrouted and event.pk not in had)
    if wanting.transforms and wanting.of_messages:
        left = _with_messages(list(left))
    free = (event for event in left if not (event.restrictions and reach.refusal(event.restrictions)))
    return [event for event in free if wanting.refuses(event) is None]


def _with_messages(events: list[Event]) -> Iterator[Event]:
    stored = messages_of([event.pk for event in events])
    for event in events:
        event.message = stored.get(event.pk)
        yield event
