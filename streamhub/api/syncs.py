"""/syncs and /runs: which destinations are told of a cohort, and each time they are."""

from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Query, Schema

from cohorts.farewell import begin_farewell, cancel_run, remove_sync
from cohorts.models import Run, Sync
from cohorts.on_demand import refuse_leaving, sync_by_hand, sync_soon
from cohorts.progress import Progress
from cohorts.runs import resend_failed
from cohorts.specification import describe_sync, save_sync
from events.checking import Problem
from events.wake import COHORTS, wake
from streamhub.api.answers import PageQuery, answer, moment, nothing, number_of, page, refuse_stale, versioned
from streamhub.api.cohorts import ONE as COHORT
from streamhub.api.cohorts import READ, WRITE
from streamhub.api.doors import Resource, body_of, caller_of
from streamhub.api.finding import cohort_named, destination_named, run_numbered, sync_named, sync_or_none
from streamhub.api.problems import Refused, invalid

router = Resource()
ONE = f"{COHORT}/syncs/{{destination}}"
RUN = f"{ONE}/runs/{{int:number}}"
CONTENTS = (Run.Content.CHANGES, Run.Content.EVERYBODY)


class SyncIn(Schema):
    """`properties`: names of user properties that travel along. `batch_size`: users in a request."""

    properties: list[str] | None = None
    cadence: Any = None
    batch_size: int | None = None


class SyncOut(Schema):
    cohort: str
    cohort_id: str
    destination: str
    destination_id: int
    properties: list[str]
    cadence: Any
    batch_size: int
    next_at: str | None


class SyncsOut(Schema):
    data: list[SyncOut]
    next: str | None


class RunIn(Schema):
    """`content`: changes (what the receiver was not told yet), or everybody."""

    content: str = "changes"


class RunOut(Schema):
    """Counts of users, but for `batches`. `delivered`, `waiting` and `failed` are batches too."""

    number: int
    state: str
    content: str
    cause: str
    error: str
    entered: int
    left: int
    skipped: int
    batches: int
    delivered: int
    waiting: int
    failed: int
    percent: int
    started_at: str
    finished_at: str | None


class RunsOut(Schema):
    data: list[RunOut]
    next: str | None


class CancelledRunOut(Schema):
    """Batches that waited and were called off."""

    cancelled: int


class ResentOut(Schema):
    """Batches on the way again."""

    resent: int


class RemoveQuery(Schema):
    """`tell_receiver`: a last run tells that everybody leaves, and then the sync goes."""

    tell_receiver: bool = False


@router.door("GET", "/projects/{project}/syncs", "cohort_syncs", READ, gives=SyncsOut)
def list_syncs(request: HttpRequest, project: str, query: Query[PageQuery]) -> HttpResponse:
    """The syncs of all cohorts."""
    rows = Sync.objects.filter(cohort__project=caller_of(request).project, destination__removed_at=None)
    rows = rows.filter(cohort__removed_at=None).select_related("cohort__project", "destination").order_by("pk")
    if after := number_of(query.cursor):
        rows = rows.filter(pk__gt=after)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.pk, shown)


@router.door("GET", ONE, "cohort_sync", READ, gives=SyncOut)
def get_sync(request: HttpRequest, project: str, cohort: str, destination: str) -> HttpResponse:
    """A cohort's sync to a destination."""
    return versioned(request, shown(sync_named(request, cohort, destination)))


@router.door("PUT", ONE, "cohort_sync_edit", WRITE, takes=SyncIn, gives=SyncOut)
def put_sync(request: WSGIRequest, project: str, cohort: str, destination: str) -> HttpResponse:
    """Make or change a sync; a new one begins its first run."""
    followed, lane = cohort_named(request, cohort), destination_named(request, destination)
    given = {key: value for key, value in body_of(request).items() if key not in READ_ONLY}
    existing = sync_or_none(followed, lane)
    refuse_stale(request, shown(existing) if existing else None)
    with transaction.atomic():
        saved, _ = save_sync(followed, given | {"destination": lane}, existing)
        if existing is None:
            sync_soon(saved, "the sync was made")
    return versioned(request, shown(saved), 200 if existing else 201)


@router.door("DELETE", ONE, "cohort_sync_act", WRITE, act="remove", status=204, conflicts=True)
def delete_sync(
    request: HttpRequest, project: str, cohort: str, destination: str, query: Query[RemoveQuery]
) -> HttpResponse:
    """Take a sync away."""
    found = sync_named(request, cohort, destination)
    if query.tell_receiver:
        refuse_leaving(found)
        begin_farewell(found)
    else:
        remove_sync(found)
    return nothing()


@router.door("GET", f"{ONE}/runs", "cohort_sync", READ, gives=RunsOut)
def list_runs(
    request: HttpRequest, project: str, cohort: str, destination: str, query: Query[PageQuery]
) -> HttpResponse:
    """A sync's runs, newest first."""
    rows = sync_named(request, cohort, destination).runs.order_by("-number")
    if before := number_of(query.cursor):
        rows = rows.filter(number__lt=before)
    return page(rows[: query.limit + 1], query.limit, lambda row: row.number, _run)


@router.door("POST", f"{ONE}/runs", "cohort_sync_act", WRITE, takes=RunIn, gives=RunOut, status=202, conflicts=True)
def begin_run(request: WSGIRequest, project: str, cohort: str, destination: str) -> HttpResponse:
    """Begin a run now."""
    found, content = (
        sync_named(request, cohort, destination),
        body_of(request, required=False).get("content", "changes"),
    )
    if content not in CONTENTS:
        raise invalid([Problem("content", f"Choose one of {', '.join(CONTENTS)}.")])
    return answer(_run(sync_by_hand(found, Run.Content(content))), 202)


@router.door("GET", RUN, "cohort_run", READ, gives=RunOut)
def get_run(request: HttpRequest, project: str, cohort: str, destination: str, number: int) -> HttpResponse:
    """How far a run is."""
    return answer(_run(run_numbered(request, cohort, destination, number)))


@router.door("POST", f"{RUN}/cancel", "cohort_run_act", WRITE, act="cancel", gives=CancelledRunOut, conflicts=True)
def cancel_a_run(request: HttpRequest, project: str, cohort: str, destination: str, number: int) -> HttpResponse:
    """Call a run off; the next one tells of whoever is left."""
    found = run_numbered(request, cohort, destination, number)
    if not found.is_open:
        raise Refused(409, "conflict", f"It has ended already: {found.get_state_display().lower()}.")
    return answer({"cancelled": cancel_run(found)})


@router.door("POST", f"{RUN}/resend", "cohort_run_act", WRITE, act="resend", gives=ResentOut, conflicts=True)
def resend_a_run(request: HttpRequest, project: str, cohort: str, destination: str, number: int) -> HttpResponse:
    """Send its failed batches again."""
    count = resend_failed(run_numbered(request, cohort, destination, number))
    wake(COHORTS)
    return answer({"resent": count})


def shown(sync: Sync) -> dict[str, Any]:
    return {
        "cohort": sync.cohort.name,
        "cohort_id": sync.cohort.public_id,
        "destination_id": sync.destination_id,
        **describe_sync(sync),
        "next_at": moment(sync.next_at),
    }


READ_ONLY = ("cohort", "cohort_id", "destination", "destination_id", "next_at")


def _run(run: Run) -> dict[str, Any]:
    progress = Progress(run)
    return {
        **{name: getattr(run, name) for name in ("number", "state", "content", "cause", "error", "entered", "left")},
        "skipped": run.skipped,
        "batches": run.batches,
        "delivered": progress.delivered,
        "waiting": progress.waiting,
        "failed": progress.failed,
        "percent": progress.percent,
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
    }
