"""Pausing: deliveries are made and held, and nothing is sent. Switched off, a destination gets no new deliveries."""

from django.db import transaction
from django.utils.timezone import now

from destinations.models import Destination
from events import audit


def pause(destination: Destination) -> None:
    """From now on; one that is paused stays paused since when it was."""
    if destination.paused_at is None:
        _set(destination, paused=True)


def resume(destination: Destination) -> None:
    """What was held is due at once; whoever calls this wakes the workers."""
    if destination.paused_at is not None:
        _set(destination, paused=False)


@transaction.atomic
def _set(destination: Destination, *, paused: bool) -> None:
    destination.paused_at = now() if paused else None
    destination.save(update_fields=["paused_at", "updated_at"])
    audit.record("paused" if paused else "resumed", destination)
