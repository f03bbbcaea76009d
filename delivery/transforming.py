"""Deliveries of events that a destination's transformation changes: what it made is written beside each of them.

It is made once, when the event is routed or filled back. A failure makes a delivery too, which ends as failed and says
why; sent again, it is transformed anew.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from delivery.models import Delivery, State, Transformed
from delivery.ordering import order_keys
from destinations.transformations.wanting import Part, Wanting
from events import bulk
from events.stored_data import messages_of

# Of one batch of routing. Transformations are the only part of it that may take long, and all projects share it.
MOST_SECONDS = 1.0

Data = dict[str, Any]
Place = tuple[int, int, int]  # project, destination, event

COLUMNS = (
    "id", "project_id", "destination_id", "event_id", "state", "attempts_made", "created_at", "next_attempt_at",
    "last_error", "part", "order_key", "replay_id",
)  # fmt: skip


class Transforming:
    """The transformed deliveries of one batch; `insert` writes them in the batch's transaction."""

    def __init__(self, wanting: Mapping[int, Sequence[tuple[int, Wanting]]], events: Sequence[tuple[Any, ...]]) -> None:
        """`wanting`: by project, with each destination's id. `events`: (id, project, …)."""
        self._wanting, self._events = wanting, events
        self._made: list[tuple[Place, Part]] = []
        self.seconds = 0.0

    def take(
        self, wanting: Wanting, place: Place, topic: str, event_type: str, data: Data, *, is_filtered: bool
    ) -> str | None:
        """The refusal, or None where there is something to deliver."""
        began = time.monotonic()
        came_as = self._messages.get(place[2]) if wanting.of_messages else None
        parts = wanting.parts(topic, event_type, data, came_as, is_filtered=is_filtered)
        self.seconds += time.monotonic() - began
        if isinstance(parts, str):
            return parts
        self._made += [(place, part) for part in parts]
        return None

    @property
    def is_overdue(self) -> bool:
        return self.seconds > MOST_SECONDS

    @property
    def destinations(self) -> list[int]:
        """One for each delivery."""
        return [destination for (_, destination, _), _ in self._made]

    def insert(self, ordered: Collection[int], moment: datetime) -> None:
        """`ordered`: destinations that keep an order."""
        if self._made:
            keyed = {event for (_, destination, event), _ in self._made if destination in ordered}
            insert(self._made, order_keys(keyed) if keyed else {}, ordered, moment)

    @cached_property
    def _messages(self) -> dict[int, Data]:
        """Read only once a transformation wants them."""
        projects = {project for project, found in self._wanting.items() if any(one.of_messages for _, one in found)}
        return messages_of([pk for pk, project, *_ in self._events if project in projects])


def insert(
    made: Sequence[tuple[Place, Part]],
    keys: Mapping[int, int],
    ordered: Collection[int],
    moment: datetime,
    replay: int | None = None,
) -> None:
    """`keys`: of events to `ordered` destinations."""
    ids = bulk.reserve_ids(Delivery, len(made))
    rows = [
        (
            pk, *place, State.QUEUED.value, 0, moment, moment, "", part.number,
            keys[place[2]] if place[1] in ordered else None, replay,
        )
        for pk, (place, part) in zip(ids, made, strict=True)
    ]  # fmt: skip
    bulk.insert(Delivery, COLUMNS, rows)
    results = [(pk, *_stored(part)) for pk, (_, part) in zip(ids, made, strict=True)]
    bulk.insert(Transformed, ("delivery_id", "event", "failure"), results)


def _stored(part: Part) -> tuple[str | None, str]:
    return (None if part.made is None else bulk.json(part.made), part.failure.replace("\0", "�"))
