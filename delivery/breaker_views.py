"""Letting a destination go that is held because it failed."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from delivery.lane_acts import let_go
from destinations.models import Destination
from events.toasts import toast


@require_POST
def destination_resume(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)
    if not let_go(found):
        return toast(request, redirect(found), f"{found.name} was not held any more.")
    return toast(request, redirect(found), f"{found.name} is sending again.")
