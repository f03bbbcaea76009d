"""Events for one destination alone: stored together with their deliveries, past the router and its filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.db import transaction

from delivery.lane_counters import count_created
from delivery.models import Delivery, State
from delivery.routing import DELIVERY_COLUMNS
from destinations.models import Destination
from events import bulk
from events.accept import EVENT_COLUMNS
from events.models import Event
from events.wake import FRESH, wake


@dataclass(frozen=True, slots=True)
class Sent:
    """Where one of them went: the ids of its rows."""

    event: int
    delivery: int


def send_to(
    destination: Destination, topic: str, event_type: str, everything: Sequence[dict[str, Any]], at: datetime
) -> list[Sent]:
    """Stores one event and one delivery for each of `everything` (`Event.data`), in the caller's transaction."""
    project = destination.project_id
    events, deliveries = bulk.reserve_ids(Event, len(everything)), bulk.reserve_ids(Delivery, len(everything))
    event_rows = [
        (pk, project, uuid4(), topic, event_type, None, None, at, at, bulk.json(data), None, None, None)
        for pk, data in zip(events, everything, strict=True)
    ]
    delivery_rows = [
        (pk, project, destination.pk, event, State.QUEUED.value, 0, at, at, "")
        for pk, event in zip(deliveries, events, strict=True)
    ]
    with transaction.atomic():
        bulk.insert(Event, EVENT_COLUMNS, event_rows)
        bulk.insert(Delivery, ("id", *DELIVERY_COLUMNS), delivery_rows)
        count_created([destination.pk] * len(everything), at)
    transaction.on_commit(partial(wake, FRESH))
    return [Sent(event, delivery) for event, delivery in zip(events, deliveries, strict=True)]
