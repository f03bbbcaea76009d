"""A script in Redis by which workers agree on something, and what holds while Redis does not answer."""

import logging
import time
from collections.abc import Sequence
from typing import Any

from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

REST = 1.0  # seconds without asking after Redis did not answer


class Agreement:
    """One Lua script. Redis may forget at any time what it keeps for this: then workers agree anew."""

    def __init__(self, script: str) -> None:
        # In Redis 6 a script that asks for the time may write only after this; later it says nothing.
        self._text = "redis.replicate_commands()\n" + script
        self._script: Any = None
        self._rests_until = 0.0

    def ask(self, keys: Sequence[str], arguments: Sequence[object]) -> list[Any] | None:
        """What the script returns; None while Redis does not answer."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            if self._script is None:
                self._script = hub_redis().register_script(self._text)
            return list(self._script(keys=keys, args=arguments))
        except RedisError as error:
            log.warning("Redis did not answer (%s); this worker keeps to its share of the limits by itself", error)
            self._script, self._rests_until = None, time.monotonic() + REST
            return None
