"""When a delivery is tried again, and when it is given up (pure: numbers in, numbers out).

Two loops, one inside the other. A *retry schedule* spaces out the attempts of a delivery over hours. Inside
one attempt a *try policy* repeats the HTTP request a few times within seconds, for answers that often pass by
themselves. Both are plain values; another preset is another value.
"""

import random as _random
from collections.abc import Callable
from dataclasses import dataclass

SERVER_ERRORS_AND_RATE_LIMIT = frozenset({429, *range(500, 600)})
LONGEST_ASKED = 4  # times the planned wait: what a receiver may make of it


@dataclass(frozen=True, slots=True)
class TryPolicy:
    """How often one attempt repeats its request. Waits are in seconds.

    Only an answer with one of `statuses` is tried again: where no answer came, the receiver may be at work on
    the first request, and the next attempt is soon enough.
    """

    most: int = 3
    first_wait: float = 0.1
    factor: float = 2.0
    jitter: float = 0.5  # each wait is up to this share shorter or longer
    no_try_after: float = 4.0  # no try begins later than this after the first one began
    statuses: frozenset[int] = SERVER_ERRORS_AND_RATE_LIMIT

    def next_wait(
        self,
        tries_made: int,
        status: int | None,
        elapsed: float,
        random: Callable[[], float] = _random.random,
    ) -> float | None:
        """Seconds until the next try, or None if there is none.

        `status` is that of the last answer (None: no answer), `elapsed` the seconds since the first try.
        """
        if tries_made >= self.most or status not in self.statuses:
            return None
        wait = self.first_wait * self.factor ** (tries_made - 1)
        wait *= 1 + self.jitter * (2 * random() - 1)
        return wait if elapsed + wait <= self.no_try_after else None


DEFAULT_TRIES = TryPolicy()
ONE_TRY = TryPolicy(most=1)


@dataclass(frozen=True, slots=True)
class RetrySchedule:
    """The waits between attempts, in seconds, and what one attempt does.

    After one of `final_statuses` waiting is pointless: the delivery ends with the attempt that got it.
    """

    waits: tuple[float, ...]
    shortened_by: float = 0.1  # each wait is up to this share shorter, so that retries do not arrive in step
    tries: TryPolicy = DEFAULT_TRIES
    final_statuses: frozenset[int] = frozenset()

    @property
    def most_attempts(self) -> int:
        return len(self.waits) + 1

    def next_wait(
        self,
        attempts_made: int,
        status: int | None = None,
        random: Callable[[], float] = _random.random,
        asked: float | None = None,
    ) -> float | None:
        """Seconds until the next attempt, or None to give up. `status` is that of the last answer.

        `asked`: the wait that the receiver asks for. It is kept to as far as it lies between the planned wait and
        LONGEST_ASKED times that.
        """
        if attempts_made > len(self.waits) or status in self.final_statuses:
            return None
        wait = self.waits[attempts_made - 1] * (1 - self.shortened_by * random())
        return wait if asked is None else min(max(asked, wait), LONGEST_ASKED * wait)


# Amplitude retries nine times in four hours, each wait twice the one before: 511 parts in all.
AMPLITUDE = RetrySchedule(waits=tuple(14_400 * 2**k / 511 for k in range(9)))
