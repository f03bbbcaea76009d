"""What a worker may send now: its part of each destination's concurrency and rate limit, agreed with the others."""

import time
from collections.abc import Collection, Iterable

from delivery.claims import Claimed
from delivery.lane import Lane
from delivery.places import RENEW, Ask, Places
from delivery.rate_limits import HORIZON, RateLimits, Want

REFUSED = 0.25  # seconds until a lane that got no place asks again


class Permits:
    """Lanes with something in hand get places and tokens; what they get none for is handed back to be released."""

    def __init__(self) -> None:
        self._places, self._limits = Places(), RateLimits()
        self._agreed: set[int] = set()  # destinations that this worker stands for
        self._renewed_at = 0.0
        self._limited = False  # whether some lane has a rate limit

    def renew(self, lanes: Collection[Lane], *, claimed: bool) -> list[Claimed]:
        """Deliveries that the loop should give back: it may not send them soon, and another worker might.

        Call it often; it costs something now and then, and after something was `claimed`.
        """
        moment = time.monotonic()
        if not claimed and not self._limited and moment - self._renewed_at < RENEW:
            return []
        self._limited = any(lane.sending.rate_limit for lane in lanes)
        asking = [lane for lane in lanes if lane.waiting and lane.destination not in self._agreed]
        if moment - self._renewed_at >= RENEW:
            self._renewed_at = moment
            asking = self._all_again(lanes)
        if asking:
            self._agree(asking)
        back = self._refused(asking, moment)
        if self._limited:
            back += self._take_tokens([one for one in lanes if one.sending.rate_limit and one.waiting], moment)
        return back

    def leave(self, destinations: Iterable[int]) -> None:
        """Nothing is under way to these any more."""
        gone = self._agreed.intersection(destinations)
        self._places.leave(gone)
        self._agreed -= gone

    def _all_again(self, lanes: Iterable[Lane]) -> list[Lane]:
        """Once in a while: who still has something renews, who has nothing leaves."""
        busy = [lane for lane in lanes if lane.waiting or lane.under_way]
        idle = [lane for lane in lanes if not lane.waiting and not lane.under_way]
        for lane in idle:
            lane.places = 0
        self.leave([lane.destination for lane in idle])
        return busy

    def _agree(self, lanes: list[Lane]) -> None:
        found = self._places.renew([Ask(one.destination, one.sending.concurrency, one.under_way) for one in lanes])
        for lane in lanes:
            lane.places = found[lane.destination]
            self._agreed.add(lane.destination)

    def _refused(self, lanes: Iterable[Lane], moment: float) -> list[Claimed]:
        """All places are others': they know of this worker now and will make room."""
        back: list[Claimed] = []
        for lane in lanes:
            if lane.waiting and not lane.places:
                back += lane.take_back()
                lane.asleep_until = moment + REFUSED
                self._agreed.discard(lane.destination)
        return back

    def _take_tokens(self, lanes: list[Lane], moment: float) -> list[Claimed]:
        awake = [lane for lane in lanes if not lane.halves or lane.asleep_until <= moment]
        short = [lane for lane in awake if lane.waiting > len(lane.due)]
        if not short:
            return []
        back: list[Claimed] = []
        grants = self._limits.take([self._want(lane) for lane in short])
        for lane in short:
            grant = grants[lane.destination]
            lane.due.extend(grant.due)
            surplus = lane.waiting - len(lane.due)
            if surplus > 0:
                back += lane.take_back(surplus)
                lane.asleep_until = max(moment, grant.again if not grant.due else grant.due[-1] - HORIZON)
        return back

    def _want(self, lane: Lane) -> Want:
        limit = lane.sending.rate_limit
        assert limit is not None
        return Want(lane.destination, limit, lane.waiting - len(lane.due), self._places.workers(lane.destination))
