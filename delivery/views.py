"""The delivery log and a delivery's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery import log
from delivery.advice import advice
from delivery.cancelling import CannotCancel, cancel, cancel_many
from delivery.forms import LogForm
from delivery.log_count import about
from delivery.models import Delivery
from delivery.repair import CannotRetry, retry_now, what_follows
from delivery.schedules import schedule_of
from delivery.selection import MOST_PICKED
from delivery.timeline import timeline
from destinations.sending_rules import sending_of
from events.fragments import asks_for_part
from events.models import Project
from events.query import number, page_link
from events.toasts import toast

FAST, SLOW, FAST_FOR = 2_000, 10_000, 20  # milliseconds between polls, at first and after so many seconds


def deliveries(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = LogForm(found, request.GET)
    criteria = log.from_query(form.values(), now())
    rows = 50 if request.GET.get("rows") == "50" else log.ROWS
    before, after = number(request, "before"), number(request, "after")
    page = log.page(found, criteria, before=before, after=after, rows=rows)
    context = {
        "project": found,
        "form": form,
        "criteria": criteria,
        "page": page,
        "rows": rows,
        "about": about(found, criteria) if page.older or page.newer else "",
        "newer": page_link(request, after=page.newer) if page.newer else "",
        "older": page_link(request, before=page.older) if page.older else "",
        "other_rows": page_link(request, rows=log.ROWS if rows == 50 else 50),
        "log_query": request.GET.urlencode(),
        "is_first_run": not page.rows and not criteria and not before and not after,
    }
    fragment = asks_for_part(request)
    response = render(request, "delivery/rows.html" if fragment else "delivery/log.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if fragment:
        response["HX-Push-Url"] = page_link(request)  # without the filters that are not set
    return response


def delivery(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    return _page(request, delivery_of(project, pk), "delivery/delivery.html")


def delivery_state(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The part of a delivery's page that changes while it is not final."""
    return _page(request, delivery_of(project, pk), "delivery/state.html")


@require_POST
def delivery_retry(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = delivery_of(project, pk)
    ended = not found.is_open
    try:
        retry_now(found)
    except CannotRetry as error:
        return toast(request, redirect(found), str(error), "bad")
    return toast(request, redirect(found), what_follows(found, had_ended=ended))


@require_POST
def delivery_cancel(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = delivery_of(project, pk)
    try:
        cancel(found)
    except CannotCancel as error:
        return toast(request, redirect(found), str(error), "bad")
    return toast(request, redirect(found), "Cancelled.")


@require_POST
def deliveries_cancel(request: HttpRequest, project: str) -> HttpResponse:
    """Those ticked in the log (`pick`)."""
    found = get_object_or_404(Project, slug=project)
    picked = [int(pk) for pk in request.POST.getlist("pick") if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    cancelled = cancel_many(found, picked[:MOST_PICKED])
    left = len(picked) - cancelled
    words = f"{cancelled:,} cancelled."
    if left:
        words += f" {left:,} had ended already or {'is' if left == 1 else 'are'} being sent this moment."
    return toast(request, redirect("deliveries", project), words, "ok" if cancelled else "bad")


def delivery_of(project: str, pk: int) -> Delivery:
    related = Delivery.objects.select_related("project", "destination", "destination__lane_health", "event")
    return get_object_or_404(related, project__slug=project, pk=pk)


def _page(request: HttpRequest, found: Delivery, template: str) -> HttpResponse:
    shown = timeline(
        list(found.attempts.order_by("pk")),
        number(request, "attempt"),
        number(request, "try"),
        begins_anew=found.is_open and not found.attempts_made,
    )
    step = shown.step
    context = {
        "project": found.project,
        "delivery": found,
        "timeline": shown,
        "advice": advice(step.attempt.status, step.attempt.error_kind, goes_on=found.is_open) if step else None,
        "most_attempts": schedule_of(sending_of(found.destination.sending)).most_attempts,
        "is_due": found.is_open and found.next_attempt_at is not None and found.next_attempt_at <= now(),
        "poll": _poll(found),
    }
    return render(request, template, context)


def _poll(found: Delivery) -> int:
    """Milliseconds until the page looks again; 0 once the delivery is final."""
    if not found.is_open:
        return 0
    changes = (found.created_at, *(a.started_at for a in found.attempts.order_by("-pk")[:1]), found.next_attempt_at)
    near = any(abs((now() - moment).total_seconds()) < FAST_FOR for moment in changes if moment)
    return FAST if near else SLOW
