"""How many requests each worker may have under way to a destination, so that together they keep to its concurrency.

Every worker with something to send to a destination stands in a hash of Redis with the places it holds. It gets its
fair share of what the others leave free, and gives up what is beyond its share as its requests end, so the sum is
never above the concurrency. What is left over when places are shared out goes round, so that a single place is not one
worker's for ever. A killed worker's places are free again after TTL. While Redis does not answer, each worker keeps to
its share among as many workers as there were.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import uuid4

from delivery.agreement import Agreement

TTL = 5.0  # seconds that places are held without being renewed
RENEW = 1.0  # seconds between two renewals
TURN = 2.0  # seconds for which what is left over stays with the same worker

SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local holder, ttl, turn = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local answers = {}
for i, key in ipairs(KEYS) do
  local concurrency, busy = tonumber(ARGV[2 * i + 2]), tonumber(ARGV[2 * i + 3])
  local fields = redis.call('HGETALL', key)
  local taken, names = 0, {holder}
  for f = 1, #fields, 2 do
    if fields[f] ~= holder then
      local places, ends = string.match(fields[f + 1], '(%d+):(%d+)')
      if tonumber(ends) < now or tonumber(ends) > now + ttl then  -- over, or from before the clock was set back
        redis.call('HDEL', key, fields[f])
      else
        taken = taken + tonumber(places)
        names[#names + 1] = fields[f]
      end
    end
  end
  table.sort(names)
  local rank = 0
  for n, name in ipairs(names) do if name == holder then rank = n end end
  local share = math.floor(concurrency / #names)
  if (rank + math.floor(now / turn)) % #names < concurrency % #names then share = share + 1 end
  local mine = math.max(busy, math.min(share, concurrency - taken))
  redis.call('HSET', key, holder, mine .. ':' .. (now + ttl))
  redis.call('PEXPIRE', key, ttl)
  answers[2 * i - 1], answers[2 * i] = mine, #names
end
return answers
"""
LEAVE = "for _, key in ipairs(KEYS) do redis.call('HDEL', key, ARGV[1]) end return {}"


@dataclass(frozen=True, slots=True)
class Ask:
    """`busy`: requests that are under way and cannot be taken back."""

    destination: int
    concurrency: int
    busy: int


class Places:
    """One worker's part. A call costs one round trip, for however many destinations."""

    def __init__(self) -> None:
        self._holder = uuid4().hex
        self._agreement, self._leaving = Agreement(SCRIPT), Agreement(LEAVE)
        self._workers: dict[int, int] = {}  # that wanted places of a destination, when Redis last answered

    def renew(self, asks: Sequence[Ask]) -> dict[int, int]:
        """How many requests may be under way to each destination from now on, those that are included."""
        if not asks:
            return {}
        numbers = [number for ask in asks for number in (ask.concurrency, ask.busy)]
        arguments = [self._holder, int(TTL * 1000), int(TURN * 1000), *numbers]
        answer = self._agreement.ask([_key(ask.destination) for ask in asks], arguments)
        if answer is None:
            return {ask.destination: self._alone(ask) for ask in asks}
        self._workers |= {ask.destination: int(n) for ask, n in zip(asks, answer[1::2], strict=True)}
        return {ask.destination: int(n) for ask, n in zip(asks, answer[::2], strict=True)}

    def leave(self, destinations: Iterable[int]) -> None:
        """Gives back the places of destinations to which nothing is under way."""
        if keys := [_key(one) for one in destinations]:
            self._leaving.ask(keys, [self._holder])

    def workers(self, destination: int) -> int:
        """How many wanted places of it when Redis last answered, this one included."""
        return self._workers.get(destination, 1)

    def _alone(self, ask: Ask) -> int:
        return max(1, ask.concurrency // self.workers(ask.destination))


def _key(destination: int) -> str:
    return f"streamhub:places:{destination}"
