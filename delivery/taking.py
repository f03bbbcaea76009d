"""Deliveries that are taken in hand as they are made: what can be sent at once needs no claim, which costs as much as
making it.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from delivery.claims import Claimed, Wish
from delivery.models import Delivery, State
from events import bulk
from events.stored_data import data_of

DELIVERY_COLUMNS = (
    "project_id", "destination_id", "event_id", "state", "attempts_made", "created_at", "next_attempt_at", "last_error",
)  # fmt: skip
TAKEN_COLUMNS = ("id", *DELIVERY_COLUMNS, "lease_until")
Row = tuple[Any, ...]


class Taking:
    """By `wishes` of the lanes of these `destinations`, at `moment`. `taken` is in hand once it is committed."""

    def __init__(self, destinations: Collection[int], wishes: Mapping[int, Wish], moment: datetime) -> None:
        self._left = {destination: wishes[destination].most for destination in destinations}
        self._leases = {
            destination: moment + timedelta(seconds=wishes[destination].lease_seconds) for destination in destinations
        }
        self._moment = moment
        self.taken: list[Claimed] = []

    def rest_of(self, rows: list[Row], stored: Mapping[int, dict[str, Any]]) -> list[Row]:
        """Writes the rows (of DELIVERY_COLUMNS) that are wished for; returns the others. `stored`: data of events that
        was read already."""
        if not any(self._left.values()):
            return rows
        taken, rest = self._divide(rows)
        if taken:
            self._take(taken, stored)
        return rest

    def _divide(self, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
        taken, rest = [], []
        for row in rows:
            if self._left.get(row[1], 0) > 0:
                self._left[row[1]] -= 1
                taken.append(row)
            else:
                rest.append(row)
        return taken, rest

    def _take(self, rows: Sequence[Row], stored: Mapping[int, dict[str, Any]]) -> None:
        ids = bulk.reserve_ids(Delivery, len(rows))
        leases = self._leases
        bulk.insert(Delivery, TAKEN_COLUMNS, [(pk, *row, leases[row[1]]) for pk, row in zip(ids, rows, strict=True)])
        unread = {row[2] for row in rows if row[2] not in stored}
        data = {**stored, **data_of(unread)} if unread else stored
        self.taken = [
            Claimed(pk, lane, event, 0, None, self._moment, State.QUEUED, leases[lane], data.get(event))
            for pk, (_, lane, event, *_) in zip(ids, rows, strict=True)
        ]
