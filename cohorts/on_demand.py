"""Things done when somebody asks, not when they are due: in a worker, because they may take minutes."""

import logging

import django_rq
from django.utils.timezone import now
from redis.exceptions import RedisError

from cohorts.computation import Busy, compute
from cohorts.models import Cohort, Kind, Run, Sync
from cohorts.runs import start
from events.hub_redis import hub_redis
from events.wake import COHORTS, wake

log = logging.getLogger(__name__)

BY_HAND = "by hand"


class CannotAsk(ValueError):
    """Why nothing is begun; the message says it."""


def compute_by_hand(cohort: Cohort) -> None:
    """Raises CannotAsk."""
    if cohort.kind == Kind.LISTED:
        raise CannotAsk("A listed cohort is not computed. Upload another list.")
    if cohort.busy_until and cohort.busy_until > now():
        raise CannotAsk("It is being computed already. This page shows when that ends.")
    compute_soon(cohort, BY_HAND)


def sync_by_hand(sync: Sync, content: Run.Content = Run.Content.CHANGES) -> Run:
    """The run that begins, or goes next. Raises CannotAsk."""
    refuse_leaving(sync)
    return sync_soon(sync, BY_HAND, content)


def refuse_leaving(sync: Sync) -> None:
    """Raises CannotAsk for a sync whose last run is under way."""
    newest = sync.runs.first()
    if newest and newest.is_open and newest.content == Run.Content.FAREWELL:
        raise CannotAsk("The sync is being removed; its last run is on its way.")


def compute_soon(cohort: Cohort, cause: str) -> None:
    """Never raises: without Redis the cohort is due, and the next sweep finds it."""
    try:
        queue = django_rq.get_queue(COHORTS, connection=hub_redis())
        queue.enqueue("cohorts.on_demand.compute_one", cohort.pk, cause, job_timeout=-1, result_ttl=0, failure_ttl=3600)
    except RedisError as error:
        log.warning("Redis did not take the computation (%s); the sweep will find it", error)
        Cohort.objects.filter(pk=cohort.pk).update(next_at=now())


def compute_one(cohort: int, cause: str) -> None:
    """RQ's entrance. Whoever is at it already brings it up to date."""
    found = Cohort.objects.filter(pk=cohort, kind=Kind.DEFINED).first()
    if found is None:
        return
    try:
        compute(found, cause)
    except Busy:
        log.info("Cohort %s is being computed already", found.public_id)


def sync_soon(sync: Sync, cause: str, content: Run.Content = Run.Content.CHANGES) -> Run:
    """A run that a worker takes up at once."""
    run = start(sync, cause, content)
    wake(COHORTS)
    return run
