"""Deleting deliveries and events with everything that hangs on their rows. Each call is a part of one transaction.

In SQL with RETURNING: what was reopened or claimed in the meantime is left out by the statement itself, and nothing is
loaded first. The counters keep what they counted; they go by their own age.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from delivery.models import OPEN_STATES, Attempt, Delivery, Transformed, Verdict
from events import bulk
from events.models import Event, Outbox

DELIVERY, ATTEMPT, VERDICT, TRANSFORMED = (model._meta.db_table for model in (Delivery, Attempt, Verdict, Transformed))
EVENT, OUTBOX = Event._meta.db_table, Outbox._meta.db_table
CLOSED = "state NOT IN ({})".format(", ".join(f"'{state.value}'" for state in OPEN_STATES))


def delete_closed(ids: Sequence[int], before: datetime) -> int:
    """Deletes those of the deliveries that ended before that moment, and their attempts. Returns how many."""
    return _delete(ids, f"{CLOSED} AND (finished_at IS NULL OR finished_at < %s)", [bulk.adapter()(before)])


def delete_unleased(ids: Sequence[int], moment: datetime) -> int:
    """Deletes the deliveries, open ones too, but for those that a worker has in hand: it would record an attempt."""
    return _delete(ids, "(lease_until IS NULL OR lease_until < %s)", [bulk.adapter()(moment)])


def _delete(ids: Sequence[int], condition: str, parameters: list[object]) -> int:
    among, values = _among("id", ids)
    gone = bulk.fetch(f"DELETE FROM {DELIVERY} WHERE {among} AND {condition} RETURNING id", [*values, *parameters])
    if gone:
        among, values = _among("delivery_id", [pk for (pk,) in gone])
        for table in (ATTEMPT, TRANSFORMED):
            bulk.fetch(f"DELETE FROM {table} WHERE {among}", values)
    return len(gone)


def remove_bodies(ids: Sequence[int]) -> int:
    """Takes the bodies out of the attempts of those of the deliveries that are not open. Returns of how many."""
    among, values = _among("d.id", ids)
    sql = f"""UPDATE {ATTEMPT} SET request_body = '', response_body = '', earlier_answers = NULL,
            notes = '{{"removed": true}}'
        WHERE delivery_id IN (SELECT d.id FROM {DELIVERY} d WHERE {among} AND d.{CLOSED})
            AND (request_body <> '' OR response_body <> '' OR earlier_answers IS NOT NULL) RETURNING id"""
    return len(bulk.fetch(sql, values))


def delete_events(ids: Sequence[int]) -> int:
    """Deletes those of the events that are routed and have no delivery left, and their verdicts. Returns how many."""
    among, values = _among("id", ids)
    sql = f"""DELETE FROM {EVENT} WHERE {among}
        AND NOT EXISTS (SELECT 1 FROM {DELIVERY} d WHERE d.event_id = {EVENT}.id)
        AND NOT EXISTS (SELECT 1 FROM {OUTBOX} o WHERE o.event_id = {EVENT}.id) RETURNING id"""
    return _without_verdicts(bulk.fetch(sql, values))


def _without_verdicts(gone: list[tuple[int]]) -> int:
    if gone:
        among, values = _among("event_id", [pk for (pk,) in gone])
        bulk.fetch(f"DELETE FROM {VERDICT} WHERE {among}", values)
    return len(gone)


def _among(column: str, ids: Sequence[int]) -> tuple[str, list[object]]:
    """SQL for "is one of them", and its parameters."""
    if connection.vendor == "postgresql":
        return f"{column} = ANY(%s::bigint[])", [list(ids)]
    return f"{column} IN ({', '.join(['%s'] * len(ids)) or 'NULL'})", list(ids)
