"""The nudge for replays: one job at a time waits in the queue, and the clock's comes anyway."""

import logging

import django_rq
from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

QUEUE = "default"
# The flag ends by itself, in case the queue was emptied and the flag was not.
FLAG, FLAG_SECONDS = "streamhub:woken:replays", 60
JOB = "delivery.replay_job.run_replays"


def wake_replays() -> None:
    """Never raises: a lost nudge costs only the seconds until the clock's."""
    try:
        if hub_redis().set(FLAG, 1, nx=True, ex=FLAG_SECONDS):
            django_rq.get_queue(QUEUE, connection=hub_redis()).enqueue(JOB, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        log.warning("Redis did not take the wake-up (%s); the clock will find the replay", error)


def taken() -> None:
    """Called by the job as it starts: from here on the next nudge queues another one."""
    try:
        hub_redis().delete(FLAG)
    except RedisError as error:
        log.warning("Redis did not answer (%s)", error)
