"""Deleting a cohort, however large: hidden at once, its rows go in small steps, and with them its mark in profiles.

So do the cohorts of a project and the syncs to a destination that are being deleted, and syncs that were removed. Being
marked is a fact in the database: what was interrupted goes on with the next job.
"""

from collections.abc import Iterable
from functools import partial

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.timezone import now

from cohorts import marks
from cohorts.models import Batch, Change, Cohort, Computation, Download, Member, Pending, Run, Skipped, Sync
from events.small_steps import SmallSteps

MEMBER, PENDING = Member._meta.db_table, Pending._meta.db_table


def hide(cohort: Cohort) -> None:
    """It is gone for everybody, and its name is free. Call it in the transaction that says so."""
    freed = f"{cohort.name[:160]} (deleted, {cohort.pk})"
    Cohort.objects.filter(pk=cohort.pk).update(name=freed, next_at=None, removed_at=now(), updated_at=now())


def remove_marked(steps: SmallSteps) -> bool:
    """Goes on with all that is being deleted. False where something is left."""
    free = Q(busy_until=None) | Q(busy_until__lte=now())
    gone = Cohort.everything.filter(Q(removed_at__isnull=False) | Q(project__removed_at__isnull=False))
    ending = Q(removed_at__isnull=False) | Q(destination__removed_at__isnull=False)
    syncs = Sync.everything.filter(ending).exclude(runs__state__in=Run.OPEN)
    done = [_remove_syncs([sync.pk], steps) for sync in syncs]
    return all([*done, *(_remove_cohort(cohort, steps) for cohort in gone.filter(free).select_related("project"))])


def _remove_cohort(cohort: Cohort, steps: SmallSteps) -> bool:
    if not cohort.project.removed_at:
        while not steps.is_over and marks.follow(cohort.pk):
            pass
    done = _remove_members(cohort, steps) and _remove_syncs(_syncs_of(cohort), steps)
    rows = [model._base_manager.filter(cohort=cohort) for model in (Change, Computation, Download)]
    if not done or not all(remove_all(one, steps) for one in rows):
        return False
    steps.take(lambda: cohort.delete()[0])
    return True


def _syncs_of(cohort: Cohort) -> list[int]:
    return list(Sync.everything.filter(cohort=cohort).values_list("pk", flat=True))


def _remove_members(cohort: Cohort, steps: SmallSteps) -> bool:
    def remove() -> int:
        identities = take_identities(MEMBER, "cohort_id", cohort.pk, steps.size)
        if not cohort.project.removed_at:
            marks.unmark(cohort, identities)
        return len(identities)

    while not steps.is_over:
        if not steps.take(remove):
            return True
    return False


def _remove_syncs(syncs: Iterable[int], steps: SmallSteps) -> bool:
    for sync in syncs:
        runs = list(Run.objects.filter(sync=sync).values_list("pk", flat=True))
        if not all(remove_run(run, steps) for run in runs) or steps.is_over:
            return False
        steps.take(partial(delete_rows, Sync.everything.filter(pk=sync)))
    return True


def remove_run(run: int, steps: SmallSteps) -> bool:
    """A run with its users and batches; their deliveries stay in the log."""
    while not steps.is_over and steps.take(partial(_remove_pending, run, steps)):
        pass
    if not all(remove_all(model._base_manager.filter(run=run), steps) for model in (Skipped, Batch)):
        return False
    steps.take(lambda: Run.objects.filter(pk=run).delete()[0])
    return True


def _remove_pending(run: int, steps: SmallSteps) -> int:
    return len(take_identities(PENDING, "run_id", run, steps.size))


def take_identities(table: str, column: str, value: int, most: int) -> list[str]:
    """Deletes so many rows of a table of identities, and returns whose they were."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE {column} = %s AND identity IN "
            f"(SELECT identity FROM {table} WHERE {column} = %s ORDER BY identity LIMIT %s) RETURNING identity",
            [value, value, most],
        )
        return sorted(identity for (identity,) in cursor.fetchall())


def remove_all(rows: QuerySet, steps: SmallSteps) -> bool:
    """True once there are none."""
    while not steps.is_over:
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[: steps.size])
        if not ids:
            return True
        steps.take(partial(delete_rows, rows.filter(pk__in=ids)))
    return False


def delete_rows(rows: QuerySet) -> int:
    """How many, with what hung on them."""
    return rows.delete()[0]
