"""Replacing a project's write key: the old one goes on for a while, so that apps and pages can change over."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from events import audit, write_keys
from events.models import Project
from events.toasts import toast


@require_POST
def write_key(request: HttpRequest, project: str) -> HttpResponse:
    """`act`: end, for the old key; else a new key is made, and `hours` is how long the present one goes on."""
    found = get_object_or_404(Project, slug=project)
    page = redirect("project", found.slug)
    if request.POST.get("act") == "end":
        with transaction.atomic():
            write_keys.forget_old(found)
            found.save(update_fields=write_keys.FIELDS)
            audit.record("ended the old write key of", found)
        return toast(request, page, "The old write key is refused from now on.")
    hours = _hours(request.POST.get("hours", ""))
    if hours is None:
        _, least, most = write_keys.OVERLAP_HOURS
        return toast(request, page, f"Nothing was changed: give a number of hours from {least} to {most}.", "bad")
    with transaction.atomic():
        write_keys.replace(found, hours)
        audit.record("replaced the write key of", found)
    return toast(request, page, "The write key was replaced.")


def _hours(text: str) -> float | None:
    default, least, most = write_keys.OVERLAP_HOURS
    try:
        hours = float(text or default)
    except ValueError:
        return None
    return hours if least <= hours <= most else None
