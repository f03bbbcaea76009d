"""How much is routed next, and who takes it in hand at once."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from delivery.claims import Wish
from delivery.lane import Lane
from delivery.routing import MOST_EVENTS, Routed

ANYWAY = 0.25  # seconds for which routing waits for lanes to have room
MOST_LAG = 1.0  # seconds for which events may have waited for it then


class Pace:
    """While lanes send whatever they get, they get as much as they have room for, and claim nothing. As soon as one
    doesn't, or too much comes in, routing does not wait for it: the others are to get theirs.

    Moments are on the monotonic clock.
    """

    def __init__(self, lanes: Mapping[int, Lane]) -> None:
        self._lanes = lanes
        # What was routed last went to these, and all of it is in hand; None: nothing was routed yet.
        self._flowing: set[int] | None = None
        self._routed_at = 0.0

    def most(self, moment: float) -> int:
        """How many events to route now; 0: wait for room."""
        if self._flowing is None:
            return min((room for lane in self._lanes.values() if (room := lane.room(moment))), default=MOST_EVENTS)
        if not self._flowing or moment - self._routed_at >= ANYWAY:
            return MOST_EVENTS
        lanes = [self._lanes[destination] for destination in self._flowing & self._lanes.keys()]
        if not all(lane.in_hand or lane.under_way for lane in lanes if not lane.room(moment)):
            return MOST_EVENTS  # that one waits for something else
        if not all(lane.room(moment) > lane.wanted // 2 for lane in lanes):
            return 0
        return min((lane.room(moment) for lane in lanes), default=MOST_EVENTS)

    def takers(self, held: Collection[int], moment: float) -> dict[int, Wish]:
        """What lanes would send at once of what routing finds for them. `held`: those that send nothing."""
        rooms = ((lane, lane.room(moment)) for lane in self._lanes.values() if lane.destination not in held)
        return {lane.destination: replace(lane.wish, most=room) for lane, room in rooms if room}

    def follow(self, routed: Routed, moment: float) -> None:
        """`routed`: what came of it."""
        self._routed_at = moment
        if routed.deliveries:
            flows = not routed.waiting and routed.lag < MOST_LAG
            self._flowing = {one.destination for one in routed.taken} if flows else set()
