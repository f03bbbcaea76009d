"""Who is in a cohort now, who entered, who left: one statement each, whatever the cohort's size.

The members as they should be are put into a temporary table first, outside of any transaction: on SQLite that takes
no write lock, on PostgreSQL it holds nothing up. The difference is then found and written in one short transaction.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Max, Q
from django.utils.timezone import now

from cohorts import marks
from cohorts.announcement import announce
from cohorts.conditions_sql import Sql
from cohorts.members_sql import members
from cohorts.models import Change, Cohort, Computation, Kind, Member
from delivery.monitors.gauges import note
from delivery.monitors.metrics import Metric
from delivery.monitors.sources import Subject
from events.wake import COHORTS, wake

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=10)  # a computation that takes longer is given up
SAMPLE = 10
ROWS = 2_000
PATIENCE = 10  # seconds that a preview may take
STEPS = 100_000  # of SQLite's machine between two looks at the clock
TABLE = "cohort_members_now"
CHANGE, MEMBER = Change._meta.db_table, Member._meta.db_table


class Busy(Exception):
    """Somebody else is at this cohort's members; try again later."""


def compute(cohort: Cohort, cause: str, *, quiet: bool = False) -> Computation:
    """Works out a defined cohort. Raises Busy; what else goes wrong is on the computation, in words. `quiet`: it is
    announced only if somebody entered or left."""
    assert cohort.kind == Kind.DEFINED
    return change(cohort, cause, lambda: members(cohort.project_id, cohort.definition), quiet=quiet)


def change(cohort: Cohort, cause: str, wanted: Callable[[], Sql], *, quiet: bool = False) -> Computation:
    """Makes the members those that `wanted()`, a SELECT of identities, yields. Raises Busy."""
    with held(cohort):
        computation = Computation.objects.create(cohort=cohort, cause=cause)
        try:
            with _temporary(wanted()):
                _apply(cohort, computation, quiet=quiet)
        except DatabaseError as error:
            log.warning("Cohort %s could not be computed: %s", cohort.public_id, error)
            _fail(computation, _words(error))
        except Exception as error:
            _fail(computation, f"{type(error).__name__}: {error}")
            raise
    return computation


def preview(project_id: int, definition: dict[str, object]) -> tuple[int, list[str]]:
    """How many users a definition means, and some of them. Raises DatabaseError after a few seconds."""
    statement = members(project_id, definition)
    with _patience(seconds=PATIENCE), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({statement.text}) AS found", statement.parameters)
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT identity FROM ({statement.text}) AS found LIMIT {SAMPLE}", statement.parameters)
        return count, [identity for (identity,) in cursor.fetchall()]


@contextmanager
def held(cohort: Cohort) -> Iterator[None]:
    """The cohort's members stay as they are for others meanwhile. Raises Busy. Ends by itself if we die."""
    moment = now()
    free = Cohort.objects.filter(pk=cohort.pk).filter(Q(busy_until=None) | Q(busy_until__lte=moment))
    until = moment + LONGEST
    if not free.update(busy_until=until):
        raise Busy
    try:
        yield
    finally:
        Cohort.objects.filter(pk=cohort.pk, busy_until=until).update(busy_until=None)


@contextmanager
def _temporary(wanted: Sql) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        try:
            with _patience(seconds=LONGEST.total_seconds()):
                cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} AS {wanted.text}", wanted.parameters)
            cursor.execute(f"CREATE INDEX {TABLE}_identity ON {TABLE} (identity)")
            if connection.vendor == "postgresql":
                cursor.execute(f"ANALYZE {TABLE}")
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """The database ends a statement that takes longer."""
    if connection.vendor == "sqlite":
        end = time.monotonic() + seconds
        connection.ensure_connection()
        connection.connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            yield
        finally:
            connection.connection.set_progress_handler(None, 0)
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [str(int(seconds * 1000))])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', '0', false)")


@transaction.atomic
def _apply(cohort: Cohort, computation: Computation, *, quiet: bool = False) -> None:
    since = last_change(cohort.pk)
    entered = _write_changes(
        computation,
        entered=True,
        identities=f"SELECT n.identity FROM {TABLE} AS n LEFT JOIN {MEMBER} AS m "
        "ON m.cohort_id = %s AND m.identity = n.identity WHERE m.identity IS NULL",
    )
    left = _write_changes(
        computation,
        entered=False,
        identities=f"SELECT m.identity FROM {MEMBER} AS m LEFT JOIN {TABLE} AS n ON n.identity = m.identity "
        "WHERE m.cohort_id = %s AND n.identity IS NULL",
    )
    _move_members(computation, since)
    _finish(computation, entered, left, quiet=quiet)


def last_change(cohort: int) -> int:
    """Its id; 0 where there is none."""
    return Change.objects.filter(cohort=cohort).aggregate(last=Max("id"))["last"] or 0


def _write_changes(computation: Computation, *, entered: bool, identities: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {CHANGE} (cohort_id, computation_id, identity, entered) "
            f"SELECT %s, %s, found.identity, %s FROM ({identities}) AS found",
            [computation.cohort_id, computation.pk, entered, computation.cohort_id],
        )
        return int(cursor.rowcount)


def _move_members(computation: Computation, since: int) -> None:
    """Brings the members in line with the computation's changes, those beyond the change `since`."""
    cohort = computation.cohort_id
    changes = f"SELECT identity FROM {CHANGE} WHERE cohort_id = %s AND id > %s AND entered = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {MEMBER} (cohort_id, identity) SELECT %s, identity FROM ({changes}) AS new",
            [cohort, cohort, since, True],
        )
        if Change.objects.filter(cohort=cohort, pk__gt=since, entered=False).exists():
            cursor.execute(
                f"DELETE FROM {MEMBER} WHERE cohort_id = %s AND identity IN ({changes})",
                [cohort, cohort, since, False],
            )


def _finish(computation: Computation, entered: int, left: int, *, quiet: bool = False) -> None:
    moment = now()
    Cohort.everything.filter(pk=computation.cohort_id).update(size=F("size") + entered - left, computed_at=moment)
    cohort = Cohort.everything.get(pk=computation.cohort_id)
    computation.state, computation.finished_at = Computation.State.DONE, moment
    computation.entered, computation.left, computation.size = entered, left, cohort.size
    computation.save()
    if marks.follow(cohort.pk):  # the rest of many, in a worker
        transaction.on_commit(partial(wake, COHORTS))
    note(Metric.COHORT, {Subject(cohort.project_id, cohort.public_id): cohort.size}, moment)
    if entered or left or not quiet:
        announce(computation, cohort)


def _fail(computation: Computation, words: str) -> None:
    computation.state, computation.error, computation.finished_at = Computation.State.FAILED, words, now()
    computation.save()


def _words(error: DatabaseError) -> str:
    text = str(error).strip()
    if "statement timeout" in text or text == "interrupted":
        return (
            f"It took longer than {LONGEST.total_seconds() / 60:.0f} minutes and was given up. Narrow the time window."
        )
    return f"The database refused it: {text.splitlines()[0] if text else type(error).__name__}"


def given_up(before: datetime) -> int:
    """Computations whose process died: what is still running after the longest time is not."""
    words = "It was interrupted. The next one starts afresh."
    dead = Computation.objects.filter(state=Computation.State.RUNNING, started_at__lt=before - LONGEST)
    return dead.update(state=Computation.State.FAILED, error=words, finished_at=now())


# -- lists ---------------------------------------------------------------------------------------------------------


def replace_members(cohort: Cohort, identities: Iterable[str], cause: str) -> Computation:
    """Makes a listed cohort hold just these. Raises Busy."""
    with held(cohort):
        computation = Computation.objects.create(cohort=cohort, cause=cause)
        with _listed(identities):
            _apply(cohort, computation)
    return computation


def add_and_remove(cohort: Cohort, added: Iterable[str], removed: Iterable[str], cause: str) -> Computation:
    """Adds users to a listed cohort and takes others out; what is so already stays. Raises Busy."""
    with held(cohort), transaction.atomic():
        computation = Computation.objects.create(cohort=cohort, cause=cause)
        since = last_change(cohort.pk)
        with _listed(added):
            entering = (
                f"SELECT n.identity FROM {TABLE} AS n LEFT JOIN {MEMBER} AS m "
                "ON m.cohort_id = %s AND m.identity = n.identity WHERE m.identity IS NULL"
            )
            entered = _write_changes(computation, entered=True, identities=entering)
        with _listed(removed):
            leaving = (
                f"SELECT m.identity FROM {TABLE} AS n JOIN {MEMBER} AS m "
                "ON m.identity = n.identity WHERE m.cohort_id = %s"
            )
            left = _write_changes(computation, entered=False, identities=leaving)
        _move_members(computation, since)
        _finish(computation, entered, left)
    return computation


@contextmanager
def _listed(identities: Iterable[str]) -> Iterator[None]:
    """The identities as a temporary table, each once."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        once = " WITHOUT ROWID" if connection.vendor == "sqlite" else ""  # each identity stands there once, not twice
        cursor.execute(f"CREATE TEMPORARY TABLE {TABLE} (identity varchar(514) NOT NULL PRIMARY KEY){once}")
        try:
            for part in _parts(identities):
                cursor.executemany(
                    f"INSERT INTO {TABLE} (identity) VALUES (%s) ON CONFLICT DO NOTHING", [(one,) for one in part]
                )
            yield
        finally:
            if not connection.needs_rollback:
                cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def _parts(identities: Iterable[str]) -> Iterator[list[str]]:
    part: list[str] = []
    for identity in identities:
        part.append(identity)
        if len(part) == ROWS:
            yield part
            part = []
    if part:
        yield part
