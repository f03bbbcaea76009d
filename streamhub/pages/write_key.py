"""Replacing a project's write key: the old one goes on for a while, so that apps and pages can change over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from events import write_keys
from events.models import Project
from events.toasts import toast


@require_POST
def write_key(request: HttpRequest, project: str) -> HttpResponse:
    """`act`: end, for the old key; else a new key is made, and `hours` is how long the present one goes on."""
    found = get_object_or_404(Project, slug=project)
    page = redirect("project", found.slug)
    if request.POST.get("act") == "end":
        write_keys.end_old(found)
        return toast(request, page, "The old write key is refused from now on.")
    try:
        write_keys.renew(found, _hours(request.POST.get("hours", "")))
    except write_keys.BadOverlap as error:
        words = str(error)
        return toast(request, page, f"Nothing was changed: {words[:1].lower()}{words[1:]}", "bad")
    return toast(request, page, "The write key was replaced.")


def _hours(text: str) -> float:
    try:
        return float(text or write_keys.OVERLAP_HOURS[0])
    except ValueError:
        return -1.0
