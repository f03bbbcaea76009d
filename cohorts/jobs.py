"""RQ's entrance to cohorts: what is due is begun, what is open is moved on. Safe to run twice, and at any time."""

import logging
from datetime import datetime

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.timezone import now

from cohorts import runs
from cohorts.computation import Busy, compute, given_up
from cohorts.farewell import after_farewell
from cohorts.models import Cohort, Kind, Run, Scheduled, Sync
from cohorts.schedule import next_after, plan_of
from events.models import Project
from events.wake import COHORTS, taken

log = logging.getLogger(__name__)

ON_SCHEDULE = "on schedule"


def tend_cohorts() -> None:
    """Computes cohorts that are due, starts syncs that are due, and moves every open run on."""
    taken(COHORTS)
    moment = now()
    given_up(moment)
    _compute_due(moment)
    _start_due(moment)
    for run in (
        Run.objects.filter(state__in=Run.OPEN).select_related("sync__cohort", "sync__destination").order_by("pk")
    ):
        try:
            after_farewell(runs.move_on(run))
        except DatabaseError:
            log.exception("Run %s of %s will be tried again", run.number, run.sync)


def _compute_due(moment: datetime) -> None:
    for cohort in _due(Cohort.objects.filter(kind=Kind.DEFINED), moment):
        if not _plan_next(cohort, cohort.project, moment):
            continue
        try:
            compute(cohort, ON_SCHEDULE)
        except Busy:
            log.info("Cohort %s is being computed already", cohort.public_id)


def _start_due(moment: datetime) -> None:
    for sync in _due(Sync.objects.select_related("cohort__project"), moment):
        if _plan_next(sync, sync.cohort.project, moment):
            runs.start(sync, ON_SCHEDULE)


def _due(scheduled: QuerySet, moment: datetime) -> QuerySet:  # type: ignore[type-arg]
    return scheduled.filter(next_at__lte=moment).order_by("next_at")


def _plan_next(scheduled: Scheduled, project: Project, moment: datetime) -> bool:
    """Whether it is ours to do: of two workers one moves the time on. What was missed while the hub was off is done
    once, not as often as it was missed."""
    following = next_after(plan_of(scheduled), moment, project.time_zone)
    mine = type(scheduled).objects.filter(pk=scheduled.pk, next_at=scheduled.next_at)  # type: ignore[attr-defined]
    return bool(mine.update(next_at=following))
