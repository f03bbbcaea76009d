"""Mending by hand what the retry schedule has not mended yet."""

from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from delivery.models import OPEN_STATES, Delivery
from delivery.resending import begin_round
from events import audit
from events.wake import FRESH, RETRY, wake


class CannotRetry(ValueError):
    """Why a delivery is not sent; the message says it and what to do."""


def retry_now(delivery: Delivery) -> None:
    """Makes the next attempt due at once, and wakes the queues that make it. Raises CannotRetry.

    A delivery that has ended, one that arrived included, gets a new round of the whole schedule. One that a worker has
    in hand is left to it: the row is changed only where no lease holds it, in the same statement that looks.
    """
    if not delivery.destination.enabled:
        raise CannotRetry(f"{delivery.destination} is switched off. Switch it on, then retry.")
    if delivery.destination.paused_at:
        raise CannotRetry(f"{delivery.destination} is paused. Resume sending, then retry.")
    if not _make_due(delivery):
        raise CannotRetry("It is being sent this moment. The answer appears here.")
    for queue in (FRESH, RETRY):
        transaction.on_commit(partial(wake, queue))


def what_follows(delivery: Delivery, *, had_ended: bool) -> str:
    """After retry_now, in words. A destination that is held takes it only once a probe arrives."""
    if delivery.is_held:
        lane = delivery.destination
        return f"{lane} is held: this waits until a probe arrives. To send it at once, resume {lane}."
    return "Sending it again." if had_ended else "Retrying now."


@transaction.atomic
def _make_due(delivery: Delivery) -> bool:
    """Whether the row could be changed. Raises nothing; afterwards `delivery` is as the database has it."""
    moment, before = now(), delivery.state
    if before in OPEN_STATES:
        free = Delivery.objects.filter(pk=delivery.pk, state=before)
        free = free.filter(Q(lease_until=None) | Q(lease_until__lte=moment))
        changed = free.update(next_attempt_at=moment, lease_until=None)
    else:
        changed = begin_round([delivery.pk], moment, states=[before])
    delivery.refresh_from_db()
    if changed:
        audit.record("retried" if before in OPEN_STATES else "sent again", delivery)
    return bool(changed)
