"""Taking deliveries in hand: a lease per row, so that no two workers send the same one and a dead worker's come back.

A lease is the moment until which a row belongs to whoever claimed it; nothing has to be done for it to end.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import now

from delivery.breaker import take_probe
from delivery.message_ids import message_id
from delivery.models import Attempt, Delivery, LaneHealth, State, Transformed
from delivery.ordering import free_to_go
from destinations.models import Destination
from events import bulk
from events.stored_data import data_of, messages_of

# Says nothing new, but in the words of the partial index: SQLite cannot tell that a parameter fits its condition.
OPEN = "state IN ('queued', 'retrying')"
DELIVERY, DESTINATION = Delivery._meta.db_table, Destination._meta.db_table
# The transaction does not wait for the disk: all that a server forgets that dies right now is who has what in hand.
UNHURRIED = "(SELECT set_config('synchronous_commit', 'off', true)) AS unhurried"
# Of which destinations deliveries are taken; the others' are held.
SENDS = "d.enabled AND d.paused_at IS NULL"
FLOWS = f"""{SENDS} AND NOT EXISTS (
    SELECT 1 FROM {LaneHealth._meta.db_table} AS h WHERE h.destination_id = d.id AND h.held_since IS NOT NULL)"""


@dataclass(slots=True)
class Claimed:
    """A delivery in hand. `lease` is what its row's `lease_until` says; recording checks it.

    `is_probe`: whether its destination is held, and what comes of it decides whether that goes on.
    """

    delivery: int
    destination: int
    event: int
    attempts_made: int
    part: int | None  # which of the events that a transformation made of it; None: there was no transformation
    created_at: datetime
    state: State
    lease: datetime
    data: dict[str, Any] | None = None  # the event; None if its row is gone
    came_as: dict[str, Any] | None = None  # the message that it came as, where it was asked for (load_messages)
    transformed: dict[str, Any] | None = None  # what the transformation made of it
    failure: str = ""  # why it made nothing
    skipped: str = ""  # why it is not to be sent after all
    order_key: int | None = None
    is_probe: bool = False
    pinned_version: int | None = None  # the template version to be used, where it is not the one in use
    batch: str = ""  # the one that its last attempt of this round was in, and how many that were
    batch_size: int = 0

    @property
    def message_id(self) -> str:
        return message_id(self.data or {}, self.destination, self.part)

    @property
    def obstacle(self) -> tuple[str, str] | None:
        """Why there is nothing to send: an error's kind, and words."""
        if self.data is None:
            return ("gone", "The event was removed before it could be sent.")
        if self.skipped:
            return ("skipped", f"Skipped: {self.skipped}")
        return ("template", self.failure) if self.failure else None


@dataclass(slots=True, frozen=True)
class Wish:
    """How many deliveries a lane would take, for how many seconds, whether it keeps an order, and whether it sends
    several in one request."""

    destination: int
    most: int
    lease_seconds: float
    ordered: bool = False
    batched: bool = False


def claim(wishes: Sequence[Wish], state: State, moment: datetime | None = None) -> list[Claimed]:
    """Leases due deliveries in `state`, where sending is on, the longest due first, and loads their events."""
    moment = moment or now()
    if not wishes:
        return []
    plain = [wish for wish in wishes if not wish.ordered]
    claimed: list[Claimed] = []
    if plain:
        claimed = _claim_postgresql(plain, state, moment) if _is_postgresql() else _claim_sqlite(plain, state, moment)
    for wish in wishes:
        if wish.ordered:
            claimed += _claim_in_order(wish, state, moment)
    _load_events(claimed)
    _load_batches(claimed, {wish.destination for wish in wishes if wish.batched})
    return claimed


def claim_probe(wish: Wish, state: State, moment: datetime | None = None) -> list[Claimed]:
    """Leases the delivery that is due longest to a held destination, if a probe is due that nobody else makes."""
    moment = moment or now()
    with transaction.atomic():
        ids = free_to_go(wish.destination, 1, state.value, moment)
        if not ids or not take_probe(wish.destination, moment):
            return []
        claimed = _lease(ids, wish, state, moment, SENDS)
    for one in claimed:
        one.is_probe = True
    _load_events(claimed)
    return claimed


def release(claimed: Sequence[Claimed]) -> None:
    """Gives back deliveries that were not sent, so that nobody has to wait for their leases to end."""
    _execute_many(
        f"UPDATE {DELIVERY} SET lease_until = NULL WHERE id = %s AND lease_until = %s",
        [(one.delivery, one.lease) for one in claimed],
    )


def _claim_postgresql(wishes: Sequence[Wish], state: State, moment: datetime) -> list[Claimed]:
    sql = f"""
        WITH wish AS (
            SELECT * FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS w(destination, most, lease)
        ), due AS (
            SELECT one.id, wish.lease FROM wish
            JOIN {DESTINATION} AS d ON d.id = wish.destination AND {FLOWS}
            CROSS JOIN LATERAL (
                SELECT id FROM {DELIVERY}
                WHERE destination_id = wish.destination AND state = %s AND {OPEN} AND next_attempt_at <= %s
                  AND (lease_until IS NULL OR lease_until < %s)
                ORDER BY next_attempt_at LIMIT wish.most FOR UPDATE SKIP LOCKED
            ) AS one
        )
        UPDATE {DELIVERY} AS x SET lease_until = due.lease FROM due, {UNHURRIED} WHERE x.id = due.id
        RETURNING x.id, x.destination_id, x.event_id, x.attempts_made, x.part, x.created_at, x.lease_until
    """
    parameters = [
        bulk.ids(w.destination for w in wishes),
        bulk.ids(w.most for w in wishes),
        [moment + timedelta(seconds=w.lease_seconds) for w in wishes],
        state.value,
        _due_by(state, moment),
        moment,
    ]
    return [
        Claimed(pk, destination, event, attempts, part, created_at, state, lease)
        for pk, destination, event, attempts, part, created_at, lease in sorted(bulk.fetch(sql, parameters))
    ]


def _claim_sqlite(wishes: Sequence[Wish], state: State, moment: datetime) -> list[Claimed]:
    sql = f"""
        UPDATE {DELIVERY} SET lease_until = %s WHERE id IN (
            SELECT id FROM {DELIVERY}
            WHERE destination_id = %s AND state = %s AND {OPEN} AND next_attempt_at <= %s
              AND (lease_until IS NULL OR lease_until < %s)
            ORDER BY next_attempt_at LIMIT %s
        ) AND EXISTS (SELECT 1 FROM {DESTINATION} AS d WHERE d.id = %s AND {FLOWS})
        RETURNING id, destination_id, event_id, attempts_made, part, created_at
    """
    claimed: list[Claimed] = []
    at, due_by = bulk.adapter()(moment), bulk.adapter()(_due_by(state, moment))
    with transaction.atomic(), connection.cursor() as cursor:
        for wish in wishes:
            lease = moment + timedelta(seconds=wish.lease_seconds)
            until = bulk.adapter()(lease)
            cursor.execute(sql, [until, wish.destination, state.value, due_by, at, wish.most, wish.destination])
            claimed += [
                Claimed(pk, destination, event, attempts, part, created_at.replace(tzinfo=UTC), state, lease)
                for pk, destination, event, attempts, part, created_at in sorted(cursor.fetchall())
            ]
    return claimed


def _due_by(state: State, moment: datetime) -> datetime:
    """A first attempt waits for nothing: if it is planned ahead, then by a clock that is or was wrong."""
    return moment + timedelta(days=1) if state == State.QUEUED else moment


def _claim_in_order(wish: Wish, state: State, moment: datetime) -> list[Claimed]:
    with transaction.atomic():
        ids = free_to_go(wish.destination, wish.most, state.value, moment)
        return _lease(ids, wish, state, moment, FLOWS)


def _lease(ids: Sequence[int], wish: Wish, state: State, moment: datetime, where: str) -> list[Claimed]:
    """Those of the deliveries that are still free: another worker may have been quicker."""
    if not ids:
        return []
    lease, at = moment + timedelta(seconds=wish.lease_seconds), bulk.adapter()(moment)
    sql = f"""
        UPDATE {DELIVERY} SET lease_until = %s
        WHERE id IN ({", ".join(["%s"] * len(ids))}) AND state = %s AND (lease_until IS NULL OR lease_until < %s)
          AND EXISTS (SELECT 1 FROM {DESTINATION} AS d WHERE d.id = %s AND {where})
        RETURNING id, destination_id, event_id, attempts_made, part, created_at, order_key
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [bulk.adapter()(lease), *ids, state.value, at, wish.destination])
        rows = sorted(cursor.fetchall(), key=lambda row: ids.index(row[0]))
        return [
            Claimed(pk, destination, event, attempts, part, created_at.replace(tzinfo=UTC), state, lease, order_key=key)
            for pk, destination, event, attempts, part, created_at, key in rows
        ]


def _load_events(claimed: list[Claimed]) -> None:
    stored = data_of({one.event for one in claimed})
    for one in claimed:
        one.data = stored.get(one.event)
    _load_transformed({one.delivery: one for one in claimed if one.part is not None})
    _load_pinned_versions({one.delivery: one for one in claimed if one.state == State.RETRYING})


def _load_transformed(parts: dict[int, Claimed]) -> None:
    if not parts:
        return
    made = Transformed.objects.filter(pk__in=list(parts)).values_list("pk", "event", "failure")
    for pk, event, failure in made:
        parts[pk].transformed, parts[pk].failure = event, failure


def load_messages(claimed: Sequence[Claimed]) -> None:
    """For destinations that send messages; to the others it is nothing but size."""
    if not claimed:
        return
    stored = messages_of({one.event for one in claimed})
    for one in claimed:
        one.came_as = stored.get(one.event)


def _load_pinned_versions(again: dict[int, Claimed]) -> None:
    """A first attempt is never pinned, so the many need no look."""
    if not again:
        return
    pinned = Delivery.objects.filter(pk__in=list(again)).exclude(pinned_version=None)
    for pk, version in pinned.values_list("pk", "pinned_version"):
        again[pk].pinned_version = version


def _load_batches(claimed: Sequence[Claimed], lanes: Collection[int]) -> None:
    """What failed together is tried again together."""
    again = {one.delivery: one for one in claimed if one.attempts_made and one.destination in lanes}
    if not again:
        return
    last = Attempt.objects.filter(delivery__in=list(again)).exclude(batch=None).order_by("pk")
    for pk, number, batch, size in last.values_list("delivery_id", "number", "batch", "batch_size"):
        if number == again[pk].attempts_made:
            again[pk].batch, again[pk].batch_size = batch or "", size or 0


def extend(claimed: Sequence[Claimed], seconds: float) -> set[int]:
    """Leases what is in hand for so long from now on. Returns the ids of those that were still its holder's."""
    lease, adapt = now() + timedelta(seconds=seconds), bulk.adapter()
    kept = set()
    with transaction.atomic(), connection.cursor() as cursor:
        for one in claimed:
            sql = f"UPDATE {DELIVERY} SET lease_until = %s WHERE id = %s AND lease_until = %s"
            cursor.execute(sql, [adapt(lease), one.delivery, adapt(one.lease)])
            if cursor.rowcount == 1:
                one.lease = lease
                kept.add(one.delivery)
    return kept


def _execute_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    adapt = bulk.adapter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(sql, [tuple(map(adapt, row)) for row in rows])


def _is_postgresql() -> bool:
    return connection.vendor == "postgresql"
