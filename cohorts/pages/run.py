"""A run's page: how far it is, its batches, whom it skipped, and what can be done about it."""

import csv
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cohorts.farewell import cancel_run
from cohorts.models import Run, Skipped
from cohorts.pages.finding import run_of
from cohorts.progress import Progress
from cohorts.runs import CannotResend, resend_failed
from cohorts.templatetags.cohort_pages import user_of
from delivery.models import LOST_STATES, OPEN_STATES, State
from events.query import number, page_link
from events.toasts import toast
from events.wake import COHORTS, wake

ROWS = 50
SHOWN = {"failed": LOST_STATES, "waiting": OPEN_STATES, "delivered": (State.DELIVERED,)}


def cohort_run(request: HttpRequest, project: str, cohort: str, pk: int, run: int) -> HttpResponse:
    """`state`: failed, waiting or delivered batches only. `after`: the batch that the page before ended with."""
    found = run_of(project, cohort, pk, run)
    batches = found.batch_rows.select_related("delivery").order_by("pk")
    state, after = request.GET.get("state", ""), number(request, "after")
    if state in SHOWN:
        batches = batches.filter(delivery__state__in=SHOWN[state])
    shown = list((batches.filter(pk__gt=after) if after else batches)[: ROWS + 1])
    context = {
        "project": found.sync.cohort.project,
        "cohort": found.sync.cohort,
        "sync": found.sync,
        "run": found,
        "here": f"Run {found.number}",
        "progress": Progress(found),
        "batches": shown[:ROWS],
        "chosen": state if state in SHOWN else "",
        "more": page_link(request, after=shown[ROWS - 1].pk) if len(shown) > ROWS else "",
        "skipped": list(found.skipped_users.order_by("pk")[:5]),
        "earlier": _earlier(found),
        "is_last": not Run.objects.filter(sync=found.sync_id, number__gt=found.number).exists(),
        "poll": 2_000 if found.is_open else 0,
    }
    return render(request, "cohorts/run.html", context)


def _earlier(run: Run) -> Run | None:
    """The run that this one waits for."""
    if run.state != Run.State.WAITING:
        return None
    return Run.objects.filter(sync=run.sync_id, number__lt=run.number, state__in=Run.OPEN).first()


@require_GET
def cohort_run_skipped(request: HttpRequest, project: str, cohort: str, pk: int, run: int) -> StreamingHttpResponse:
    """Everybody whom the run could not tell of, as CSV: user, reason."""
    found = run_of(project, cohort, pk, run)
    name = f"skipped-{found.sync.cohort.public_id}-{found.number}.csv"
    return StreamingHttpResponse(
        _lines(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


class _Echo:
    """What a CSV writer writes into, to have the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(run: Run) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(["user", "reason"])
    rows = Skipped.objects.filter(run=run).order_by("pk").values_list("identity", "reason")
    for identity, reason in rows.iterator(chunk_size=2_000):
        yield writer.writerow([_harmless(user_of(identity)), reason])


def _harmless(text: str) -> str:
    """Spreadsheets take what begins like this for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


@require_POST
def cohort_run_act(request: HttpRequest, project: str, cohort: str, pk: int, run: int) -> HttpResponse:
    """`act`: cancel or resend."""
    found = run_of(project, cohort, pk, run)
    here = redirect(found.get_absolute_url())
    if request.POST.get("act") == "cancel":
        if not found.is_open:
            return toast(request, here, f"It has ended already: {found.get_state_display().lower()}.", "bad")
        count = cancel_run(found)
        words = f"Cancelled, with {count:,} batch{'' if count == 1 else 'es'} that waited."
        return toast(request, here, f"{words} The next run tells of whoever is left.")
    try:
        count = resend_failed(found)
    except CannotResend as error:
        return toast(request, here, str(error), "bad")
    wake(COHORTS)
    if not count:
        return toast(request, here, "No batch of it has failed.", "bad")
    return toast(request, here, f"{count:,} batch{'' if count == 1 else 'es'} on the way again.")
