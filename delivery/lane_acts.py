"""Switching a destination, pausing it and letting it go, with the workers told of what is due then."""

from django.db import transaction
from django.utils.timezone import now

from delivery import breaker
from destinations import pausing
from destinations.models import Destination
from destinations.specification import set_enabled
from events import audit
from events.wake import RETRY, wake, wake_router


def switch(destination: Destination, enabled: bool) -> None:
    """On or off. Raises InvalidDestination, naming what is missing, where it is not ready."""
    set_enabled(destination, enabled)
    if enabled:
        tell_workers()


def go_on(destination: Destination) -> None:
    """Ends a pause: what was held is due at once."""
    pausing.resume(destination)
    tell_workers()


@transaction.atomic
def let_go(destination: Destination) -> bool:
    """Sends again although it failed. False where it was not held (any more)."""
    if not breaker.resume(destination.pk, now()):
        return False
    audit.record("resumed", destination)
    return True


def tell_workers() -> None:
    wake_router()
    wake(RETRY)
