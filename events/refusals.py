"""What a project's senders sent in vain: the newest requests and messages that were refused, in Redis, with the reason.

They are for looking at, not for counting on: an accepted event never comes here, and whoever sent a refused one was
told so, or would only send it again for ever.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.http import HttpRequest
from redis.exceptions import RedisError

from events.client_address import client_address
from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

KEPT = 100  # of a project
KEPT_BYTES = 16 * 1024  # of a body
KEPT_SECONDS = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Refusal:
    """`status`: what the sender was answered; 200 where the rest of the request was taken, and only this message was
    not. `body`: at most 16 KiB of it, `size` all its bytes. `number` counts from 1 in its project."""

    number: int
    at: datetime
    path: str
    status: int
    reason: str
    body: str
    size: int
    address: str = ""
    agent: str = ""

    @property
    def is_cut(self) -> bool:
        return self.size > KEPT_BYTES

    @property
    def preview(self) -> str:
        return " ".join(self.body[:400].split())[:160]


@dataclass(frozen=True, slots=True)
class Sender:
    """Of one request: its path without the query, who sent it, and what it says it is."""

    path: str
    address: str = ""
    agent: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> "Sender":
        return cls(request.path, client_address(request) or "", request.META.get("HTTP_USER_AGENT", ""))


def keep(project: int, sender: Sender, at: datetime, status: int, refused: Iterable[tuple[str, bytes]]) -> None:
    """`refused`: (reason, body) each. Never raises: the answer does not depend on it."""
    texts = [
        orjson.dumps(
            {
                "at": at,
                "path": _plain(sender.path),
                "address": sender.address,
                "agent": _plain(sender.agent),
                "status": status,
                "reason": _plain(reason),
                "body": body[:KEPT_BYTES].decode(errors="replace"),
                "size": len(body),
            }
        )
        for reason, body in refused
    ]
    if not texts:
        return
    rows, counter = _keys(project)
    try:
        with hub_redis().pipeline() as pipe:
            pipe.lpush(rows, *texts[-KEPT:])
            pipe.ltrim(rows, 0, KEPT - 1)
            pipe.expire(rows, KEPT_SECONDS)
            pipe.incrby(counter, len(texts))
            pipe.expire(counter, KEPT_SECONDS)
            pipe.execute()
    except RedisError as error:
        log.warning("Redis did not take a refused request (%s)", error)


def _plain(text: str) -> str:
    """Without lone surrogates, which are no text, and not without end."""
    return text[:500].encode(errors="replace").decode()


def newest(project: int, count: int = KEPT) -> tuple[int, list[Refusal]]:
    """(how many there were, up to `count` of them with the newest first)."""
    rows, counter = _keys(project)
    with hub_redis().pipeline() as pipe:
        pipe.get(counter)
        pipe.lrange(rows, 0, count - 1)
        counted, texts = pipe.execute()
    total = max(int(counted or 0), len(texts))
    return total, [_read(text, total - index) for index, text in enumerate(texts)]


def counted(project: int) -> int:
    """0 where Redis is away."""
    try:
        return int(hub_redis().get(_keys(project)[1]) or 0)
    except RedisError:
        return 0


def _keys(project: int) -> tuple[str, str]:
    return f"streamhub:refused:{project}:rows", f"streamhub:refused:{project}:total"


def _read(text: bytes, number: int) -> Refusal:
    fields = orjson.loads(text)
    return Refusal(**fields | {"at": datetime.fromisoformat(fields["at"]), "number": number})
