"""What attempts add to the totals that monitoring reads: many at a time, once they are committed."""

from collections import Counter
from collections.abc import Iterable

from delivery.answer_times import BOUNDS
from delivery.models import State
from delivery.transports.seam import Outcome
from events.totals import Spread, Total

ATTEMPTS = Total("streamhub_attempts", "Attempts, by class of status, or what kept an answer away.", "result")
SECONDS = Spread("streamhub_attempt_seconds", "How long attempts took.", tuple(bound / 1000 for bound in BOUNDS))
ENDED = Total("streamhub_deliveries_ended", "Deliveries that nothing more is sent for, and why.", "state", "reason")
ENDS = (State.DELIVERED, State.FAILED, State.EXPIRED, State.CANCELLED)


def count(ended: Iterable[tuple[State, Outcome]]) -> None:
    """`ended`: each attempt with the state that it brought its delivery to."""
    results: Counter[str] = Counter()
    ends: Counter[tuple[str, str]] = Counter()
    took = []
    for state, outcome in ended:
        result = _result(outcome)
        results[result] += 1
        if outcome.tries:
            took.append(outcome.duration)
        if state in ENDS:
            ends[state.value, "" if state == State.DELIVERED else result] += 1
    for result, number in results.items():
        ATTEMPTS.add(number, result)
    for labels, number in ends.items():
        ENDED.add(number, *labels)
    SECONDS.add(took)


def _result(outcome: Outcome) -> str:
    if outcome.status is None:
        return outcome.error_kind or "other"
    return "429" if outcome.status == 429 else f"{outcome.status // 100}xx"
