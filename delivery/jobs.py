"""RQ's entrances to the road. Each is safe to run twice, and at any time."""

from functools import cache

from django.conf import settings
from django.utils.timezone import now

from delivery.lanes import MOST_UNDER_WAY, Lanes
from delivery.models import LaneCount, State
from delivery.routing import Router
from delivery.transports import Transport, make_transport
from delivery.worker import alive, stopping
from destinations.inbox_address import inbox_endpoint
from events.counters import remove_old
from events.retention import forget_old_counts, forget_old_insert_ids
from events.wake import FRESH, RETRY, taken


def deliver_fresh() -> None:
    """Routes what was stored and makes first attempts, until there is nothing left."""
    taken(FRESH)
    Lanes(State.QUEUED, transport(), Router()).run(stopping, alive)


def deliver_retries() -> None:
    """Makes the further attempts that are due."""
    taken(RETRY)
    Lanes(State.RETRYING, transport()).run(stopping, alive)


def forget_insert_ids() -> None:
    forget_old_insert_ids()


def forget_counts() -> None:
    forget_old_counts()
    remove_old(LaneCount, now())


@cache
def transport() -> Transport:
    """This process's transport: it keeps its connections from job to job."""
    inbox = inbox_endpoint()
    return make_transport(
        settings.TRANSPORT,
        allowed_networks=settings.ALLOWED_NETWORKS,
        allowed_endpoints=[inbox] if inbox else [],
        ca_bundle=settings.CA_BUNDLE,
        max_connections=MOST_UNDER_WAY,
    )
