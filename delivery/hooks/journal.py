"""What came in as webhooks lately, and what was refused: the newest of each project, in Redis, to look at."""

import logging
from dataclasses import asdict, dataclass
from datetime import datetime

import orjson
from redis.exceptions import RedisError

from events.hub_redis import hub_redis

log = logging.getLogger(__name__)

KEPT = 200
KEPT_BYTES = 16 * 1024  # of a body
KEPT_SECONDS = 30 * 24 * 60 * 60
KEPT_CHARACTERS = 300  # of what a sender says of itself


@dataclass(frozen=True, slots=True)
class Entry:
    """`outcome`: stored, duplicate or refused, then for `reason`. `kind`: the type that it gave. `uuid`: of the event
    that became of it. `body`: at most 16 KiB of it, `size` all of its bytes."""

    at: datetime
    status: int
    kind: str
    outcome: str
    reason: str
    uuid: str
    address: str
    agent: str
    body: str
    size: int

    @property
    def is_cut(self) -> bool:
        return self.size > KEPT_BYTES


def keep(project: int, entry: Entry) -> None:
    """Without Redis nothing is noted, and the webhook is taken all the same."""
    fields = asdict(entry) | {"kind": entry.kind[:KEPT_CHARACTERS], "agent": entry.agent[:KEPT_CHARACTERS]}
    try:
        text = orjson.dumps(fields)
    except TypeError:  # half a character in what the sender wrote
        text = orjson.dumps({name: _plain(value) for name, value in fields.items()})
    entries, counter = _keys(project)
    try:
        with hub_redis().pipeline() as pipe:
            pipe.lpush(entries, text)
            pipe.ltrim(entries, 0, KEPT - 1)
            pipe.incr(counter)
            pipe.expire(entries, KEPT_SECONDS)
            pipe.expire(counter, KEPT_SECONDS)
            pipe.execute()
    except RedisError:
        log.warning("an incoming webhook was not noted: Redis does not answer")


def newest(project: int, count: int) -> tuple[int, list[Entry]]:
    """(how many there have been, up to `count` of them with the newest first)."""
    entries, counter = _keys(project)
    try:
        with hub_redis().pipeline() as pipe:
            pipe.get(counter)
            pipe.lrange(entries, 0, count - 1)
            counted, texts = pipe.execute()
    except RedisError:
        return 0, []
    return int(counted or 0), [_read(text) for text in texts]


def _read(text: bytes) -> Entry:
    fields = orjson.loads(text)
    return Entry(**fields | {"at": datetime.fromisoformat(fields["at"])})


def _plain(value: object) -> object:
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _keys(project: int) -> tuple[str, str]:
    return f"streamhub:hooks:{project}:entries", f"streamhub:hooks:{project}:total"
