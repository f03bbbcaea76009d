"""Recording beside the loop: while the database writes what came of attempts, the loop goes on sending.

A recording is half waiting for the server. One thread with a connection of its own does it, one recording at a time.
On SQLite, which has one writer, and where no thread was begun, the loop records by itself.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache, partial

from django.db import connection

from delivery.patience import patiently
from delivery.recording import Done, record


class Recorder:
    """`wait`: how the loop spends seconds while the database is away. `thread`: where it is done instead, if any."""

    def __init__(self, wait: Callable[[float], None], thread: ThreadPoolExecutor | None) -> None:
        self._wait, self._thread = wait, thread
        self._under_way: Future[None] | None = None
        self._finished: Sequence[Done] = ()

    @property
    def is_busy(self) -> bool:
        """Whether a recording was begun that `over` has not told of."""
        return self._under_way is not None

    def begin(self, finished: Sequence[Done]) -> None:
        assert self._under_way is None
        self._finished = finished
        if self._thread is not None:
            self._under_way = self._thread.submit(patiently, partial(record, finished), time.sleep)
            return
        patiently(partial(record, finished), self._wait)
        self._under_way = Future()
        self._under_way.set_result(None)

    def over(self, *, waiting: bool = False) -> Sequence[Done]:
        """What has been recorded since the last call; `waiting`: once it is. Raises what recording it has raised."""
        if self._under_way is None or not (waiting or self._under_way.done()):
            return ()
        under_way, self._under_way = self._under_way, None
        under_way.result()
        return self._finished


@cache
def thread_of_process() -> ThreadPoolExecutor | None:
    """Of a worker, which is at its loop as long as it lives."""
    return ThreadPoolExecutor(1, "recording") if connection.vendor == "postgresql" else None
