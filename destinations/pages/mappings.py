"""The Mappings tab: which properties go on to the destination."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from destinations.mappings import OBJECTS
from destinations.models import Destination
from destinations.pages.tab_form import TabForm, destination_of
from destinations.property_paths import recent_properties
from destinations.specification import Problem, Specification
from events.toasts import toast

ALL, CHOSEN = "all", "chosen"
TITLES = {"event": "Event properties", "user": "User properties", "group": "Group properties"}
TYPED = {
    "event": "Not seen yet? Type their names, one per line.",
    "user": "Not seen yet? Type their names, one per line.",
    "group": "Not seen yet? Type them with their group’s type, one per line: company.plan",
}


@dataclass(frozen=True, slots=True)
class Part:
    """The fields for one of the event's objects, as the page draws them."""

    title: str
    forward: Any
    names: Any
    more: Any


class MappingsForm(TabForm):
    def __init__(self, destination: Destination, data: QueryDict | None = None) -> None:
        super().__init__(destination, data)
        seen = recent_properties(destination.project)
        for name, title in TITLES.items():
            chosen = self.initial[name] if data is None else data.getlist(name)
            offered = [(one, one) for one in dict.fromkeys([*seen[name], *chosen])]
            choices = [(ALL, "Forward all"), (CHOSEN, "Chosen ones")]
            self.fields[f"{name}_forward"] = forms.ChoiceField(label=title, choices=choices, widget=forms.RadioSelect)
            self.fields[name] = forms.MultipleChoiceField(
                label=title, required=False, choices=offered, widget=forms.CheckboxSelectMultiple
            )
            self.fields[f"{name}_more"] = forms.CharField(
                label=f"Other {title.lower()}",
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
                help_text=TYPED[name],
            )

    def stored(self) -> dict[str, object]:
        chosen = self.destination.mappings.get("properties", {})
        forward = {f"{name}_forward": CHOSEN if name in chosen else ALL for name in OBJECTS}
        return forward | {name: chosen.get(name, []) for name in OBJECTS}

    def changes(self) -> Specification:
        values = self.cleaned_data
        chosen = {name: self._chosen(name) for name in OBJECTS if values[f"{name}_forward"] == CHOSEN}
        kept = {key: value for key, value in self.destination.mappings.items() if key != "properties"}
        return {"mappings": kept | ({"properties": chosen} if chosen else {})}

    def _chosen(self, name: str) -> list[str]:
        """In the stored order where they are the same: boxes come in the alphabet's."""
        typed = (line.strip() for line in self.cleaned_data[f"{name}_more"].splitlines())
        names = [*self.cleaned_data[name], *filter(None, typed)]
        stored: list[str] = self.destination.mappings.get("properties", {}).get(name, [])
        return stored if set(stored) == set(names) else names

    def show(self, problem: Problem) -> None:
        name = problem.field.rpartition(".")[2]
        super().show(Problem(f"{name}_more", problem.message) if name in OBJECTS else problem)

    @property
    def parts(self) -> list[Part]:
        return [Part(TITLES[name], self[f"{name}_forward"], self[name], self[f"{name}_more"]) for name in OBJECTS]


def destination_mappings(request: HttpRequest, project: str, pk: int) -> HttpResponse:
    found = destination_of(project, pk)
    form = MappingsForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.save():
        return toast(request, redirect("destination_mappings", project, pk), "Saved.")
    return render(
        request,
        "destinations/mappings.html",
        {"project": found.project, "destination": found, "form": form},
    )
