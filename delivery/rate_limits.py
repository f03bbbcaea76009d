"""Rate limits that hold for all workers together: a token bucket per destination, kept in Redis as one moment.

The moment is when the next token falls due. A worker takes the tokens of up to HORIZON ahead in one go, one for each
delivery it has in hand, and sends as they fall due: no round trip per request, and no burst of more than a tenth of a
second's worth. When Redis forgets the moment, the bucket begins anew; while it does not answer, each worker paces
itself by its share among as many workers as it last knew of.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from delivery.agreement import Agreement
from destinations.sending_rules import RateLimit

HORIZON = 1.0  # seconds
KEPT = 120.0  # seconds that a bucket is kept unused; the longest interval is a minute

SCRIPT = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local horizon = tonumber(ARGV[1])
local answers = {}
for i, key in ipairs(KEYS) do
  local interval, capacity, wanted = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local due = tonumber(redis.call('GET', key) or '0')
  if due > now + horizon + interval then due = now end  -- the clock was set back, or the limit raised
  due = math.max(due, now - (capacity - 1) * interval)
  local granted = math.max(0, math.min(wanted, math.floor((now + horizon - due) / interval) + 1))
  redis.call('SET', key, string.format('%.0f', due + granted * interval), 'PX', ARGV[2])
  answers[2 * i - 1], answers[2 * i] = granted, math.floor(due - now)
end
return answers
"""


@dataclass(frozen=True, slots=True)
class Want:
    destination: int
    limit: RateLimit
    tokens: int
    workers: int = 1  # that send to the destination, this one included, as far as is known


@dataclass(slots=True)
class Grant:
    """`due`: when each token may be used, on the monotonic clock. `again`: when to ask for more, if none was left."""

    due: list[float] = field(default_factory=list)
    again: float = 0.0


def capacity(limit: RateLimit) -> int:
    """Tokens that may be used at once."""
    return 1 + int(0.1 / limit.interval)


class RateLimits:
    """One worker's part. A call costs one round trip, for however many destinations."""

    def __init__(self) -> None:
        self._agreement = Agreement(SCRIPT)
        self._alone: dict[int, float] = {}  # when the next token is due while Redis does not answer

    def take(self, wants: Sequence[Want]) -> dict[int, Grant]:
        """Tokens for each destination, at most as many as wanted, perhaps none."""
        if not wants:
            return {}
        moment = time.monotonic()
        numbers = [n for w in wants for n in (round(w.limit.interval * 1e6), capacity(w.limit), w.tokens)]
        arguments = [int(HORIZON * 1e6), int(KEPT * 1000), *numbers]
        answer = self._agreement.ask([f"streamhub:rate:{want.destination}" for want in wants], arguments)
        if answer is None:
            return {want.destination: self._take_alone(want, moment) for want in wants}
        found = zip(wants, answer[::2], answer[1::2], strict=True)
        return {
            want.destination: _grant(moment + int(first) / 1e6, int(granted), want.limit.interval)
            for want, granted, first in found
        }

    def _take_alone(self, want: Want, moment: float) -> Grant:
        interval = want.limit.interval * want.workers
        due = max(self._alone.get(want.destination, 0.0), moment)
        granted = (
            max(0, min(want.tokens, int((moment + HORIZON - due) / interval) + 1)) if due <= moment + HORIZON else 0
        )
        self._alone[want.destination] = due + granted * interval
        return _grant(due, granted, interval)


def _grant(first: float, granted: int, interval: float) -> Grant:
    return Grant([first + number * interval for number in range(granted)], first - HORIZON)
