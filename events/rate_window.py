"""Counting requests in windows of time, in Redis for all processes together; while that is gone, nothing is counted."""

import logging
import time

import django_rq
from redis.exceptions import RedisError

log = logging.getLogger(__name__)


def seconds_to_wait(what: str, most: int, seconds: int) -> int:
    """Counts one more of `what`. 0 if it is one of the first `most` within so many seconds, else how long until the
    next window."""
    window, gone = divmod(time.time(), seconds)
    key = f"streamhub:{what}:{window:.0f}"
    try:
        with django_rq.get_connection("default").pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, seconds)
            count, _ = pipe.execute()
    except RedisError as error:
        log.warning("Redis did not count a request (%s)", error)
        return 0
    return int(seconds - gone) + 1 if count > most else 0
