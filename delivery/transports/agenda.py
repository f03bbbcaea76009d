"""What a transport has on hand: attempts to begin, tries to come, attempts that ended. Knows no network."""

import heapq
from collections import deque
from time import monotonic, time

from delivery.transports.seam import Failure, Outcome, OutgoingRequest, Try


class Agenda:
    """An attempt is submitted, then begun and tried until its policy has enough, then handed over."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.in_flight = 0
        self.finished: list[Outcome] = []
        self._queue: deque[Outcome] = deque()
        self._timers: list[tuple[float, int, Outcome]] = []  # when, tie-break, what was so far
        self._timers_set = 0

    def submit(self, request: OutgoingRequest) -> None:
        self.in_flight += 1
        self._queue.append(Outcome(request, []))

    def next_to_try(self, now: float) -> Outcome | None:
        """The next attempt whose try may begin at `now` (monotonic), which is then begun; None if there is none.

        A repetition goes before the first try of another attempt: its window is short.
        """
        while self._timers and self._timers[0][0] <= now:
            outcome = heapq.heappop(self._timers)[2]
            if now - outcome.began <= outcome.request.tries.no_try_after:
                outcome.set_answer_aside()
                return outcome
            self.finished.append(outcome)  # a connection slot came free too late
        if not self._queue:
            return None
        outcome = self._queue.popleft()
        outcome.began = now
        return outcome

    def tried(self, outcome: Outcome, now: float) -> None:
        """A try ended: set the timer of the next one, or finish the attempt."""
        wait = outcome.request.tries.next_wait(len(outcome.tries), outcome.status, outcome.duration)
        if wait is None:
            self.finished.append(outcome)
        else:
            self._timers_set += 1
            heapq.heappush(self._timers, (now + wait, self._timers_set, outcome))

    def not_sendable(self, outcome: Outcome, refusal: ValueError) -> None:
        outcome.fail(Failure("bad_request", f"Not sent: {refusal}", permanent=True))
        outcome.tries.append(Try(time(), 0.0, None, outcome.error))
        self.finished.append(outcome)

    def pause(self, longest: float, room: bool) -> float:
        """Seconds until the next timer is due, at most `longest`. Without room for a try there is no such need."""
        return min(longest, max(0.0, self._timers[0][0] - monotonic())) if self._timers and room else longest

    def hand_over(self) -> list[Outcome]:
        finished, self.finished = self.finished, []
        self.in_flight -= len(finished)
        return finished
