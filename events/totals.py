"""Running totals for monitoring, of all processes together: added up in memory, about once a second in Redis.

Redis may lose them: a total that begins again at zero is what monitoring expects of a restart. What is added costs a
dictionary entry; nothing here fails or waits for the database.
"""

import atexit
import logging
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping

from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

KEY = "streamhub:totals"
FLUSH_SECONDS = 1.0
SEPARATOR = "|"  # between a field's name and the values of its labels
SUM = "sum"


class Total:
    """A number that only rises. Values of labels come from short fixed lists, never from data: each makes a series."""

    known: dict[str, "Total"] = {}

    def __init__(self, name: str, meaning: str, *labels: str) -> None:
        self.name, self.meaning, self.labels = name, meaning, labels
        Total.known[name] = self

    def add(self, amount: float = 1, *values: str) -> None:
        _memory.add({SEPARATOR.join((self.name, *values)): amount})


class Spread:
    """How a measured value is spread over classes, whose upper ends are `bounds`."""

    known: dict[str, "Spread"] = {}

    def __init__(self, name: str, meaning: str, bounds: tuple[float, ...]) -> None:
        self.name, self.meaning, self.bounds = name, meaning, bounds
        Spread.known[name] = self

    def add(self, values: Iterable[float]) -> None:
        counts: Counter[str] = Counter()
        for value in values:
            place = bisect_left(self.bounds, value)
            counts[str(self.bounds[place]) if place < len(self.bounds) else "+Inf"] += 1
            counts[SUM] += value  # type: ignore[assignment]
        _memory.add({f"{self.name}{SEPARATOR}{part}": number for part, number in counts.items()})


class _Memory:
    """What this process has added and not yet handed over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: dict[str, float] = {}
        self._flushed_at = 0.0

    def add(self, numbers: Mapping[str, float]) -> None:
        with self._lock:
            for name, number in numbers.items():
                self._numbers[name] = self._numbers.get(name, 0) + number
        self.flush_if_due()

    def flush_if_due(self) -> None:
        if time.monotonic() - self._flushed_at >= FLUSH_SECONDS:
            self.flush()

    def flush(self) -> None:
        with self._lock:
            numbers, self._numbers = self._numbers, {}
            self._flushed_at = time.monotonic()
        if not numbers:
            return
        try:
            pipeline = hub_redis().pipeline(transaction=False)
            for name, number in numbers.items():
                pipeline.hincrbyfloat(KEY, name, number)
            pipeline.execute()
        except RedisError as error:
            log.info("Redis did not take the totals (%s); they are kept until it does", error)
            with self._lock:
                for name, number in numbers.items():
                    self._numbers[name] = self._numbers.get(name, 0) + number


_memory = _Memory()
flush, flush_if_due = _memory.flush, _memory.flush_if_due
atexit.register(flush)


def read() -> dict[str, dict[tuple[str, ...], float]]:
    """Name -> values of its labels -> number, of all processes. Raises RedisError where Redis does not answer."""
    flush()
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for field, number in hub_redis().hgetall(KEY).items():
        assert isinstance(field, bytes)
        name, *values = field.decode().split(SEPARATOR)
        found.setdefault(name, {})[tuple(values)] = float(number)
    return found
