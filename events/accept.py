"""The one way in: checked events -> deduplicated, profiles brought up to date, rows written, router woken."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from events import bulk, storing
from events.changes import with_identifies
from events.gathering import MOST_GATHERED, Gathering, Part
from events.groups import update_groups
from events.models import Event, Outbox, Project, SeenInsertId, dedup_key
from events.profiles import update_profiles
from events.received import count_duplicates
from events.restrictions import Restrictions
from events.totals import Total
from events.wake import wake_router

DEDUP_WINDOW = timedelta(days=7)
ACCEPTED = Total("streamhub_events_accepted", "Events stored.")
DUPLICATES = Total("streamhub_events_duplicate", "Events dropped as copies of stored ones.")


@dataclass(slots=True)
class Incoming:
    """An event that a dialect has checked and brought into the export shape.

    `data` holds the fields of the shape that the event has, without `user_properties` and `group_properties`: those
    are filled in here, from the profile and the groups together with the operations that the event brings.
    """

    topic: str
    event_type: str
    user_id: str | None
    device_id: str | None
    event_time: datetime
    uuid: UUID
    data: dict[str, Any]
    insert_id: str | None = None
    # $set, $setOnce ... on the user's properties, and {(group type, group name): operations} on groups.
    user_operations: dict[str, Any] | None = None
    group_operations: dict[tuple[str, str], dict[str, Any]] | None = None
    # False: the stored properties are neither updated nor merged into this event.
    sync_profile: bool = True
    # Its insert_id is the only one in the project, not only of its user or device.
    is_unique: bool = False
    # The user is in `groups` from now on (an identify's always).
    joins_groups: bool = False
    # Identities of profiles that are this user too (profiles.py).
    merges: tuple[str, ...] = ()
    # The message as it came, where its dialect has another shape.
    message: dict[str, Any] | None = None
    restrictions: Restrictions | None = None
    # Watched user properties that it changed (changes.py); filled in with the profile.
    changed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def who(self) -> str:
        """Whose the insert_id is."""
        return "" if self.is_unique else self.device_id or self.user_id or ""


@dataclass(slots=True, frozen=True)
class Accepted:
    stored: int
    duplicates: int


def accept(project: Project, incoming: Sequence[Incoming], received_at: datetime) -> Accepted:
    """Stores the events and returns once they are committed. Copies of an insert_id are dropped."""
    part = Part(incoming, received_at)
    if len(incoming) > MOST_GATHERED or connection.in_atomic_block:
        return storing.do(partial(_store_together, project, [part]))[0]
    return _gathering.accept(project, part)


def _store_together(project: Project, parts: Sequence[Part]) -> list[Accepted]:
    """One transaction for the events of all parts, in their order."""
    received_at = max(part.received_at for part in parts)
    incoming = [event for part in parts for event in part.incoming]
    with transaction.atomic():
        fresh = _without_copies(project, incoming, received_at)
        if fresh:
            update_profiles(project, fresh, received_at)
            update_groups(project, fresh, received_at)
            _store(project, with_identifies(fresh) if project.watched_properties else fresh, received_at)
        if len(fresh) < len(incoming):
            count_duplicates(project, len(incoming) - len(fresh), received_at)
    copies = len(incoming) - len(fresh)
    if fresh:
        wake_router()
        ACCEPTED.add(len(fresh))
    if copies:
        DUPLICATES.add(copies)
    return _told_apart(parts, fresh)


def _told_apart(parts: Sequence[Part], fresh: Sequence[Incoming]) -> list[Accepted]:
    stored = set(map(id, fresh))
    counts = [sum(id(event) in stored for event in part.incoming) for part in parts]
    return [Accepted(count, len(part.incoming) - count) for part, count in zip(parts, counts, strict=True)]


_gathering = Gathering(_store_together)


def _without_copies(project: Project, incoming: Sequence[Incoming], received_at: datetime) -> list[Incoming]:
    """In the order they came in: identify operations depend on it."""
    keys = [
        None if event.insert_id is None else dedup_key(project.pk, event.who, event.insert_id) for event in incoming
    ]
    new: set[UUID | None] = {None}
    if wanted := {key for key in keys if key is not None}:
        new |= _remember(sorted(wanted), received_at)
    fresh = []
    for key, event in zip(keys, incoming, strict=True):
        if key in new:
            fresh.append(event)
            if key is not None:
                new.remove(key)  # a copy later in the same request is one too
    return fresh


def _remember(keys: list[UUID], seen_at: datetime) -> set[UUID]:
    """Writes the keys and returns those that were not there, or only longer ago than the window.

    Sorted keys, so that two requests with the same events cannot wait for each other crosswise.
    """
    adapt = bulk.adapter()
    seen = adapt(seen_at)
    by_value = {adapt(key): key for key in keys}
    if connection.vendor == "postgresql":
        rows, parameters = "SELECT unnest(%s::uuid[]), %s::timestamptz", [keys, seen]
    else:
        rows = "VALUES " + ",".join(["(%s, %s)"] * len(keys))
        parameters = [parameter for value in by_value for parameter in (value, seen)]
    table = SeenInsertId._meta.db_table
    remembered = bulk.fetch(
        f"INSERT INTO {table} (key, seen_at) {rows} "
        "ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at "
        f"WHERE {table}.seen_at < %s RETURNING key",
        [*parameters, adapt(seen_at - DEDUP_WINDOW)],
    )
    return {by_value[value] for (value,) in remembered}


EVENT_COLUMNS = (
    "id", "project_id", "uuid", "topic", "event_type", "user_id", "device_id", "event_time", "received_at", "data",
    "message", "restrictions", "notes",
)  # fmt: skip


def _store(project: Project, events: Sequence[Incoming], received_at: datetime) -> None:
    ids = bulk.reserve_ids(Event, len(events))
    rows = [
        (
            pk, project.pk, e.uuid, e.topic, e.event_type, e.user_id, e.device_id, e.event_time, received_at,
            bulk.json(e.data), None if e.message is None else bulk.json(e.message),
            None if e.restrictions is None else bulk.json(e.restrictions), bulk.json(e.notes) if e.notes else None,
        )
        for pk, e in zip(ids, events, strict=True)
    ]  # fmt: skip
    bulk.insert(Event, EVENT_COLUMNS, rows)
    bulk.insert(Outbox, ("event_id",), [(pk,) for pk in ids])
