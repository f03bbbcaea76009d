"""The built-in inbox: a webhook receiver for trying things, one per project. It keeps the newest requests in Redis."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from events.dialects.jsonbody import clean
from events.hub_redis import hub_redis

KEPT_REQUESTS = 500
KEPT_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived, the `number`th of its inbox. `body` is at most 64 KiB of it, `size` the bytes read."""

    number: int
    at: datetime
    method: str
    path: str
    headers: list[tuple[str, str]]
    body: str
    size: int
    status: int

    @property
    def query(self) -> str:
        """`?status=503`: what the address said beyond the token that all have in common."""
        mark, query = self.path.partition("?")[1:]
        return mark + query

    @property
    def preview(self) -> str:
        return " ".join(self.body[:400].split())[:160]

    @property
    def is_cut(self) -> bool:
        return self.size > KEPT_BYTES


def keep(
    token: str, at: datetime, method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes, status: int
) -> None:
    """Writes down one request and counts it, in one trip to Redis."""
    kept = {
        "at": at,
        "method": method,
        "path": path,
        "headers": [list(header) for header in headers],
        "body": body[:KEPT_BYTES].decode(errors="replace"),
        "size": len(body),
        "status": status,
    }
    requests, counter = _keys(token)
    with hub_redis().pipeline() as pipe:
        pipe.lpush(requests, _written(kept))
        pipe.ltrim(requests, 0, KEPT_REQUESTS - 1)
        pipe.incr(counter)
        pipe.execute()


def _written(kept: dict[str, Any]) -> bytes:
    """A header may hold bytes that are no text: half characters to Python."""
    try:
        return orjson.dumps(kept)
    except TypeError:
        return orjson.dumps(clean(kept)[0])


def newest(token: str, count: int) -> tuple[int, list[Received]]:
    """(how many have arrived since the inbox was last cleared, up to `count` of them with the newest first)."""
    requests, counter = _keys(token)
    with hub_redis().pipeline() as pipe:
        pipe.get(counter)
        pipe.lrange(requests, 0, count - 1)
        counted, texts = pipe.execute()
    total = int(counted or 0)
    return total, [_read(text, total - index) for index, text in enumerate(texts)]


def clear(token: str) -> None:
    hub_redis().delete(*_keys(token))


def _keys(token: str) -> tuple[str, str]:
    return f"streamhub:inbox:{token}:requests", f"streamhub:inbox:{token}:total"


def _read(text: bytes, number: int) -> Received:
    fields = orjson.loads(text)
    return Received(**fields | {"at": datetime.fromisoformat(fields["at"]), "number": number})
