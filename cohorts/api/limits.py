"""How much of the API one project may use: so many requests in ten minutes, so many at once. Kept in Redis, for all
processes together; while that does not answer, nothing is limited."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django_rq
from redis.exceptions import RedisError

from cohorts.api.errors import Refused

log = logging.getLogger(__name__)

WINDOW, MOST_REQUESTS = 600, 60  # seconds; requests within them
AT_ONCE = 4  # requests
FILES_AT_ONCE = 5
HELD = 60.0  # seconds that a place is kept for a process that died


def count_request(project: int) -> None:
    """Raises Refused (429) for one too many."""
    window, gone = divmod(time.time(), WINDOW)
    key = f"streamhub:cohort-api:{project}:{window:.0f}"
    try:
        with django_rq.get_connection("default").pipeline() as pipe:
            count, _ = pipe.incr(key).expire(key, WINDOW).execute()
    except RedisError as error:
        log.warning("Redis did not count a request (%s)", error)
        return
    if count > MOST_REQUESTS:
        wait = int(WINDOW - gone) + 1
        message = f"More than {MOST_REQUESTS} requests in ten minutes. Go on in {wait} seconds."
        raise Refused(429, "too_many_requests", message, wait=wait)


class Place:
    """One of a project's `most` places at something, as a sorted set of who holds one until when."""

    def __init__(self, project: int, what: str, most: int) -> None:
        self.key, self.most, self.what = f"streamhub:cohort-api:{project}:{what}", most, what
        self.token = secrets.token_hex(8)

    def take(self) -> None:
        """Raises Refused (429) where all are taken."""
        moment = time.time()
        try:
            with django_rq.get_connection("default").pipeline() as pipe:
                pipe.zremrangebyscore(self.key, 0, moment).zadd(self.key, {self.token: moment + HELD})
                pipe.expire(self.key, int(HELD) * 2).zcard(self.key)
                *_, taken = pipe.execute()
        except RedisError as error:
            log.warning("Redis did not give a place (%s)", error)
            return
        if taken > self.most:
            self.leave()
            message = f"More than {self.most} {self.what} at once. Wait until one of them has ended."
            raise Refused(429, "too_many_requests", message, wait=1)

    def keep(self) -> None:
        """Once in a while, by who holds it long."""
        try:
            django_rq.get_connection("default").zadd(self.key, {self.token: time.time() + HELD})
        except RedisError as error:
            log.warning("Redis did not keep a place (%s)", error)

    def leave(self) -> None:
        try:
            django_rq.get_connection("default").zrem(self.key, self.token)
        except RedisError as error:
            log.warning("Redis did not free a place (%s)", error)


@contextmanager
def at_once(project: int) -> Iterator[None]:
    place = Place(project, "requests", AT_ONCE)
    place.take()
    try:
        yield
    finally:
        place.leave()
