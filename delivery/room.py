"""How many requests a worker may have under way, and that receivers that hang leave room for those that answer."""

from collections.abc import Collection

from delivery.lane import Lane
from delivery.transports.seam import Transport

MOST_UNDER_WAY = 400  # requests of all lanes
SLOW_UNDER_WAY = 200  # requests of lanes that do not give their places back soon, beyond the first of each


class Room:
    """For one round of beginning requests, at `moment` of the monotonic clock."""

    def __init__(self, lanes: Collection[Lane], transport: Transport, moment: float) -> None:
        self._lanes, self._transport, self._moment = lanes, transport, moment
        self._slow: int | None = None  # requests of slow lanes; counted once it matters

    def has_one_for(self, lane: Lane) -> bool:
        under_way = self._transport.in_flight
        if under_way < SLOW_UNDER_WAY:
            return True
        if under_way >= MOST_UNDER_WAY:
            return False
        return not lane.under_way or lane.is_quick(self._moment) or self._slow_under_way() < SLOW_UNDER_WAY

    def note_begun(self, lane: Lane) -> None:
        if self._slow is not None and not lane.is_quick(self._moment):
            self._slow += 1

    def _slow_under_way(self) -> int:
        if self._slow is None:
            self._slow = sum(lane.under_way for lane in self._lanes if not lane.is_quick(self._moment))
        return self._slow
