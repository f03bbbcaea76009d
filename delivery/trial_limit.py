"""How many tests a person may send: enough for trying things out, too few to use the hub as a cannon."""

from time import time

from django.core.cache import cache
from redis.exceptions import RedisError

from events.hub_redis import hub_redis

MOST = 30
SECONDS = 60


def may_send(user: int | str, moment: float | None = None) -> bool:
    """Counts a test of this user, or token; False once there were MOST in this minute."""
    window = int((time() if moment is None else moment) // SECONDS)
    key = f"streamhub:test-sends:{user}:{window}"
    try:
        return _counted(key) <= MOST
    except RedisError:
        cache.add(key, 0, timeout=2 * SECONDS)  # each process counts for itself
        return cache.incr(key) <= MOST


def _counted(key: str) -> int:
    with hub_redis().pipeline() as pipe:
        pipe.incr(key)
        pipe.expire(key, 2 * SECONDS)
        return int(pipe.execute()[0])
