"""Runs the road in the test's own process, with a clock that can be moved forward."""

from datetime import timedelta

from delivery.lanes import Lanes
from delivery.models import Delivery, State
from delivery.routing import Router
from delivery.transports import Transport

LINGER = 0.05  # seconds; tests take this way hundreds of times


def run_fresh(transport: Transport) -> None:
    """Routes and makes first attempts until nothing is left."""
    Lanes(State.QUEUED, transport, Router(), LINGER).run()


def run_retries(transport: Transport) -> None:
    """Makes the further attempts that are due."""
    Lanes(State.RETRYING, transport, linger=LINGER).run()


def pass_time(**duration: float) -> None:
    """Moves everything that is planned nearer by `duration` (keywords of timedelta), which is what waiting would do."""
    back = timedelta(**duration)
    for delivery in Delivery.objects.exclude(next_attempt_at=None):
        delivery.next_attempt_at -= back
        delivery.save(update_fields=["next_attempt_at"])
