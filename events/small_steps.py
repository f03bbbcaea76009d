"""Much work beside the road: many short transactions with rests between them, for a limited time."""

from collections.abc import Callable
from time import monotonic, sleep

from django.db import connection, transaction

# Seconds that one transaction should take. SQLite has one writer: whoever delivers waits as long as it is held.
STEP_SECONDS = {"sqlite": 0.01, "postgresql": 0.05}
FIRST, LEAST, MOST = 100, 10, 5_000  # rows
SLOWER = 0.8  # of what would fit: a commit now and then takes several times as long
RESTS = 2.0  # times as long as the transaction before: two thirds of the time are the road's


class SmallSteps:
    """`seconds`: how long to go on; `stopping`: whether to end early. Row counts follow how long a step took."""

    def __init__(self, seconds: float, stopping: Callable[[], bool] = lambda: False) -> None:
        self.size = FIRST
        self.longest = 0.0  # seconds of one transaction, the longest so far
        self._step_seconds = STEP_SECONDS.get(connection.vendor, 0.05)
        self._until = monotonic() + seconds
        self._stopping = stopping

    @property
    def is_over(self) -> bool:
        return monotonic() >= self._until or self._stopping()

    def take(self, work: Callable[[], int]) -> int:
        """Does `work`, on `size` rows or fewer, in a transaction of its own, and rests. Returns what it returns."""
        with transaction.atomic():
            began = monotonic()  # with the write lock in hand, waiting for it costs nobody
            done = work()
        took = monotonic() - began
        self.longest = max(self.longest, took)
        fitting = SLOWER * self.size * self._step_seconds / max(took, 0.001)
        # No faster than doubling: the next rows may be wider.
        self.size = int(max(LEAST, min(MOST, fitting, self.size * 2)))
        sleep(took * RESTS)
        return done
