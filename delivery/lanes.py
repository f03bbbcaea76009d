"""The delivery loop: claim, render, send many, record, until there is nothing left to do.

One loop serves the lanes of all destinations. A lane may have `CONCURRENCY` requests under way, so a receiver that
hangs fills its own slots and nothing else. Nothing here costs a job, a transaction or a thread per event.
"""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection
from django.utils.timezone import now

from delivery.claims import Claimed, Wish, claim, release
from delivery.models import State
from delivery.recording import Done, failed_before_sending, in_words, record
from delivery.requests import RequestBuilder
from delivery.retries import AMPLITUDE, RetrySchedule
from delivery.routing import MOST_EVENTS, Router
from delivery.transports.seam import Outcome, Transport
from destinations.freemarker import TemplateError
from destinations.models import Destination
from destinations.secrets import SecretUnreadable

log = logging.getLogger(__name__)
T = TypeVar("T")

CONCURRENCY = 10  # requests of one lane under way at once
MOST_CLAIMED = 300  # of one lane at once
# A lane claims what it sends in about this time: claimed rows of a slow lane would outlive their leases.
SECONDS_IN_HAND = 2.0
LEASE_MARGIN = 15.0  # seconds a lease lasts beyond the longest an attempt can take
MOST_UNDER_WAY = 400  # requests of all lanes
RECORD_AT = 250  # outcomes
RECORD_AFTER = 0.04  # seconds
ROUTE_EVERY = 0.02  # seconds between looks into an outbox that was empty, while answers come in
POLL = 0.5  # seconds between looks at lanes that nobody has woken
LINGER = 0.5  # seconds without anything to do before the loop ends
BREATH = 0.01  # seconds between two looks while idle


@dataclass(slots=True)
class Lane:
    """What the loop knows of one destination."""

    destination: int
    version: datetime | None = None
    builder: RequestBuilder | None = None
    broken: tuple[str, str] = ("", "")  # error kind and words, where no request can be made
    schedule: RetrySchedule = AMPLITUDE
    attempt_seconds: float = 15.0
    ready: deque[Claimed] = field(default_factory=deque)
    under_way: int = 0
    pace: float = CONCURRENCY  # deliveries finished per second, lately
    finished: int = 0
    paced_at: float = field(default_factory=time.monotonic)
    hungry: bool = True  # worth asking the database about

    @property
    def wanted(self) -> int:
        return int(max(CONCURRENCY, min(MOST_CLAIMED, self.pace * SECONDS_IN_HAND)))

    @property
    def lease_seconds(self) -> float:
        return SECONDS_IN_HAND + self.attempt_seconds + LEASE_MARGIN

    def load(self, version: datetime) -> None:
        """Reads the destination and compiles its payload, if it changed since the last time."""
        if version == self.version:
            return
        destination = Destination.objects.prefetch_related("headers").get(pk=self.destination)
        self.builder, self.broken = None, ("", "")
        self.attempt_seconds = self.schedule.tries.no_try_after + destination.total_timeout
        try:
            self.builder = RequestBuilder(destination)
        except TemplateError as error:
            self.broken = ("template", in_words(error))
        except SecretUnreadable as error:
            self.broken = ("secret", in_words(error))
        self.version = version

    def note_finished(self, moment: float) -> None:
        self.finished += 1
        seconds = moment - self.paced_at
        if seconds >= 0.25:
            self.pace = self.finished / seconds
            self.finished, self.paced_at = 0, moment


class Lanes:
    """One run of the loop over deliveries in `state`; `router` turns stored events into deliveries along the way."""

    def __init__(self, state: State, transport: Transport, router: Router | None = None) -> None:
        self.state, self.transport, self.router = state, transport, router
        self.lanes: dict[int, Lane] = {}
        self.versions: dict[int, datetime] = {}
        self.unrecorded: list[Done] = []
        self.oldest_unrecorded = 0.0
        self.polled_at = 0.0
        self.route_at = 0.0
        self.worked_at = time.monotonic()

    def run(self, stopping: Callable[[], bool] = lambda: False, alive: Callable[[], None] = lambda: None) -> None:
        """Works until nothing has been due for a while, or until `stopping`: then it finishes what is under way."""
        while not stopping():
            alive()
            busy = self._turn()
            if not busy and self._is_idle():
                break
        self._finish()

    def _turn(self) -> bool:
        """One round; True if anything moved."""
        routed = self._patiently(self._route) if self.router else 0
        claimed = self._patiently(self._claim)
        self._submit()
        outcomes = self.transport.wait(self._patience(routed + claimed)) if self.transport.in_flight else []
        self._take(outcomes)
        self._record_if_due()
        moved = bool(routed or claimed or outcomes)
        if moved or self.transport.in_flight:
            self.worked_at = time.monotonic()
        elif not self.unrecorded:
            time.sleep(BREATH)
        return moved

    def _is_idle(self) -> bool:
        quiet = not self.transport.in_flight and not self.unrecorded and not any(x.ready for x in self.lanes.values())
        return quiet and time.monotonic() - self.worked_at > LINGER

    def _patience(self, moved: int) -> float:
        """Seconds to wait for an answer: not long, because new events and other lanes' deliveries come in meanwhile."""
        if self.unrecorded:
            return max(0.0, self.oldest_unrecorded + RECORD_AFTER - time.monotonic())
        return 0.0 if moved and self.transport.in_flight < CONCURRENCY else RECORD_AFTER

    # -- routing and claiming --------------------------------------------------------------------------------------

    def _route(self) -> int:
        if time.monotonic() < self.route_at:
            return 0
        assert self.router is not None
        routed = self.router.route()
        if routed.events < MOST_EVENTS:
            self.route_at = time.monotonic() + (ROUTE_EVERY if self.transport.in_flight else 0.0)
        for destination in routed.lanes:
            self._lane(destination).hungry = True
        return routed.events

    def _claim(self) -> int:
        self._look_around()
        wishes = [
            Wish(lane.destination, lane.wanted, lane.lease_seconds)
            for lane in self.lanes.values()
            if lane.hungry and len(lane.ready) + lane.under_way <= lane.wanted // 2
        ]
        if not wishes or self.transport.in_flight >= MOST_UNDER_WAY:
            return 0
        claimed = claim(wishes, self.state)
        got: dict[int, int] = {}
        for one in claimed:
            self.lanes[one.destination].ready.append(one)
            got[one.destination] = got.get(one.destination, 0) + 1
        for wish in wishes:
            self.lanes[wish.destination].hungry = got.get(wish.destination, 0) >= wish.most
        self._load(got)
        return len(claimed)

    def _look_around(self) -> None:
        """Now and then asks for all destinations that send: others may have routed, resumed or edited something."""
        if time.monotonic() - self.polled_at < POLL:
            return
        sending = Destination.objects.filter(enabled=True, paused_at=None)
        self.versions = dict(sending.values_list("pk", "updated_at"))
        for destination in self.versions:
            self._lane(destination).hungry = True
        for destination in [pk for pk, lane in self.lanes.items() if pk not in self.versions]:
            self._drop(destination)
        self.polled_at = time.monotonic()

    def _lane(self, destination: int) -> Lane:
        lane = self.lanes.get(destination)
        if lane is None:
            lane = self.lanes[destination] = Lane(destination)
        return lane

    def _load(self, destinations: Iterable[int]) -> None:
        """The lanes' settings as they are now: an edit takes effect with the next claim."""
        versions = dict(Destination.objects.filter(pk__in=destinations).values_list("pk", "updated_at"))
        for destination in destinations:
            if destination in versions:
                self.lanes[destination].load(versions[destination])
            else:
                self._drop(destination)

    def _drop(self, destination: int) -> None:
        """Switched off, paused or deleted: what is in hand goes back and waits; what is under way is still recorded."""
        lane = self.lanes[destination]
        release(lane.ready)
        lane.ready.clear()
        lane.hungry = False
        if not lane.under_way:
            del self.lanes[destination]

    # -- sending ---------------------------------------------------------------------------------------------------

    def _submit(self) -> None:
        room = MOST_UNDER_WAY - self.transport.in_flight
        overdue: list[Claimed] = []
        for lane in self.lanes.values():
            while lane.ready and lane.under_way < CONCURRENCY and room > 0:
                claimed = lane.ready.popleft()
                if (claimed.lease - now()).total_seconds() < lane.attempt_seconds:
                    overdue.append(claimed)  # its lease would end while it is under way
                elif self._send(lane, claimed):
                    room -= 1
        if overdue:
            self._patiently(lambda: release(overdue))

    def _send(self, lane: Lane, claimed: Claimed) -> bool:
        """Hands one delivery to the transport; False if it ended before that."""
        if lane.builder is None:
            self._fail(lane, claimed, *lane.broken)
            return False
        if claimed.data is None:
            self._fail(lane, claimed, "gone", "The event was removed before it could be sent.")
            return False
        try:
            request = lane.builder.build(claimed.data, (lane, lane.builder, claimed))
        except TemplateError as error:
            self._fail(lane, claimed, "template", in_words(error))
            return False
        self.transport.submit(request)
        lane.under_way += 1
        return True

    def _fail(self, lane: Lane, claimed: Claimed, kind: str, words: str) -> None:
        self._keep(Done(claimed, failed_before_sending(kind, words), lane.builder, lane.schedule))
        lane.note_finished(time.monotonic())

    # -- recording -------------------------------------------------------------------------------------------------

    def _take(self, outcomes: Iterable[Outcome]) -> None:
        moment = time.monotonic()
        for outcome in outcomes:
            lane, builder, claimed = outcome.request.token  # type: ignore[misc]
            lane.under_way -= 1
            lane.note_finished(moment)
            self._keep(Done(claimed, outcome, builder, lane.schedule))

    def _keep(self, done: Done) -> None:
        if not self.unrecorded:
            self.oldest_unrecorded = time.monotonic()
        self.unrecorded.append(done)

    def _record_if_due(self) -> None:
        if not self.unrecorded:
            return
        waited = time.monotonic() - self.oldest_unrecorded
        if len(self.unrecorded) >= RECORD_AT or waited >= RECORD_AFTER or not self.transport.in_flight:
            self._record()

    def _record(self) -> None:
        finished, self.unrecorded = self.unrecorded, []
        self._patiently(lambda: record(finished))

    def _finish(self) -> None:
        """Nothing new is begun: deliveries in hand go back, those under way are awaited and recorded."""
        for lane in self.lanes.values():
            ready, lane.ready = list(lane.ready), deque()
            self._patiently(lambda ready=ready: release(ready))
        while self.transport.in_flight:
            self._take(self.transport.wait(0.5))
            self._record_if_due()
        self._record()

    @staticmethod
    def _patiently(work: Callable[[], T]) -> T:
        """Does `work`, again and again while the database is away: outcomes in memory must not be lost to that."""
        pause = 0.1
        while True:
            try:
                return work()
            except (OperationalError, InterfaceError) as error:
                log.warning("The database does not answer (%s); trying again in %.1f s", str(error).strip(), pause)
                connection.close()
                time.sleep(pause)
                pause = min(2.0, pause * 2)
