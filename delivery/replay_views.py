"""Replays: the dialog that begins one, the list, and a page each with progress, pause and stop."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery import replays as running
from delivery.models import Replay
from delivery.replay_forms import AgainForm, BackfillForm, from_query
from delivery.replay_orders import begin, outlook_of
from delivery.replay_words import about
from delivery.replays import CannotReplay, Progress
from events.fragments import asks_for_part
from events.models import Project
from events.query import number, page_link
from events.signed_in import signed_in
from events.toasts import toast

ROWS = 25
ACTS = {
    "pause": (running.pause, "Paused. What is on its way goes on."),
    "resume": (running.resume, "Going on."),
    "stop": (running.stop, "Stopped. What is on its way goes on."),
}


def replays(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    rows = Replay.objects.filter(project=found).select_related("destination")
    before = number(request, "before")
    shown = list((rows.filter(pk__lt=before) if before else rows)[: ROWS + 1])
    context = {
        "project": found,
        "rows": [(one, about(one), Progress(one)) for one in shown[:ROWS]],
        "older": page_link(request, before=shown[ROWS - 1].pk) if len(shown) > ROWS else "",
        "newest": reverse("replays", args=[project]) if before else "",
    }
    return render(request, "replays/list.html", context)


def replay(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Replay.objects.select_related("project", "destination"), project__slug=project, pk=pk)
    progress = Progress(found)
    context = {
        "project": found.project,
        "replay": found,
        "about": about(found),
        "progress": progress,
        "poll": 2_000 if progress.is_moving else 10_000 if found.is_open or progress.retrying else 0,
    }
    polling = asks_for_part(request)
    response = render(request, "replays/state.html" if polling else "replays/page.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_POST
def replay_act(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """`act`: pause, resume or stop."""
    found = get_object_or_404(Replay.objects.select_related("project"), project__slug=project, pk=pk)
    act, words = ACTS.get(request.POST.get("act", ""), (None, ""))
    if act is None or not act(found):
        return toast(request, redirect(found), f"It is {found.get_state_display().lower()} already.", "bad")
    return toast(request, redirect(found), words)


# -- beginning one ----------------------------------------------------------------------------------------------------
def replay_new(request: HttpRequest, project: str) -> HttpResponse:
    """GET: the form, `kind` again or backfill, filled from a log's filter, ticked deliveries (`pick`) or a destination.
    POST: `act` pick is the same with many ticks, count and try look ahead; without one it begins."""
    found = get_object_or_404(Project, slug=project)
    act = request.POST.get("act", "begin") if request.method == "POST" else ""
    data = request.POST if act in ("begin", "count", "try") else from_query(request.POST or request.GET, now())
    is_backfill = data.get("kind") == Replay.Kind.BACKFILL
    form = (BackfillForm if is_backfill else AgainForm)(found, data)
    error = ""
    if form.is_valid() and act == "begin":
        try:
            return toast(request, redirect(begin(form, signed_in(request))), "Begun.")
        except CannotReplay as refused:
            error = str(refused)
    outlook = outlook_of(form, with_sample=act == "try") if form.is_valid() else None
    context = {"project": found, "form": form, "outlook": outlook, "error": error, "is_backfill": is_backfill}
    response = render(request, _template(request, act), context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _template(request: HttpRequest, act: str) -> str:
    if not asks_for_part(request):
        return "replays/new.html"
    return "replays/outlook.html" if act in ("count", "try") else "replays/form.html"
