"""Calling deliveries off: they end as cancelled, and can be sent again later."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from delivery.lane_counters import Move, count_changes
from delivery.models import OPEN_STATES, Delivery, State
from delivery.ordering import let_next_go
from events import audit
from events.models import Project


class CannotCancel(ValueError):
    """Why a delivery is not called off; the message says it."""


@transaction.atomic
def cancel(delivery: Delivery) -> None:
    """Raises CannotCancel where it has ended, or a worker has it in hand. Afterwards `delivery` is as stored."""
    changed = _cancel([delivery.pk])
    delivery.refresh_from_db()
    if changed:
        audit.record("cancelled", delivery)
    elif delivery.state in OPEN_STATES:
        raise CannotCancel("It is being sent this moment, so it can’t be cancelled any more. The answer appears here.")
    else:
        raise CannotCancel(f"It has ended already: {State(delivery.state).label.lower()}. Nothing was changed.")


@transaction.atomic
def cancel_many(project: Project, ids: Sequence[int]) -> int:
    """Calls off those of the project's deliveries that are open and in nobody's hands. Returns how many."""
    own = list(Delivery.objects.filter(project=project, pk__in=ids).values_list("pk", flat=True))
    cancelled = _cancel(own)
    if cancelled:
        audit.record("cancelled", project, name=f"{cancelled:,} {'delivery' if cancelled == 1 else 'deliveries'}")
    return cancelled


def _cancel(ids: Sequence[int]) -> int:
    moment = now()
    free = Delivery.objects.filter(Q(lease_until=None) | Q(lease_until__lte=moment), pk__in=ids, state__in=OPEN_STATES)
    locked = free.select_for_update(skip_locked=True).order_by("pk")
    rows = list(locked.values_list("pk", "destination_id", "created_at", "state", "order_key"))
    Delivery.objects.filter(pk__in=[pk for pk, *_ in rows]).update(
        state=State.CANCELLED, next_attempt_at=None, lease_until=None, finished_at=moment
    )
    let_next_go(((lane, key) for _, lane, _, _, key in rows if key is not None), moment)
    count_changes([Move(lane, at, State(s), State.CANCELLED) for _, lane, at, s, _ in rows], [], moment)
    return len(rows)
