"""RQ's worker, long-lived: it runs its jobs in its own process, so that connections and compiled templates are kept."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar

from django.db import connections
from redis.exceptions import RedisError
from rq import get_current_job
from rq.job import Job
from rq.queue import Queue
from rq.worker import SimpleWorker

from events import totals

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds
BUSY = totals.Total("streamhub_worker_busy_seconds", "Seconds that workers had something to do.", "queue")


class LongLivedWorker(SimpleWorker):
    """Lets the delivery loop, a job that may run for hours, know of a shutdown and stay visible as alive."""

    current: ClassVar["LongLivedWorker | None"] = None
    # Seconds between two looks whether Redis is back; RQ would come to wait a whole minute.
    max_connection_wait_time = 2.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        LongLivedWorker.current = self
        self._beaten_at = 0.0
        self._counted_at = self._rested = 0.0

    def is_stopping(self) -> bool:
        return self._stop_requested

    def perform_job(self, job: Job, queue: Queue) -> bool:
        self._counted_at, self._rested = time.monotonic(), 0.0
        _drop_dead_connections()
        try:
            return bool(super().perform_job(job, queue))
        finally:
            self._count_busy_time()

    def rested(self, seconds: float) -> None:
        """Of the job under way: so long it had nothing to do."""
        self._rested += seconds

    def _count_busy_time(self) -> None:
        moment = time.monotonic()
        BUSY.add(max(0.0, moment - self._counted_at - self._rested), self.queues[0].name)
        self._counted_at, self._rested = moment, 0.0

    def alive(self) -> None:
        """Renews what RQ knows of this worker and its job, at most every few seconds."""
        if time.monotonic() - self._counted_at >= totals.FLUSH_SECONDS:
            self._count_busy_time()
        if time.monotonic() - self._beaten_at < HEARTBEAT:
            return
        self._beaten_at = time.monotonic()
        try:
            self.heartbeat()
            if job := get_current_job():
                job.heartbeat(datetime.now(UTC), ttl=int(4 * HEARTBEAT))
        except RedisError as error:
            log.warning("Redis did not answer (%s); deliveries go on", error)


def _drop_dead_connections() -> None:
    """A database server that was restarted since the last job: this one gets a new connection. Nobody else in a process
    that serves no requests would ever close the old one."""
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None and not connection.in_atomic_block and not connection.is_usable():
            connection.close()


def stopping() -> bool:
    worker = LongLivedWorker.current
    return worker is not None and worker.is_stopping()


def alive() -> None:
    if LongLivedWorker.current is not None:
        LongLivedWorker.current.alive()


@contextmanager
def resting() -> Iterator[None]:
    """Around a wait: it does not count as busy, but for the processor's time that it takes."""
    began, worked = time.monotonic(), time.thread_time()
    yield
    if LongLivedWorker.current is not None:
        LongLivedWorker.current.rested(time.monotonic() - began - (time.thread_time() - worked))
