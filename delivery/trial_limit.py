"""How many tests a person may send: enough for trying things out, too few to use the hub as a cannon."""

from time import time

from django.core.cache import cache

MOST = 30
SECONDS = 60


def may_send(user: int, moment: float | None = None) -> bool:
    """Counts a test of this user; False once there were MOST in this minute."""
    window = int((time() if moment is None else moment) // SECONDS)
    key = f"test-sends:{user}:{window}"
    cache.add(key, 0, timeout=2 * SECONDS)
    return cache.incr(key) <= MOST
