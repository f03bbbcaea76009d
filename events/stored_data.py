"""What is stored of events, by id: the read that the road makes twice for each."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from events import bulk
from events.jsontext import loads
from events.models import Event

EVENT = Event._meta.db_table


def data_of(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Of the events that are there."""
    return _column("data", ids)


def messages_of(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Of the events that came as a message of their own shape, that message."""
    return _column("message", ids)


def _column(name: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    if connection.vendor == "postgresql":
        rows = bulk.fetch(f"SELECT id, {name}::text FROM {EVENT} WHERE id = ANY(%s::bigint[])", [bulk.ids(ids)])
    else:
        wanted = list(ids)
        places = ",".join(["%s"] * len(wanted)) or "NULL"
        rows = bulk.fetch(f"SELECT id, {name} FROM {EVENT} WHERE id IN ({places})", wanted)
    return {pk: loads(text) for pk, text in rows if text is not None}
