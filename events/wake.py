"""The nudge: tells an idle worker that there is something to do. The database is the truth, so a lost one costs only
the seconds until the next sweep."""

import logging

import django_rq
from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

# One wake-up at a time waits in a queue; the flag ends by itself, in case the queue was flushed but not the flag.
FLAG_SECONDS = 5
FRESH, RETRY, COHORTS = "fresh", "retry", "cohorts"
JOBS = {
    FRESH: "delivery.jobs.deliver_fresh",
    RETRY: "delivery.jobs.deliver_retries",
    COHORTS: "cohorts.jobs.tend_cohorts",
}


def wake(queue: str) -> None:
    """Puts one job into `queue` unless one waits there already. Never raises: the sweep comes anyway."""
    try:
        redis = hub_redis()
        if redis.set(flag(queue), 1, nx=True, ex=FLAG_SECONDS):
            django_rq.get_queue(queue, connection=redis).enqueue(
                JOBS[queue], job_timeout=-1, result_ttl=0, failure_ttl=3600
            )
    except RedisError as error:
        log.warning("Redis did not take the wake-up (%s); the sweep will find the work", error)


def wake_router() -> None:
    wake(FRESH)


def flag(queue: str) -> str:
    return f"streamhub:woken:{queue}"


def taken(queue: str) -> None:
    """Called by the job as it starts: from here on the next nudge queues another job."""
    try:
        hub_redis().delete(flag(queue))
    except RedisError as error:
        log.warning("Redis did not answer (%s)", error)


__all__ = ["COHORTS", "FRESH", "RETRY", "taken", "wake", "wake_router"]
