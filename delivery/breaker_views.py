"""Letting a destination go that is held because it failed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.timezone import now
from django.views.decorators.http import require_POST

from delivery import breaker
from destinations.models import Destination
from events import audit
from events.toasts import toast


@require_POST
def destination_resume(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    if not breaker.resume(found.pk, now()):
        return toast(request, redirect(found), f"{found.name} was not held any more.")
    audit.record("resumed", found)
    return toast(request, redirect(found), f"{found.name} is sending again.")
