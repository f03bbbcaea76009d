"""A sync's run from its beginning to its end: who is told of, batch by batch, and what became of the batches.

    waiting -> preparing -> sending -> delivered | partly delivered | failed | cancelled

Every step is a short transaction that leaves the run where the next step, by whatever process, goes on. A run's users
stand in `Pending` with the direction that is true of them when it is prepared, so that whoever applies the batches in
order has the cohort as it was then.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils.timezone import now

from cohorts.computation import Busy, compute, held
from cohorts.member_identifier import identifier_of
from cohorts.models import Batch, Change, Kind, Member, Pending, Run, Skipped, Sync, user_id_of
from delivery.direct import send_to
from delivery.models import LOST_STATES, OPEN_STATES, Delivery, State
from events.jsontext import loads
from events.models import Event
from events.profiles import PROFILES

TOPIC = "cohort.update"
EVENT_TYPE = "Cohort update"
NO_USER_ID = "no user id: only a device is known"
LEASE = timedelta(seconds=15)  # of a run in somebody's hands; every step renews it, and two at once do no harm
USERS_PER_STEP = 10_000
PENDING, MEMBER, CHANGE = Pending._meta.db_table, Member._meta.db_table, Change._meta.db_table


def start(sync: Sync, cause: str, content: Run.Content = Run.Content.CHANGES) -> Run:
    """A new run, or the one that waits already: what it would tell, that one will. The first tells of everybody."""
    with transaction.atomic():
        sync = Sync.everything.select_for_update().get(pk=sync.pk)
        if sync.told_until is None and content == Run.Content.CHANGES:
            content = Run.Content.EVERYBODY
        waiting = sync.runs.filter(state=Run.State.WAITING).first()
        if waiting:
            if content != Run.Content.CHANGES:
                waiting.content = content
                waiting.save(update_fields=["content"])
            return waiting
        last = sync.runs.aggregate(last=Max("number"))["last"] or 0
        return Run.objects.create(sync=sync, number=last + 1, cause=cause, content=content)


def move_on(run: Run) -> Run:
    """Takes a run as far as it goes now. Raises nothing that waiting mends."""
    with _held(run) as mine:
        if mine and (gone := _gone(run.sync)):
            _end(run, Run.State.CANCELLED, gone)
        if mine and run.state == Run.State.WAITING and _may_begin(run):
            _begin(run)
        if mine and run.state == Run.State.PREPARING:
            _make_batches(run)
        if mine and run.state == Run.State.SENDING:
            _look_at_deliveries(run)
    return run


@contextmanager
def _held(run: Run) -> Iterator[bool]:
    """Whether the run is in our hands; then it is as the database has it."""
    moment = now()
    free = Run.objects.filter(pk=run.pk, state__in=Run.OPEN).filter(Q(busy_until=None) | Q(busy_until__lte=moment))
    if not free.update(busy_until=moment + LEASE):
        with suppress(Run.DoesNotExist):  # removed meanwhile
            run.refresh_from_db()
        yield False
        return
    run.refresh_from_db()
    try:
        yield True
    finally:
        Run.objects.filter(pk=run.pk, busy_until=run.busy_until).update(busy_until=None)


def _may_begin(run: Run) -> bool:
    """A run waits for the one before, and for a destination that is switched off, which it says of itself."""
    if Run.objects.filter(sync=run.sync, number__lt=run.number, state__in=Run.OPEN).exists():
        return False
    told = "" if run.sync.destination.enabled else f"{run.sync.destination} is switched off. It begins when that is on."
    if run.error != told:
        run.error = told
        run.save(update_fields=["error"])
    return not told


def _gone(sync: Sync) -> str:
    """Why there is nobody to tell any more, or nothing."""
    if sync.cohort.removed_at or sync.cohort.project.removed_at:
        return "The cohort was deleted."
    if sync.destination.removed_at:
        return "The destination was deleted."
    return "The sync was removed." if sync.removed_at else ""


def _begin(run: Run) -> None:
    sync, cohort = run.sync, run.sync.cohort
    fresh = cohort.computed_at is not None and cohort.computed_at >= run.started_at
    try:
        if cohort.kind == Kind.DEFINED and not fresh and run.content != Run.Content.FAREWELL:
            computation = compute(cohort, f"for the sync to {sync.destination}", quiet=True)
            if computation.state == computation.State.FAILED:
                _end(run, Run.State.FAILED, f"The cohort could not be computed. {computation.error}")
                return
        with held(cohort), transaction.atomic():
            _put_down(run)
    except Busy:
        return
    run.refresh_from_db()


# -- who is told of ------------------------------------------------------------------------------------------------


def _put_down(run: Run) -> None:
    """Fills `Pending`. The cohort is held, so its members and its last change belong together."""
    sync = run.sync
    if not Run.objects.filter(pk=run.pk, state=Run.State.WAITING).exists():
        return  # cancelled while the cohort was computed
    until = Change.objects.filter(cohort=sync.cohort_id).aggregate(last=Max("id"))["last"] or 0
    everybody = f"SELECT identity, %s FROM {MEMBER} WHERE cohort_id = %s"
    match run.content:
        case Run.Content.EVERYBODY:
            _add_pending(run, everybody, [False, sync.cohort_id])
        case Run.Content.FAREWELL:
            _add_pending(run, everybody, [True, sync.cohort_id])
    if run.content != Run.Content.FAREWELL:
        _put_down_changes(run, sync.told_until, until)
        _put_down_untold(run)
    counted = dict(_counts(run))
    run.entered, run.left = counted.get(False, 0), counted.get(True, 0)
    run.state, run.prepared_at = Run.State.PREPARING, now()
    run.save()
    Sync.objects.filter(pk=sync.pk).update(told_until=until)


def _counts(run: Run) -> list[tuple[bool, int]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT leaving, count(*) FROM {PENDING} WHERE run_id = %s GROUP BY leaving", [run.pk])
        return [(bool(leaving), count) for leaving, count in cursor.fetchall()]


def _put_down_changes(run: Run, told: int | None, until: int) -> None:
    """Those who are in now and were not, or the other way round: an odd number of changes since the last run."""
    if told is None:
        return
    span = f"FROM {CHANGE} WHERE cohort_id = %s AND id > %s AND id <= %s"
    last = f"SELECT max(id) AS id {span} GROUP BY identity HAVING count(*) %% 2 = 1"
    _add_pending(
        run,
        f"SELECT c.identity, NOT c.entered FROM {CHANGE} AS c JOIN ({last}) AS x ON x.id = c.id",
        [run.sync.cohort_id, told, until],
    )


def _put_down_untold(run: Run) -> None:
    """Whom the run before could not tell of: they are told of as things stand now."""
    earlier = Run.objects.filter(sync=run.sync, number__lt=run.number, prepared_at__isnull=False)
    before = earlier.order_by("-number").first()  # one that never began has taken nothing over from its own before
    if before is None or before.state == Run.State.DELIVERED:
        return
    left_over = f"SELECT identity FROM {PENDING} WHERE run_id = %s"
    _add_as_they_are(run, left_over, [before.pk])
    Pending.objects.filter(run=before).delete()
    undelivered = before.batch_rows.exclude(delivery__state=State.DELIVERED).values_list("event_id", flat=True)
    for event in undelivered.iterator(chunk_size=100):
        users = _users_of(event)
        places = ", ".join(["(%s)"] * len(users))
        if users:
            _add_as_they_are(run, f"SELECT column1 AS identity FROM (VALUES {places}) AS told", users)


def _users_of(event: int) -> list[str]:
    data = Event.objects.filter(pk=event).values_list("data", flat=True).first() or {}
    return [f"u:{user['user_id']}" for user in data.get("users", ())]


def _add_as_they_are(run: Run, identities: str, parameters: list[Any]) -> None:
    _add_pending(
        run,
        f"SELECT x.identity, m.identity IS NULL FROM ({identities}) AS x LEFT JOIN {MEMBER} AS m "
        "ON m.cohort_id = %s AND m.identity = x.identity",
        [*parameters, run.sync.cohort_id],
    )


def _add_pending(run: Run, users: str, parameters: list[Any]) -> None:
    """`users`: a SELECT of identity and whether he leaves."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {PENDING} (run_id, identity, leaving) SELECT %s, found.* FROM ({users}) AS found "
            "WHERE true ON CONFLICT DO NOTHING",
            [run.pk, *parameters],
        )


# -- batches -------------------------------------------------------------------------------------------------------


def _make_batches(run: Run) -> None:
    while _make_some(run):
        Run.objects.filter(pk=run.pk).update(busy_until=now() + LEASE)
        run.refresh_from_db()
        if run.state != Run.State.PREPARING:  # cancelled meanwhile
            return
    # Unless it was cancelled this moment.
    if Run.objects.filter(pk=run.pk, state=Run.State.PREPARING).update(state=Run.State.SENDING):
        run.state = Run.State.SENDING


@transaction.atomic
def _make_some(run: Run) -> bool:
    """The next few batches, those who enter first; False if nobody is left."""
    size = run.sync.batch_size
    most = max(size, USERS_PER_STEP // size * size) if size > 1 else 500
    leaving, identities = _take_pending(run, most)
    if not identities:
        return False
    users, skipped = users_of_batch(run, identities)
    Skipped.objects.bulk_create(Skipped(run=run, identity=one, reason=why) for one, why in skipped.items())
    number = run.batch_rows.filter(entering=not leaving).count()
    parts = [users[start : start + size] for start in range(0, len(users), size)]
    messages = [message(run, leaving, number + offset, part) for offset, part in enumerate(parts)]
    sent = send_to(run.sync.destination, TOPIC, EVENT_TYPE, messages, now())
    Batch.objects.bulk_create(
        Batch(
            run=run,
            entering=not leaving,
            number=number + offset,
            users=len(part),
            event_id=one.event,
            delivery_id=one.delivery,
        )
        for offset, (part, one) in enumerate(zip(parts, sent, strict=True))
    )
    run.batches += len(parts)
    run.skipped += len(skipped)
    run.save(update_fields=["batches", "skipped"])
    return True


def _take_pending(run: Run, most: int) -> tuple[bool, list[str]]:
    for leaving in (False, True):
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {PENDING} WHERE run_id = %s AND leaving = %s AND identity IN ("
                f"SELECT identity FROM {PENDING} WHERE run_id = %s AND leaving = %s ORDER BY identity LIMIT %s) "
                "RETURNING identity",
                [run.pk, leaving, run.pk, leaving, most],
            )
            identities = sorted(identity for (identity,) in cursor.fetchall())
        if identities:
            return leaving, identities
    return False, []


def users_of_batch(run: Run, identities: list[str]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The users as batches name them, and the identities that the receiver could not know, with the reason."""
    wanted, lacks = run.sync.properties, identifier_of(run.sync.destination)
    needed = lacks.property if lacks else None
    names = [*wanted, needed] if needed and needed not in wanted else wanted
    known = [(identity, user_id) for identity in identities if (user_id := user_id_of(identity)) is not None]
    skipped = {identity: NO_USER_ID for identity in identities if user_id_of(identity) is None}
    stored = PROFILES.read(run.sync.cohort.project_id, {(identity,) for identity, _ in known}) if names else {}
    users = []
    for identity, user_id in known:
        user: dict[str, Any] = {"user_id": user_id}
        if names:
            properties = loads(stored[(identity,)][0]) if (identity,) in stored else {}
            user["user_properties"] = {name: properties[name] for name in names if name in properties}
        if lacks and (reason := lacks.missing_in(user)):
            skipped[identity] = reason
        else:
            users.append(user)
    return users, skipped


def message(run: Run, leaving: bool, number: int, users: list[dict[str, Any]]) -> dict[str, Any]:
    cohort = run.sync.cohort
    computed = cohort.computed_at or run.started_at
    return {
        "cohort_name": cohort.name,
        "cohort_id": cohort.public_id,
        "in_cohort": not leaving,
        "computed_time": str(int(computed.timestamp())),
        "message_id": f"{run.token}::{'exit' if leaving else 'enter'}::{number}",
        "users": users,
    }


# -- the end -------------------------------------------------------------------------------------------------------


def states(run: Run) -> dict[str, int]:
    """How many of the run's batches are in which delivery state."""
    rows = run.batch_rows.values_list("delivery__state")
    return dict(Counter(state for (state,) in rows))


def _look_at_deliveries(run: Run) -> None:
    if run.batch_rows.filter(delivery__state__in=OPEN_STATES).exists():
        return
    total = run.batch_rows.count()
    delivered = run.batch_rows.filter(delivery__state=State.DELIVERED).count()
    if delivered == total:
        _end(run, Run.State.DELIVERED)
    else:
        _end(run, Run.State.PARTLY if delivered else Run.State.FAILED)


def _end(run: Run, state: Run.State, error: str = "") -> None:
    """Unless it was cancelled this moment."""
    moment = now()
    if Run.objects.filter(pk=run.pk, state__in=Run.OPEN).update(state=state, error=error, finished_at=moment):
        run.state, run.error, run.finished_at = state, error, moment


def resend_failed(run: Run) -> int:
    """Sends the batches that were lost once more and opens the run again; how many. Raises CannotResend."""
    if run.is_open:
        raise CannotResend("The run is still going on. Wait until it ends.")
    if Run.objects.filter(sync=run.sync, number__gt=run.number).exists():
        raise CannotResend("A later run has told of these users already, as things were then. Use “Resync everything”.")
    from delivery.repair import retry_now

    lost = Delivery.objects.filter(pk__in=run.batch_rows.values("delivery_id"), state__in=LOST_STATES)
    count = 0
    for delivery in lost.select_related("destination").iterator(chunk_size=200):
        retry_now(delivery)
        count += 1
    if count:
        run.state, run.finished_at = Run.State.SENDING, None
        run.save(update_fields=["state", "finished_at"])
    return count


class CannotResend(ValueError):
    """Why batches are not sent again; the message says it and what to do."""
