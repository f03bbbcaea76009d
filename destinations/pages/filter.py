"""The Filter tab: which events are sent."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from destinations.models import Destination
from destinations.pages.tab_form import TabForm, destination_of
from destinations.specification import Specification
from events.seen_types import seen_types
from events.toasts import toast

ALL, CHOSEN = "all", "chosen"


class FilterForm(TabForm):
    FIELD_OF = {"filter": "more_types"}

    events = forms.ChoiceField(
        label="Events",
        choices=[(CHOSEN, "Chosen events"), (ALL, "All events")],
        widget=forms.RadioSelect,
    )
    event_types = forms.MultipleChoiceField(label="Event types", required=False, widget=forms.CheckboxSelectMultiple)
    more_types = forms.CharField(
        label="Other event types",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text="Not seen yet? Type their names, one per line.",
    )

    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        super().__init__(destination, data)
        self.seen = seen_types(destination.project)
        chosen = self.initial["event_types"] if data is None else data.getlist("event_types")
        self.fields["event_types"].choices = [(name, name) for name in dict.fromkeys([*self.seen, *chosen])]

    def stored(self) -> dict[str, object]:
        chosen = self.destination.filter.get("event_types")
        return {"events": ALL if chosen is None else CHOSEN, "event_types": chosen or []}

    def changes(self) -> Specification:
        if self.cleaned_data["events"] == ALL:
            return {"filter": {}}
        typed = [line.strip() for line in self.cleaned_data["more_types"].splitlines()]
        return {"filter": {"event_types": [*self.cleaned_data["event_types"], *filter(None, typed)]}}

    @property
    def type_rows(self) -> list[tuple[Any, int]]:
        """The checkboxes, each with how often its type was seen lately."""
        return [(box, self.seen.get(box.data["value"], 0)) for box in self["event_types"]]


def destination_filter(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    form = FilterForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_filter", project, pk), "Saved.")
    context = {"project": found.project, "destination": found, "form": form}
    return render(request, "destinations/filter.html", context)
