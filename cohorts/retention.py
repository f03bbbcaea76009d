"""What cohorts and syncs have kept long enough goes, by the days that a project keeps its deliveries.

What somebody still needs stays however old it is: changes that a sync has not told, or that no profile shows yet, and
the newest run of each sync. Whom that one did not reach is noted before its events go, so that the next run tells.
"""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Max, Min
from django.utils.timezone import now

from cohorts.models import Change, Cohort, Computation, Download, Pending, Run, Sync, identity_of_user
from cohorts.removal import delete_rows, remove_all, remove_run
from delivery.models import State
from events.models import Event, Project
from events.small_steps import SmallSteps

DOWNLOADS = timedelta(days=32)  # beyond the month that they are counted in
AHEAD = timedelta(days=1)  # before deliveries go


def remove_old(steps: SmallSteps, at: datetime | None = None) -> bool:
    """Removes what is older than its project wants. False where the time was up before all was gone."""
    moment = at or now()
    done = [_remove_old_of(project, steps, moment) for project in Project.objects.order_by("pk")]
    return all([*done, remove_all(Download.objects.filter(created_at__lt=moment - DOWNLOADS), steps)])


def _remove_old_of(project: Project, steps: SmallSteps, moment: datetime) -> bool:
    before = moment - timedelta(days=project.keep_deliveries)
    for cohort in Cohort.objects.filter(project=project).order_by("pk"):
        if steps.is_over:
            return False
        for sync in Sync.objects.filter(cohort=cohort):
            _remove_runs(sync, steps, before)
        _remove_changes(cohort, steps, before)
    return not steps.is_over


def _remove_runs(sync: Sync, steps: SmallSteps, before: datetime) -> None:
    ended = Run.objects.filter(sync=sync).exclude(state__in=Run.OPEN)
    newest = ended.filter(prepared_at__isnull=False).aggregate(newest=Max("number"))["newest"]
    for run in ended.filter(number=newest, finished_at__lt=before + AHEAD).exclude(state=Run.State.DELIVERED):
        _note_untold(run, steps)
    for pk in ended.filter(number__lt=newest or 0, finished_at__lt=before).values_list("pk", flat=True):
        if steps.is_over or not remove_run(pk, steps):
            return


def _note_untold(run: Run, steps: SmallSteps) -> None:
    """Users of batches that were not delivered become users that were in no batch."""

    def note(batch: int, event: int, leaving: bool) -> int:
        data = Event.objects.filter(pk=event).values_list("data", flat=True).first() or {}
        users = [identity_of_user(user["user_id"]) for user in data.get("users", ())]
        rows = [Pending(run=run, leaving=leaving, identity=identity) for identity in users]
        Pending.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        return run.batch_rows.filter(pk=batch).delete()[0]

    undelivered = run.batch_rows.exclude(delivery__state=State.DELIVERED)
    for batch, event, entering in list(undelivered.values_list("pk", "event_id", "entering")):
        if steps.is_over:
            return
        steps.take(partial(note, batch, event, not entering))


def _remove_changes(cohort: Cohort, steps: SmallSteps, before: datetime) -> None:
    """And the computations that have none left, but for the newest."""
    old = Computation.objects.filter(cohort=cohort, started_at__lt=before)
    last = old.aggregate(last=Max("pk"))["last"]
    if last is None:
        return
    told = Sync.objects.filter(cohort=cohort, told_until__isnull=False).aggregate(least=Min("told_until"))["least"]
    until = cohort.marked_until if told is None else min(told, cohort.marked_until)
    changes = Change.objects.filter(cohort=cohort).order_by("pk")
    while not steps.is_over:
        part = changes.filter(pk__lte=until).values_list("pk", "computation_id")[: steps.size]
        ids = [pk for pk, computation in part if computation <= last]
        if not ids:
            break
        steps.take(partial(delete_rows, Change.objects.filter(pk__in=ids)))
    newest = Computation.objects.filter(cohort=cohort).aggregate(newest=Max("pk"))["newest"]
    first = changes.values_list("computation_id", flat=True).first() or newest
    remove_all(old.filter(pk__lt=min(first, newest)), steps)
