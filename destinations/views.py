"""A destination's pages: make one, set it up, see what would be sent."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from destinations.forms import NewDestinationForm, SetupForm
from destinations.models import Destination
from destinations.preview import preview
from destinations.samples import BUILT_IN, BUILT_IN_DATA, field_names, offered_samples, sample_data
from events.models import Project
from events.toasts import toast


def destination_new(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = NewDestinationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        destination = form.save(found)
        if destination:
            return redirect(destination)
    return render(request, "destinations/new.html", {"project": found, "form": form})


def destination(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """Setup. A form that is refused comes back as it was typed, and nothing was saved. `?sample=`: an event's id."""
    found = destination_of(project, pk)
    form = SetupForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect(found), "Saved.")
    events, sample = offered_samples(found.project, request.GET.get("sample", ""))
    context = {
        "project": found.project,
        # As stored: the form's values are not the destination's until they are saved.
        "destination": destination_of(project, pk),
        "form": form,
        "events": events,
        "sample": sample,
        "suggestions": field_names([BUILT_IN_DATA, *(event.data for event in events)]),
        **_previewed(found.project, form, sample),
    }
    return render(request, "destinations/setup.html", context)


@require_POST
def destination_preview(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    """The body as the template in the form makes it. Answers 200 for a wrong template too: that is what it shows."""
    found = destination_of(project, pk)
    context = _previewed(found.project, SetupForm(found, request.POST), request.POST.get("sample", BUILT_IN))
    response = render(request, "destinations/preview.html", context)
    marks = {"sh:annotations": {"items": context["preview"].annotations}}
    response["HX-Trigger-After-Swap"] = json.dumps(marks)
    return response


def destination_of(project: str, pk: int) -> Destination:
    return get_object_or_404(Destination.objects.select_related("project"), project__slug=project, pk=pk)


def _previewed(project: Project, form: SetupForm, sample: str) -> dict[str, Any]:
    data = sample_data(project, sample)
    return {"preview": preview(form.draft(), data), "sample_data": data}
