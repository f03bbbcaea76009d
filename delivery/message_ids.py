"""The id by which a receiver knows a message again: the same in each try, retry and replay, another per destination."""

from collections.abc import Iterable
from hashlib import blake2b
from secrets import token_hex
from typing import Any

from events.jsontext import dumps

PREFIX, BATCH_PREFIX = "msg_", "batch_"


def message_id(data: dict[str, Any], destination: int, part: int | None = None) -> str:
    """For an event's stored data: `msg_`, the event's UUID without hyphens, `d`, the destination's number; of the
    second and further events that a transformation made of it also `p` and which it is.

    Letters and digits only, because a dot would part the text that is signed.
    """
    uuid = data.get("uuid")
    digits = uuid.replace("-", "") if isinstance(uuid, str) else ""
    if len(digits) != 32 or not digits.isascii() or not digits.isalnum():
        digits = blake2b(dumps(data).encode(), digest_size=16).hexdigest()
    return f"{PREFIX}{digits}d{destination}{f'p{part}' if part and part > 1 else ''}"


def batch_id(messages: Iterable[str], destination: int) -> str:
    """For a request of several messages: the same whenever it holds the same ones, in whatever order."""
    digest = blake2b(",".join(sorted(messages)).encode(), digest_size=16).hexdigest()
    return f"{BATCH_PREFIX}{digest}d{destination}"


def trial_id() -> str:
    """For a test, new each time: a receiver that drops what it had already must not drop the delivery for the test."""
    return f"{PREFIX}test{token_hex(12)}"
