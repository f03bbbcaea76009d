"""Mending by hand what the retry schedule has not mended yet."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from delivery.lane_counters import Move, count_changes
from delivery.models import LOST_STATES, OPEN_STATES, Delivery, State
from events import audit
from events.wake import FRESH, RETRY, wake


class CannotRetry(ValueError):
    """Why a delivery is not tried again; the message says it and what to do."""


def retry_now(delivery: Delivery) -> None:
    """Makes the next attempt due at once, and wakes the queue that makes it. Raises CannotRetry.

    A delivery that has ended without arriving gets a new round of the whole schedule. One that a worker has in hand
    is left to it: the row is changed only where no lease holds it, in the same statement that looks.
    """
    if delivery.state == State.DELIVERED:
        raise CannotRetry("It has arrived already. Nothing was sent.")
    if not delivery.destination.enabled:
        raise CannotRetry(f"{delivery.destination} is switched off. Switch it on, then retry.")
    if delivery.destination.paused_at:
        raise CannotRetry(f"{delivery.destination} is paused. Resume sending, then retry.")
    queue = FRESH if delivery.state == State.QUEUED else RETRY
    if not _make_due(delivery):
        raise CannotRetry("It is being sent this moment. The answer appears here.")
    transaction.on_commit(partial(wake, queue))


@transaction.atomic
def _make_due(delivery: Delivery) -> bool:
    """Whether the row could be changed. Raises nothing; afterwards `delivery` is as the database has it."""
    moment, before = now(), State(delivery.state)
    free = Delivery.objects.filter(pk=delivery.pk, state=before)
    if delivery.state in OPEN_STATES:
        changed = free.filter(Q(lease_until=None) | Q(lease_until__lte=moment)).update(
            next_attempt_at=moment, lease_until=None
        )
    else:
        changed = free.filter(state__in=LOST_STATES).update(
            state=State.RETRYING, attempts_made=0, next_attempt_at=moment, finished_at=None, lease_until=None
        )
    delivery.refresh_from_db()
    if changed:
        move = Move(delivery.destination_id, delivery.created_at, before, State(delivery.state))
        count_changes([move], [], moment)
        audit.record("retried", delivery)
    return bool(changed)
