"""Tokens that all worker processes share: encrypted in Redis, so that one of them fetches and the others use it too.

Without Redis each process fetches its own: nothing here raises for that.
"""

import logging
from typing import Any

from redis.exceptions import RedisError

from delivery.oauth.grant import FETCH_SECONDS, NoToken, Token
from delivery.transports.seam import Failure
from destinations.secrets import SecretUnreadable, opened, sealed
from events.hub_redis import hub_redis
from events.jsontext import dumps, loads

log = logging.getLogger(__name__)
Known = Token | NoToken

LOCK_SECONDS = int(FETCH_SECONDS) + 2


class TokenStore:
    """Keys are fingerprints (Grant.key), values Fernet tokens."""

    def load(self, key: str) -> Known | None:
        try:
            kept = hub_redis().get(_name(key))
            assert kept is None or isinstance(kept, bytes)
            return _read(loads(opened(kept.decode()))) if kept else None
        except RedisError as error:
            self._away(error)
        except SecretUnreadable:  # of another installation, or from before the keys were changed
            pass
        return None

    def save(self, key: str, known: Known, seconds: float) -> None:
        """Keeps it that long, and lets others fetch again."""
        try:
            pipe = hub_redis().pipeline()
            pipe.set(_name(key), sealed(dumps(_fields(known))), px=max(1, int(seconds * 1000)))
            pipe.delete(_lock(key))
            pipe.execute()
        except RedisError as error:
            self._away(error)

    def drop(self, key: str) -> None:
        try:
            hub_redis().delete(_name(key))
        except RedisError as error:
            self._away(error)

    def unlock(self, key: str) -> None:
        try:
            hub_redis().delete(_lock(key))
        except RedisError as error:
            self._away(error)

    def lock(self, key: str) -> bool:
        """Whether this process is to fetch; False while another one does."""
        try:
            return bool(hub_redis().set(_lock(key), 1, nx=True, ex=LOCK_SECONDS))
        except RedisError as error:
            self._away(error)
            return True

    @staticmethod
    def _away(error: RedisError) -> None:
        log.warning("Redis did not answer (%s); this process fetches its own access tokens", error)


def _fields(known: Known) -> list[Any]:
    if isinstance(known, Token):
        return [known.value, known.fetched_at, known.renew_at, known.ends_at]
    return [[*known.why], known.ends_at]


def _read(fields: list[Any]) -> Known:
    return Token(*fields) if len(fields) > 2 else NoToken(Failure(*fields[0]), fields[1])


def _name(key: str) -> str:
    return f"streamhub:access-token:{key}"


def _lock(key: str) -> str:
    return f"streamhub:access-token-lock:{key}"
