"""What the road adds to a destination's counters: deliveries made, what became of them, how attempts were answered."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from delivery.answer_times import column
from delivery.models import LaneCount, State
from delivery.transports.seam import Outcome
from events.counters import Tally


class Move(NamedTuple):
    """A delivery's change from one state to another. `was_first`: it had arrived with its first attempt."""

    destination: int
    created_at: datetime
    before: State
    after: State
    was_first: bool = False


def count_created(lanes: Iterable[int], moment: datetime) -> None:
    """One delivery created at `moment` for each mention of a destination's id. Call it last in the transaction."""
    tally = Tally(LaneCount, "destination_id")
    for destination, count in Counter(lanes).items():
        tally.add(destination, moment, "created", count)
    tally.write(moment)


def count_changes(moves: Iterable[Move], attempts: Iterable[tuple[int, Outcome]], moment: datetime) -> None:
    """`attempts`: (destination id, what came of it), ended at `moment`. Call it last in the transaction."""
    tally = Tally(LaneCount, "destination_id")
    for move, count in Counter(moves).items():
        _count_move(tally, move, count)
    ended = list(attempts)
    for (destination, status), count in Counter((lane, outcome.status) for lane, outcome in ended).items():
        tally.add(destination, moment, _answer(status), count)
    took = ((lane, round(o.tries[-1].duration * 1000)) for lane, o in ended if _is_timed(o))
    for (destination, milliseconds), count in Counter(took).items():
        tally.add(destination, moment, column(milliseconds), count)
    tally.write(moment)


def _count_move(tally: Tally, move: Move, count: int) -> None:
    destination, created_at, before, after, was_first = move
    if before == after:
        return
    if before != State.QUEUED:
        tally.add(destination, created_at, before.value, -count)
    if after != State.QUEUED:
        tally.add(destination, created_at, after.value, count)
    if before == State.QUEUED and after == State.DELIVERED:
        tally.add(destination, created_at, "delivered_first", count)
    if was_first:
        tally.add(destination, created_at, "delivered_first", -count)


def _is_timed(outcome: Outcome) -> bool:
    return bool(outcome.tries) and (outcome.status is not None or outcome.error_kind == "timeout")


def _answer(status: int | None) -> str:
    """The column of an answer; what is no proper status counts as a fault of the receiver."""
    if status is None:
        return "answers_none"
    if status == 429:
        return "answers_429"
    return f"answers_{status // 100}xx" if 200 <= status < 500 else "answers_5xx"
