"""Calling runs off, taking syncs away, deleting cohorts: at once, or once receivers know that everybody leaves."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils.timezone import now

from cohorts.models import Batch, Cadence, Cohort, Run, Sync
from cohorts.removal import hide
from cohorts.runs import start
from cohorts.specification import users_of
from delivery.cancelling import cancel_many
from delivery.models import OPEN_STATES
from events import audit
from events.models import Project
from events.wake import COHORTS, wake

AT_ONCE = 500  # deliveries that one transaction calls off


class InUse(ValueError):
    """A cohort that others are built on; the message names them."""


def cancel_run(run: Run) -> int:
    """Ends an open run; its deliveries that no worker has in hand are called off. How many of these; none where the run
    has ended. Whom it did not tell of, the next run does."""
    opened = Run.objects.filter(pk=run.pk, state__in=Run.OPEN)
    if not opened.update(state=Run.State.CANCELLED, finished_at=now(), error="It was cancelled."):
        return 0
    audit.record("cancelled", run.sync.destination, name=f"Run {run.number} of {run.sync}")
    return _call_off(run.sync.cohort.project, [run.pk])


def _call_off(project: Project, runs: Iterable[int]) -> int:
    open_ones = Batch.objects.filter(run__in=list(runs), delivery__state__in=OPEN_STATES)
    ids = open_ones.values_list("delivery_id", flat=True)
    return sum(cancel_many(project, part) for part in _parts(list(ids)))


def _parts(ids: list[int]) -> Iterable[list[int]]:
    return [ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE)]


def remove_sync(sync: Sync) -> None:
    """Takes a sync away at once; its history goes in small steps. What waits to be sent is called off; receivers keep
    what they were told."""
    project = sync.cohort.project
    runs = _stop([sync.pk])
    with transaction.atomic():
        _call_off(project, runs)
        audit.record("deleted", sync.destination, name=f"Sync {sync}")
        Sync.objects.filter(pk=sync.pk).update(next_at=None, removed_at=now())
        transaction.on_commit(partial(wake, COHORTS))


def begin_farewell(sync: Sync) -> Run:
    """The sync's last run, which tells that everybody leaves; `after_farewell` takes it away once all of it arrived."""
    Sync.objects.filter(pk=sync.pk).update(cadence=Cadence.ONCE, next_at=None)
    run = start(sync, "the sync is being removed", Run.Content.FAREWELL)
    audit.record("removing", sync.destination, name=f"Sync {sync}")
    wake(COHORTS)
    return run


def after_farewell(run: Run) -> None:
    """A farewell that was not delivered whole leaves the sync as it is, so that its batches can be sent again."""
    if run.content != Run.Content.FAREWELL or run.state != Run.State.DELIVERED:
        return
    cohort = run.sync.cohort
    remove_sync(run.sync)
    if cohort.is_leaving and not cohort.syncs.exists():
        delete_cohort(cohort)


def delete_cohort(cohort: Cohort) -> None:
    """With its members, history and syncs. Raises InUse."""
    if others := users_of(cohort):
        names = ", ".join(f"“{other.name}”" for other in others)
        raise InUse(f"{names} {'is' if len(others) == 1 else 'are'} built on it. Change or delete that first.")
    runs = _stop(list(cohort.syncs.values_list("pk", flat=True)))
    with transaction.atomic():
        _call_off(cohort.project, runs)
        audit.record("deleted", cohort)
        hide(cohort)


def leave_and_delete(cohort: Cohort) -> int:
    """Every sync first tells that everybody leaves; the cohort goes with the last of them. How many. Raises InUse."""
    syncs = list(cohort.syncs.select_related("cohort__project", "destination"))
    if not syncs or users_of(cohort):
        delete_cohort(cohort)
        return 0
    Cohort.objects.filter(pk=cohort.pk).update(is_leaving=True, cadence=Cadence.ONCE, next_at=None)
    for sync in syncs:
        begin_farewell(sync)
    return len(syncs)


def _stop(syncs: list[int]) -> list[int]:
    """No further batch of these is made; the runs that were open."""
    opened = list(Run.objects.filter(sync__in=syncs, state__in=Run.OPEN).values_list("pk", flat=True))
    Run.objects.filter(pk__in=opened).update(state=Run.State.CANCELLED, finished_at=now())
    return list(Run.objects.filter(sync__in=syncs).values_list("pk", flat=True)) if opened else []
