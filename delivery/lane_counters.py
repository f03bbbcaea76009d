"""What the road adds to a destination's counters: deliveries made, what became of them, how attempts were answered."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from delivery.answer_times import column
from delivery.models import LaneCount, State
from delivery.transports.seam import Outcome
from events.counters import Tally


class Move(NamedTuple):
    """A delivery's change from one state to another."""

    destination: int
    created_at: datetime
    before: State
    after: State


def count_created(lanes: Iterable[int], moment: datetime) -> None:
    """One delivery created at `moment` for each mention of a destination's id. Call it last in the transaction."""
    tally = Tally(LaneCount, "destination_id")
    for destination in lanes:
        tally.add(destination, moment, "created")
    tally.write(moment)


def count_changes(moves: Iterable[Move], attempts: Iterable[tuple[int, Outcome]], moment: datetime) -> None:
    """`attempts`: (destination id, what came of it), ended at `moment`. Call it last in the transaction."""
    tally = Tally(LaneCount, "destination_id")
    for move in moves:
        _count_move(tally, move)
    for destination, outcome in attempts:
        tally.add(destination, moment, _answer(outcome.status))
        if outcome.tries and (outcome.status is not None or outcome.error_kind == "timeout"):
            tally.add(destination, moment, column(round(outcome.tries[-1].duration * 1000)))
    tally.write(moment)


def _count_move(tally: Tally, move: Move) -> None:
    destination, created_at, before, after = move
    if before == after:
        return
    if before != State.QUEUED:
        tally.add(destination, created_at, before.value, -1)
    if after != State.QUEUED:
        tally.add(destination, created_at, after.value)
    if before == State.QUEUED and after == State.DELIVERED:
        tally.add(destination, created_at, "delivered_first")


def _answer(status: int | None) -> str:
    """The column of an answer; what is no proper status counts as a fault of the receiver."""
    if status is None:
        return "answers_none"
    if status == 429:
        return "answers_429"
    return f"answers_{status // 100}xx" if 200 <= status < 500 else "answers_5xx"
