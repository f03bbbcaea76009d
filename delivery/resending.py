"""Ended deliveries, and those that wait for a retry, get a new round of the whole schedule: the one way to do it.

It is the same delivery, with the same id for the receiver; its earlier attempts stay.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from delivery.lane_counters import Move, count_changes
from delivery.models import REPEATABLE_STATES, Attempt, Delivery, Replay, State
from destinations.models import Destination

Row = tuple[int, int, datetime, str]  # id, destination, created at, state


@transaction.atomic
def begin_round(
    ids: Sequence[int],
    moment: datetime,
    *,
    states: Collection[str] = REPEATABLE_STATES,
    ended_by: datetime | None = None,
    replay: Replay | None = None,
    as_it_was: bool = False,
) -> int:
    """Makes those due at once that are in one of `states`, and returns how many.

    Left alone: what a worker has in hand, what goes to a destination that is switched off, and what has ended after
    `ended_by` - somebody else has sent it meanwhile. The rows are locked while they are looked at, so that neither two
    callers nor a caller and a worker have one of them at the same time. With `as_it_was` the round is made with the
    template version of the delivery's last attempt.
    """
    free = Delivery.objects.filter(pk__in=ids, state__in=states, destination__in=_switched_on())
    free = free.filter(Q(lease_until=None) | Q(lease_until__lte=moment))
    if ended_by:
        free = free.filter(Q(state=State.RETRYING) | Q(finished_at=None) | Q(finished_at__lte=ended_by))
    found = free.select_for_update(skip_locked=True).order_by("pk")
    rows = list(found.values_list("pk", "destination_id", "created_at", "state"))
    if not rows:
        return 0
    _put_in_motion(rows, moment, replay=replay, as_it_was=as_it_was)
    return len(rows)


def _put_in_motion(rows: list[Row], moment: datetime, *, replay: Replay | None, as_it_was: bool) -> None:
    ids = [pk for pk, *_ in rows]
    made = dict(Attempt.objects.filter(delivery__in=ids).values_list("delivery_id").annotate(Count("pk")).order_by())
    columns = {
        "attempts_made": 0,
        "next_attempt_at": moment,
        "finished_at": None,
        "lease_until": None,
        "replay": replay,
        "pinned_version": _last_version() if as_it_was else None,
    }
    # What was called off before its first attempt is as new.
    after = {
        pk: State.QUEUED if state == State.CANCELLED and not made.get(pk) else State.RETRYING
        for pk, _, _, state in rows
    }
    for state in set(after.values()):
        chosen = [pk for pk in ids if after[pk] == state]
        Delivery.objects.filter(pk__in=chosen).update(state=state, **columns)
    moves = [
        Move(lane, at, State(state), after[pk], was_first=state == State.DELIVERED and made.get(pk) == 1)
        for pk, lane, at, state in rows
    ]
    count_changes(moves, [], moment)


def _switched_on() -> "QuerySet[Destination, int]":
    return Destination.objects.filter(enabled=True).values_list("pk", flat=True)


def _last_version() -> Subquery:
    made = Attempt.objects.filter(delivery=OuterRef("pk")).exclude(template_version=None)
    return Subquery(made.order_by("-pk").values("template_version")[:1])
