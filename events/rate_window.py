"""Counting requests in windows of time, in Redis for all processes together; while that is gone, nothing is counted."""

import logging
import time

from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)


def seconds_to_wait(what: str, most: int, seconds: int, amount: int = 1) -> int:
    """Counts `amount` more of `what`. 0 if it begins within the first `most` of so many seconds (so that an amount
    larger than `most` has a turn, too), else how long until the next window."""
    window, gone = divmod(time.time(), seconds)
    key = f"streamhub:{what}:{window:.0f}"
    try:
        with hub_redis().pipeline() as pipe:
            pipe.incrby(key, amount)
            pipe.expire(key, seconds)
            count, _ = pipe.execute()
    except RedisError as error:
        log.warning("Redis did not count a request (%s)", error)
        return 0
    return int(seconds - gone) + 1 if count - amount >= most else 0
