"""The nudges for monitors: one job of a kind waits in the queue at a time, and the clock's comes anyway."""

import logging

import django_rq
from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

QUEUE = "default"
# The flag ends by itself, in case the queue was emptied and the flag was not.
FLAG_SECONDS = 60
JUDGE, SEND = "delivery.monitors.jobs.tend_monitors", "delivery.monitors.jobs.send_notices"


def wake_monitors() -> None:
    _wake(JUDGE)


def wake_notices() -> None:
    _wake(SEND)


def taken(job: str) -> None:
    """Called by the job as it starts: from here on the next nudge queues another one."""
    try:
        hub_redis().delete(_flag(job))
    except RedisError as error:
        log.warning("Redis did not answer (%s)", error)


def _wake(job: str) -> None:
    """Never raises: a lost nudge costs only the seconds until the clock's."""
    try:
        if hub_redis().set(_flag(job), 1, nx=True, ex=FLAG_SECONDS):
            django_rq.get_queue(QUEUE, connection=hub_redis()).enqueue(job, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        log.warning("Redis did not take the wake-up (%s); the clock will look at the monitors", error)


def _flag(job: str) -> str:
    return f"streamhub:woken:{job}"
