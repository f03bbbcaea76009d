"""A new destination: its name, and on to its setup."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from destinations.models import Destination
from destinations.specification import InvalidDestination, save
from events.models import Project
from events.webforms import HubForm


class NewDestinationForm(HubForm):
    name = forms.CharField(
        label="Sync name",
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "placeholder": "Orders to CRM", "autocomplete": "off"}),
        help_text="It starts switched off. You set the URL and payload next.",
    )

    def save(self, project: Project) -> Destination | None:
        """The new destination, or None: then the form says why."""
        try:
            return save(project, {"name": self.cleaned_data["name"], "enabled": False})[0]
        except InvalidDestination as error:
            for problem in error.problems:
                self.add_error("name", problem.message)
            return None


def destination_new(request: HttpRequest, project: str) -> HttpResponse:
    found = get_object_or_404(Project, slug=project)
    form = NewDestinationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        destination = form.save(found)
        if destination:
            return redirect(destination)
    return render(request, "destinations/new.html", {"project": found, "form": form})
