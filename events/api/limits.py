"""How much of an API one project may use: so many requests in ten minutes, so many at once. Kept in Redis, for all
processes together; while that does not answer, nothing is limited."""

import logging
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis.exceptions import RedisError

from events.api.errors import Refused
from events.hub_redis import hub_redis
from events.rate_window import seconds_to_wait

log = logging.getLogger(__name__)

WINDOW = 600  # seconds
HELD = 60.0  # seconds that a place is kept for a process that died


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one API, whose `name` its keys in Redis bear; `requests` in ten minutes, `at_once` of them together."""

    name: str
    requests: int = 60
    at_once: int = 4

    def count(self, project: int) -> None:
        """Raises Refused (429) for one request too many."""
        if wait := seconds_to_wait(f"{self.name}:{project}", self.requests, WINDOW):
            message = f"More than {self.requests} requests in ten minutes. Go on in {wait} seconds."
            raise Refused(429, "too_many_requests", message, wait=wait)

    def place(self, project: int, what: str = "requests", most: int | None = None) -> "Place":
        return Place(f"streamhub:{self.name}:{project}:{what}", what, most or self.at_once)

    @contextmanager
    def one_of_few(self, project: int) -> Iterator[None]:
        """Raises Refused (429) where too many are at work already."""
        place = self.place(project)
        place.take()
        try:
            yield
        finally:
            place.leave()


class Place:
    """One of a project's `most` places at something, as a sorted set of who holds one until when."""

    def __init__(self, key: str, what: str, most: int) -> None:
        self.key, self.most, self.what = key, most, what
        self.token = secrets.token_hex(8)

    def take(self) -> None:
        """Raises Refused (429) where all are taken."""
        moment = time.time()
        try:
            with hub_redis().pipeline() as pipe:
                pipe.zremrangebyscore(self.key, 0, moment)
                pipe.zadd(self.key, {self.token: moment + HELD})
                pipe.expire(self.key, int(HELD) * 2)
                pipe.zcard(self.key)
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
            hub_redis().zadd(self.key, {self.token: time.time() + HELD})
        except RedisError as error:
            log.warning("Redis did not keep a place (%s)", error)

    def leave(self) -> None:
        try:
            hub_redis().zrem(self.key, self.token)
        except RedisError as error:
            log.warning("Redis did not free a place (%s)", error)
