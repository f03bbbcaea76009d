"""What the delivery loop knows of one destination: its settings, what it has in hand, and what it may send now."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from delivery.batches import Batch, Batches
from delivery.claims import Claimed, Wish
from delivery.kind_requests import NotSent
from delivery.rate_limits import HORIZON, capacity
from delivery.recording import in_words
from delivery.requests import RequestBuilder
from delivery.retries import AMPLITUDE, RetrySchedule
from delivery.schedules import schedule_of
from destinations.freemarker import TemplateError
from destinations.models import Destination
from destinations.secrets import SecretUnreadable
from destinations.sending_rules import CONCURRENCY, Sending, sending_of
from destinations.versions import as_of

MOST_CLAIMED = 300  # at once
# A lane claims what it sends in about this time: claimed rows of a slow lane would outlive their leases.
SECONDS_IN_HAND = 2.0
LEASE_MARGIN = 15.0  # seconds a lease lasts beyond the longest an attempt can take
QUICK = 1.0  # seconds: a lane whose requests take longer is slow
PACED_OVER = 0.25  # seconds


@dataclass(slots=True)
class Lane:
    """`places`: requests that this worker may have under way, by agreement with the others (0: not agreed yet).
    `due`: when its tokens may be used, where a rate limit is set. Moments are on the monotonic clock."""

    destination: int
    version: datetime | None = None
    builder: RequestBuilder | None = None
    broken: tuple[str, str] = ("", "")  # error kind and words, where no request can be made
    pinned: dict[int, RequestBuilder] = field(default_factory=dict)  # by template version, for replays
    stored: dict[str, Any] | None = None
    sending: Sending = field(default_factory=Sending)
    schedule: RetrySchedule = AMPLITUDE
    attempt_seconds: float = 15.0
    ready: deque[Claimed] = field(default_factory=deque)
    batches: Batches | None = None  # where several go in one request: what was in `ready` is rendered and put together
    halves: deque[Batch] = field(default_factory=deque)  # or other parts of batches that were refused
    under_way: int = 0
    places: int = 0
    due: deque[float] = field(default_factory=deque)
    asleep_until: float = 0.0
    pace: float = CONCURRENCY  # deliveries finished per second, lately
    finished: int = 0
    paced_at: float = field(default_factory=time.monotonic)
    proven: bool = False  # something has finished lately
    hungry: bool = True  # worth asking the database about

    @property
    def wanted(self) -> int:
        limit, batch = self.sending.rate_limit, self.sending.batch
        each, least = (batch.events, 2 * batch.events) if batch else (1, 1)
        most = max(MOST_CLAIMED, least)
        if limit is not None:
            return max(least, min(most, int(HORIZON / limit.interval) * each))
        return int(max(self.sending.concurrency, least, min(most, self.pace * SECONDS_IN_HAND * each)))

    @property
    def wants_messages(self) -> bool:
        return self.builder is not None and self.builder.wants_messages

    @property
    def wish(self) -> Wish:
        batch = self.sending.batch
        seconds = SECONDS_IN_HAND + self.attempt_seconds + LEASE_MARGIN + (batch.wait if batch else 0.0)
        return Wish(self.destination, self.wanted, seconds, self.sending.ordered, batch is not None)

    @property
    def waiting(self) -> int:
        """Requests that could be begun as soon as they may."""
        if self.batches is None:
            return len(self.ready) + len(self.halves)
        return len(self.batches.full) + len(self.halves)

    @property
    def in_hand(self) -> int:
        """Deliveries that are claimed and not under way; without those of halves, which can't be given back."""
        return len(self.ready) + (len(self.batches) if self.batches is not None else 0)

    def take_back(self, requests: int | None = None) -> list[Claimed]:
        """Takes deliveries out of hand: all, or the last ones that so many requests would be made of."""
        if requests is None:
            back = [*(self.batches.take_back() if self.batches is not None else ()), *self.ready]
            self.ready.clear()
            return back
        if self.batches is None:
            return [self.ready.pop() for _ in range(min(requests, len(self.ready)))]
        full = self.batches.full
        return [part.claimed for _ in range(min(requests, len(full))) for part in full.pop().parts]

    def room(self, moment: float) -> int:
        """How many deliveries it takes as they are made: none while older ones may wait for it, and none that would
        wait for their turn or for a limit."""
        if self.hungry or self.sending.ordered or self.sending.rate_limit or self.asleep_until > moment:
            return 0
        return max(0, self.wanted - self.in_hand - self.under_way)

    def has_appetite(self, moment: float) -> bool:
        few = self.in_hand + self.under_way <= self.wanted // 2
        return self.hungry and few and self.asleep_until <= moment

    def is_quick(self, moment: float) -> bool:
        """Whether it gives its places back within about a second."""
        if not self.proven or moment - self.paced_at > QUICK:
            return False
        return self.under_way <= max(1.0, self.pace * QUICK)

    def control(self, stored: dict[str, Any] | None) -> None:
        """Takes over how the destination is to be sent to."""
        if stored != self.stored:
            self.stored, self.sending = stored, sending_of(stored)
            self.schedule = schedule_of(self.sending)
            self.due.clear()

    def load(self, version: datetime) -> None:
        """Reads the destination and compiles its payload, if it changed since the last time."""
        if version == self.version:
            return
        destination = Destination.objects.prefetch_related("headers").get(pk=self.destination)
        self.control(destination.sending)
        self.ready = deque(self.take_back())  # what was rendered is to be rendered anew
        self.builder, self.broken, self.batches = None, ("", ""), None
        self.pinned.clear()
        self.attempt_seconds = self.schedule.tries.no_try_after + destination.total_timeout
        try:
            self.builder = RequestBuilder(destination)
            self.attempt_seconds += self.builder.seconds_for_token
            self.batches = Batches(self.builder.batching) if self.builder.batching else None
        except TemplateError as error:
            self.broken = ("template", in_words(error))
        except SecretUnreadable as error:
            self.broken = ("secret", in_words(error))
        self.version = version

    def builder_for(self, claimed: Claimed) -> RequestBuilder:
        """By the template in use, or by the version that the delivery is pinned to. Raises NotSent where there is none,
        and TemplateError where a version of earlier can't be read any more."""
        if claimed.obstacle:
            raise NotSent(*claimed.obstacle)
        number = claimed.pinned_version
        if number is None or self.broken[0] == "secret":
            if self.builder is None:
                raise NotSent(*self.broken)
            return self.builder
        if number not in self.pinned:
            destination = Destination.objects.prefetch_related("headers").get(pk=self.destination)
            self.pinned[number] = RequestBuilder(as_of(destination, number))
        return self.pinned[number]

    def may_begin(self, moment: float) -> bool:
        """Whether a request may begin now, by the places it has and its rate limit."""
        if self.under_way >= self.places:
            return False
        limit = self.sending.rate_limit
        if limit is None:
            return True
        most = capacity(limit)
        while len(self.due) > most and self.due[most] <= moment:
            self.due.popleft()  # unused for so long that it would make a burst
        return bool(self.due) and self.due[0] <= moment

    def note_begun(self) -> None:
        self.under_way += 1
        if self.due:
            self.due.popleft()

    def note_finished(self, moment: float) -> None:
        self.finished += 1
        self.proven = True
        seconds = moment - self.paced_at
        if seconds >= PACED_OVER:
            self.pace = self.finished / seconds
            self.finished, self.paced_at = 0, moment
