"""A new destination of a kind: its name, and on to its setup."""

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from destinations import catalog
from destinations.models import Destination
from destinations.specification import InvalidDestination, save
from events.models import Project
from events.webforms import HubForm


class NewDestinationForm(HubForm):
    """Drawn on a page of its own, and in a dialog of each tile: `kind` keeps their ids apart."""

    name = forms.CharField(
        label="Sync name",
        max_length=100,
        widget=forms.TextInput(attrs={"autofocus": True, "placeholder": "Orders to CRM", "autocomplete": "off"}),
        help_text="It starts switched off. You set the URL and payload next.",
    )

    def __init__(self, kind: catalog.Kind, data: dict[str, str] | None = None) -> None:
        super().__init__(data, auto_id=f"id_{kind.slug}_%s")
        self.kind = kind

    def save(self, project: Project) -> Destination | None:
        """The new destination, or None: then the form says why."""
        try:
            given = {"name": self.cleaned_data["name"], "kind": self.kind.slug, "enabled": False}
            return save(project, given)[0]
        except InvalidDestination as error:
            for problem in error.problems:
                self.add_error("name", problem.message)
            return None


def destination_new(request: HttpRequest, project: str, kind: str) -> HttpResponse:
    found, chosen = get_object_or_404(Project, slug=project), catalog.kind(kind)
    if chosen is None:
        raise Http404
    form = NewDestinationForm(chosen, request.POST or None)
    if request.method == "POST" and form.is_valid():
        destination = form.save(found)
        if destination:
            return redirect(destination)
    return render(request, "destinations/new.html", {"project": found, "kind": chosen, "form": form})
