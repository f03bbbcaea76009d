"""Destinations as lanes: the list with how each is doing, switching, pausing, deleting."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from delivery.lane_acts import go_on, switch
from delivery.lane_summary import lane_summaries, lane_summary
from delivery.removal import mark_destination
from delivery.waiting import SHOWN
from destinations.models import Destination
from destinations.pausing import pause
from destinations.specification import InvalidDestination
from events.fragments import htmx_of
from events.models import Project
from events.query import number, page_link
from events.toasts import toast

ROWS = 100


def destinations(request: HttpRequest, project: str) -> HttpResponse:
    """A page of the list; `first`: how many worse ones come before it."""
    found = get_object_or_404(Project, slug=project)
    every, first = list(found.destinations.only(*SHOWN)), number(request, "first") or 0
    lanes = lane_summaries(every, first, ROWS)
    context = {
        "project": found,
        "lanes": lanes,
        "shown": f"{first + 1:,}–{first + len(lanes):,} of {len(every):,}" if len(every) > ROWS else "",
        "better": page_link(request, first=first + ROWS) if first + ROWS < len(every) else "",
        "worse": page_link(request, first=max(0, first - ROWS)) if first else "",
    }
    return render(request, "destinations/list.html", context)


@require_POST
def destination_switch(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Switches on or off (`enabled`: on). A destination that is not ready leads to its page and the list of to-dos."""
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    try:
        switch(found, "enabled" in request.POST)
    except InvalidDestination as error:
        return _not_ready(request, found, error)
    words = f"{found.name} is {'on' if found.enabled else 'off'}."
    if not htmx_of(request):
        return toast(request, redirect(found), words)
    template = "destinations/switch.html" if htmx_of(request).target == "switch" else "destinations/row.html"
    return toast(request, render(request, template, {"destination": found, "lane": lane_summary(found)}), words)


@require_POST
def destination_pause(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Pauses sending (`paused`: 1), or resumes it."""
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    if request.POST.get("paused"):
        pause(found)
        return toast(request, redirect(found), f"{found.name} is paused. New deliveries are held.")
    go_on(found)
    return toast(request, redirect(found), f"{found.name} is sending again.")


@require_POST
def destination_delete(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    if request.POST.get("expect", "").strip() != found.name:
        return toast(request, redirect(found), f"Nothing was deleted: the name typed is not {found.name}.", "bad")
    mark_destination(found)
    return toast(
        request, redirect("destinations", project), f"{found.name} was deleted. Its log goes in the background."
    )


def _not_ready(request: HttpRequest, destination: Destination, error: InvalidDestination) -> HttpResponse:
    left = "One thing is" if len(error.problems) == 1 else f"{len(error.problems)} things are"
    words = f"{destination.name} stays off. {left} missing: {' '.join(p.message for p in error.problems)}"
    to_dos = reverse("destination", args=[destination.project.slug, destination.pk]) + "#ready"
    if htmx_of(request).target == "switch":  # on its page already, perhaps with unsaved changes
        lane = {"destination": destination, "lane": lane_summary(destination)}
        return toast(request, render(request, "destinations/switch.html", lane), words, "bad")
    response = HttpResponseClientRedirect(to_dos) if htmx_of(request) else redirect(to_dos)
    return toast(request, response, words, "bad")
