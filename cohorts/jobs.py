"""RQ's entrance to cohorts: what is due is begun, what is open is moved on. Safe to run twice, and at any time."""

import logging
from datetime import datetime
from time import monotonic

from django.db import DatabaseError
from django.db.models import QuerySet
from django.utils.timezone import now

from cohorts import marks, runs
from cohorts.computation import Busy, compute, given_up
from cohorts.farewell import after_farewell
from cohorts.models import Cohort, Kind, Run, Scheduled, Sync
from cohorts.removal import remove_marked
from cohorts.retention import remove_old
from cohorts.schedule import next_after, plan_of
from delivery.worker import stopping
from events.models import Project
from events.small_steps import SmallSteps
from events.wake import COHORTS, taken, wake

log = logging.getLogger(__name__)

ON_SCHEDULE = "on schedule"
MARKING_SECONDS = 2.0
REMOVING_SECONDS = 20


def tend_cohorts() -> None:
    """Computes cohorts that are due, starts syncs that are due, and moves every open run on."""
    taken(COHORTS)
    moment = now()
    given_up(moment)
    _compute_due(moment)
    _start_due(moment)
    for run in (
        Run.objects.filter(state__in=Run.OPEN)
        .select_related("sync__cohort__project", "sync__destination")
        .order_by("pk")
    ):
        try:
            after_farewell(runs.move_on(run))
        except Run.DoesNotExist:
            log.info("A run was removed while it was at work")
        except DatabaseError:
            log.exception("Run %s of %s will be tried again", run.number, run.sync)
    _mark_profiles()


def _mark_profiles() -> None:
    """What profiles still have to be told of large changes, and new ones of lists, for a while; the rest with the next
    job."""
    end = monotonic() + MARKING_SECONDS
    lists = Cohort.objects.filter(kind=Kind.LISTED, project__removed_at=None).values_list("pk", flat=True)
    for step, cohorts in ((marks.follow, marks.behind()), (marks.greet, list(lists))):
        for cohort in cohorts:
            while step(cohort):
                if monotonic() > end:
                    return wake(COHORTS)
    return None


def _compute_due(moment: datetime) -> None:
    for cohort in _due(Cohort.objects.filter(kind=Kind.DEFINED, project__removed_at=None), moment):
        if not _plan_next(cohort, cohort.project, moment):
            continue
        try:
            compute(cohort, ON_SCHEDULE)
        except Busy:
            log.info("Cohort %s is being computed already", cohort.public_id)


def _start_due(moment: datetime) -> None:
    present = Sync.objects.filter(
        cohort__removed_at=None, cohort__project__removed_at=None, destination__removed_at=None
    )
    for sync in _due(present.select_related("cohort__project"), moment):
        if _plan_next(sync, sync.cohort.project, moment):
            runs.start(sync, ON_SCHEDULE)


def _due(scheduled: QuerySet, moment: datetime) -> QuerySet:
    return scheduled.filter(next_at__lte=moment).order_by("next_at")


def _plan_next(scheduled: Scheduled, project: Project, moment: datetime) -> bool:
    """Whether it is ours to do: of two workers one moves the time on. What was missed while the hub was off is done
    once, not as often as it was missed."""
    following = next_after(plan_of(scheduled), moment, project.time_zone)
    mine = type(scheduled).objects.filter(pk=scheduled.pk, next_at=scheduled.next_at)  # type: ignore[attr-defined]
    return bool(mine.update(next_at=following))


def remove_rows() -> None:
    """Removes what was deleted or was kept long enough, for a while; the rest with the next job."""
    steps = SmallSteps(REMOVING_SECONDS, stopping)
    remove_marked(steps)
    remove_old(steps)
