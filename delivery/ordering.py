"""Order per user: of the open deliveries with one key, only that of the earliest event may be sent.

The key stands on deliveries to destinations that keep an order, and on no others. Whatever ends a delivery lets the
next one go, because nothing is kept but the deliveries themselves. What waits behind a retry is put off to the moment
of that retry, so that a claim does not walk over it again and again.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import blake2b

from delivery.models import Delivery
from destinations.models import Destination
from events import bulk
from events.models import Event, Outbox

DELIVERY, OUTBOX, DESTINATION = (model._meta.db_table for model in (Delivery, Outbox, Destination))
OPEN = "state IN ('queued', 'retrying')"
FIRST_LOOK = 500  # due deliveries that a claim looks at; eight times as many while too few of them may go
MOST_PUT_OFF = 500  # rows of one statement

BEFORE = f"""FROM {DELIVERY} AS y WHERE y.destination_id = x.destination_id AND y.order_key = x.order_key
    AND y.{OPEN} AND (y.event_id, y.id) < (x.event_id, x.id)"""
HEAD = f"SELECT y.next_attempt_at {BEFORE} ORDER BY y.event_id, y.id LIMIT 1"


def order_key(user_id: str | None, device_id: str | None) -> int:
    """63 bits of who it is: two who share them by chance wait for each other, and nothing else."""
    who = f"u:{user_id}" if user_id else f"d:{device_id or ''}"
    return int.from_bytes(blake2b(who.encode("utf-8", "replace"), digest_size=8).digest()) >> 1


def order_keys(events: Collection[int]) -> dict[int, int]:
    """Event id -> its key."""
    people = Event.objects.filter(pk__in=events)
    return {pk: order_key(user, device) for pk, user, device in people.values_list("pk", "user_id", "device_id")}


def free_to_go(destination: int, most: int, state: str, moment: datetime) -> list[int]:
    """Ids of due deliveries that nothing goes before, the longest due first. Call it in the claim's transaction.

    Events that are stored and not routed yet go before all that came after them.
    """
    look = max(FIRST_LOOK, most)
    while True:
        rows = _candidates(destination, look, state, moment)
        free = [pk for pk, blocked in rows if not blocked][:most]
        put_off([pk for pk, blocked in rows if blocked == 2], moment)
        if len(free) == most or len(rows) < look:
            return free
        look *= 8


def _candidates(destination: int, look: int, state: str, moment: datetime) -> list[tuple[int, int]]:
    """(id, 0: may go, 1: one that goes before it is due or under way, 2: one that goes before it waits for a retry)."""
    sql = f"""
        SELECT x.id, CASE
            WHEN x.order_key IS NULL THEN 0
            WHEN x.event_id >= (SELECT COALESCE(MIN(event_id), 9223372036854775807) FROM {OUTBOX}) THEN 1
            WHEN NOT EXISTS (SELECT 1 {BEFORE}) THEN 0
            WHEN ({HEAD}) > %s THEN 2
            ELSE 1 END
        FROM (
            SELECT id, destination_id, event_id, order_key, next_attempt_at FROM {DELIVERY}
            WHERE destination_id = %s AND state = %s AND {OPEN} AND next_attempt_at <= %s
              AND (lease_until IS NULL OR lease_until < %s)
            ORDER BY next_attempt_at, event_id LIMIT %s
        ) AS x ORDER BY x.next_attempt_at, x.event_id
    """
    at = bulk.adapter()(moment)
    return [(pk, blocked) for pk, blocked in bulk.fetch(sql, [at, destination, state, at, at, look])]


def put_off(ids: list[int], moment: datetime) -> None:
    """Makes deliveries due when the retry is that goes before them."""
    at = bulk.adapter()(moment)
    for first in range(0, len(ids), MOST_PUT_OFF):
        part = ids[first : first + MOST_PUT_OFF]
        bulk.fetch(
            f"UPDATE {DELIVERY} AS x SET next_attempt_at = ({HEAD}) WHERE x.id IN ({_places(part)}) "
            f"AND (x.lease_until IS NULL OR x.lease_until < %s) AND ({HEAD}) > %s",
            [*part, at, at],
        )


def let_next_go(lanes_and_keys: Iterable[tuple[int, int]], moment: datetime) -> None:
    """Of each (destination, key) the first delivery is due now if it has never been tried: what it waited for is over.

    For whoever ends a delivery before its time. Without it the next one goes when that retry would have been.
    """
    at = bulk.adapter()(moment)
    for destination, key in sorted(set(lanes_and_keys)):
        bulk.fetch(
            f"""UPDATE {DELIVERY} SET next_attempt_at = %s WHERE id = (
                    SELECT id FROM {DELIVERY} WHERE destination_id = %s AND order_key = %s AND {OPEN}
                    ORDER BY event_id, id LIMIT 1
                ) AND state = 'queued' AND next_attempt_at > %s""",
            [at, destination, key, at],
        )


def _places(values: list[int]) -> str:
    return ", ".join(["%s"] * len(values))


__all__ = ["free_to_go", "let_next_go", "order_key", "order_keys", "put_off"]
