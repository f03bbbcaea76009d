"""What the delivery loop knows of one destination: its settings, what it has in hand, and what it may send now."""

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from delivery.claims import Claimed, Wish
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
        limit = self.sending.rate_limit
        if limit is not None:
            return max(1, min(MOST_CLAIMED, int(HORIZON / limit.interval)))
        return int(max(self.sending.concurrency, min(MOST_CLAIMED, self.pace * SECONDS_IN_HAND)))

    @property
    def sends_messages(self) -> bool:
        return self.builder is not None and self.builder.messages is not None

    @property
    def wish(self) -> Wish:
        seconds = SECONDS_IN_HAND + self.attempt_seconds + LEASE_MARGIN
        return Wish(self.destination, self.wanted, seconds, self.sending.ordered)

    def has_appetite(self, moment: float) -> bool:
        few = len(self.ready) + self.under_way <= self.wanted // 2
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
        self.builder, self.broken = None, ("", "")
        self.pinned.clear()
        self.attempt_seconds = self.schedule.tries.no_try_after + destination.total_timeout
        try:
            self.builder = RequestBuilder(destination)
            self.attempt_seconds += self.builder.seconds_for_token
        except TemplateError as error:
            self.broken = ("template", in_words(error))
        except SecretUnreadable as error:
            self.broken = ("secret", in_words(error))
        self.version = version

    def builder_for(self, claimed: Claimed) -> RequestBuilder | None:
        """By the template in use, or by the version that the delivery is pinned to; None where `broken` says why.
        Raises TemplateError where a version of earlier can't be read any more."""
        number = claimed.pinned_version
        if number is None or self.broken[0] == "secret":
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
