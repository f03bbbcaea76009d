"""RQ's entrances to the road. Each is safe to run twice, and at any time."""

from datetime import timedelta
from functools import cache

from django.utils.timezone import now

from delivery.hub_transport import hub_transport
from delivery.lanes import MOST_UNDER_WAY, Lanes
from delivery.models import LaneCount, State
from delivery.monitors.retention import forget_old_alerts
from delivery.recorder import thread_of_process
from delivery.removal import remove_marked, soon
from delivery.replanning import plan_anew
from delivery.retention import remove_old as remove_old_rows
from delivery.routing import Router
from delivery.transports.seam import Transport
from delivery.worker import LongLivedWorker, alive, stopping
from events.counters import remove_old
from events.retention import forget_old_counts, forget_old_insert_ids
from events.small_steps import SmallSteps
from events.wake import FRESH, RETRY, taken, wake

REMOVING_SECONDS = 20


def deliver_fresh() -> None:
    """Routes what was stored and makes first attempts, until there is nothing left."""
    taken(FRESH)
    _loop(State.QUEUED, Router())


def deliver_retries() -> None:
    """Makes the further attempts that are due."""
    taken(RETRY)
    _loop(State.RETRYING)


def _loop(state: State, router: Router | None = None) -> None:
    recording = thread_of_process() if LongLivedWorker.current else None
    Lanes(state, transport(), router, recording=recording).run(stopping, alive)


def plan_again(set_back: float) -> None:
    """After the machine's clock was set back by so many seconds."""
    plan_anew(timedelta(seconds=set_back))
    wake(FRESH)
    wake(RETRY)


def forget_insert_ids() -> None:
    forget_old_insert_ids()


def forget_counts() -> None:
    forget_old_counts()
    remove_old(LaneCount, now())
    forget_old_alerts(now())


def remove_rows() -> None:
    """Removes what was deleted or was kept long enough, for a while; the rest goes behind the queue's other jobs."""
    steps = SmallSteps(REMOVING_SECONDS, stopping)
    remove_marked(steps)
    remove_old_rows(steps)
    if steps.is_over:
        soon()


@cache
def transport() -> Transport:
    """This process's transport: it keeps its connections and access tokens from job to job."""
    return hub_transport(MOST_UNDER_WAY)
