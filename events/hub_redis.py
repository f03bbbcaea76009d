"""The hub's Redis, asked while somebody waits: a request, a page, a delivery.

Nothing in Redis is needed to go on, and each who asks says what holds without an answer: a wake-up is lost and the
sweep finds the work, a limit of requests lets pass, a log or a total stays as it is. So one that says nothing is waited
for once, and then left alone for a while by all of this process but one, who looks whether it is back.

RQ's workers and the clock have connections of their own: they wait for jobs.
"""

import time
from collections.abc import Callable
from functools import cache
from threading import get_ident
from typing import Any, Self

from django_rq import get_connection
from django_rq.settings import QUEUES
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import TimeoutError as Silent
from redis.retry import Retry

PATIENCE = 1.0  # seconds for an answer
REST = 2.0  # seconds without asking after there was none; places in lanes are kept longer than both together


def hub_redis() -> Redis:
    """The same for all threads, with its connections: to begin one takes a third of a request with one event."""
    return _client(QUEUES["default"]["URL"])


@cache
def _client(url: str) -> Redis:
    client = get_connection("default")
    client.get_connection_kwargs().update(
        socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=AskOnce(NoBackoff(), 0)
    )
    return client


class AskOnce(Retry):
    """Through which all commands and connections of the client go. Tries nothing twice."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._rests_until = 0.0
        self._looking = 0  # the thread that asks as the first one after a rest

    def __deepcopy__(self, memo: object) -> Self:
        """Each connection would take a copy, and what one has found out be unknown to the others."""
        return self

    def call_with_retry(self, do: Callable[[], Any], *args: Any, **kwargs: Any) -> Any:
        if self._rests_until:
            self._leave_alone()
        try:
            answer = super().call_with_retry(do, *args, **kwargs)
        except Silent:
            self._rests_until, self._looking = time.monotonic() + REST, 0
            raise
        if self._rests_until:
            self._rests_until = 0.0
        return answer

    def _leave_alone(self) -> None:
        """Raises Silent while it is to be left alone, or another thread is looking."""
        moment = time.monotonic()
        if self._looking == get_ident() and moment < self._rests_until:
            return
        if moment < self._rests_until:
            raise Silent("it said nothing a moment ago")
        self._rests_until, self._looking = moment + PATIENCE + REST, get_ident()
